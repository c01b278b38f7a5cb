import ArgumentParser
import EventLog
import Foundation
import Momentlog
import Moments
import SQLiteEventLog

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Make a verified copy of the store, even while it is in use.",
        discussion: Examples.after(
            """
            The copy is one file, FILE, and its head, FILE.head. It is the store as it was at one \
            moment, and is checked from its first event on before it appears.
            """, of: "backup"))

    @Argument(help: "The path of the copy, which must not exist.", completion: .file())
    var file: String
    @Flag(help: "Only show what would be copied.") var dryRun = false
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            try StoreOptions.requireFolder(
                of: file, "cannot write the copy '\(file)'", .text(try self.store.path))
            if dryRun { return try await show(store) }
            let progress = Progress("backup", "pages", format)
            defer { progress.end() }
            let report = try await store.backup(to: file) { progress.show($0) }
            progress.end()
            Effects.record()
            guard format.format == .table else {
                return try format.format.print(item: .backup(report))
            }
            try StandardOutput.shared.print(
                "\(report.eventCount) events, \(report.byteCount) bytes, verified:"
                    + " \(Terminal.harmless(report.path))")
        }
    }

    private func show(_ store: CheckpointStore) async throws {
        for path in [file, file + ".head"] where FileManager.default.fileExists(atPath: path) {
            throw MomentlogError(
                .outputRefused, "\(path) exists", hint: "name a file that does not exist")
        }
        let head = try await store.head()
        guard format.format == .table else {
            return try format.format.print(item: .plannedBackup(of: head, to: file))
        }
        try StandardOutput.shared.print(
            Terminal.harmless("\(head.size) events would be copied to \(file)"))
    }
}
