import EventLog
import Foundation
import Momentlog
import Synchronization
import TestSupport

/// Input that is larger than anything that is meant: it is refused, or taken, within bounded
/// memory, and the store is as it was.
struct HostileInput {
    /// How many bytes are much.
    let size: Int

    /// How much address space a process may have, in KiB, and how much may be resident.
    private static let maximumAddressSpace = 2 << 20
    private static let maximumResidentSize = 192 << 10

    /// One input.
    private struct Case: Sendable {
        let name: String
        let arguments: [String]
        /// What is written to the command's standard input: a beginning, and then a piece over
        /// and over.
        var beginning = ""
        var piece = ""
        var count = 0
        /// What is in `file` of the folder, likewise.
        var isFile = false
        /// Whether nothing in it is refused.
        var isHarmless = false
    }

    private var cases: [Case] {
        let kibibyte = String(repeating: "x", count: 1_024)
        let mebibyte = String(repeating: "n", count: 1 << 20)
        let create = "{\"command\":\"create\",\"domain\":\"vm0\",\"xml\":\""
        let delete = "{\"command\":\"delete\",\"checkpoint\":\"c\",\"domain\":\""
        let (many, some, few) = (size >> 10, (size >> 10) / 10, size >> 24)
        return [
            Case(
                name: "apply: a line without end", arguments: ["apply"], beginning: create,
                piece: kibibyte, count: many),
            Case(
                name: "apply: lines of no command", arguments: ["apply"], piece: "x\n",
                count: many),
            Case(
                name: "apply: empty lines", arguments: ["apply"], piece: "\n", count: many,
                isHarmless: true),
            Case(
                name: "apply: lines of a MiB", arguments: ["apply"],
                piece: create + mebibyte + "\"}\n", count: few),
            Case(
                name: "apply: a domain's name of a MiB", arguments: ["apply"],
                piece: delete + mebibyte + "\"}\n", count: few),
            Case(
                name: "apply: a request's name of a MiB", arguments: ["apply"],
                piece: delete + "vm0\",\"request\":\"\(mebibyte)\"}\n", count: few),
            Case(
                name: "apply: deep JSON", arguments: ["apply"],
                piece: String(repeating: "[", count: 1 << 20) + "\n", count: few),
            Case(
                name: "create: a document without end", arguments: ["create", "vm0", "-"],
                beginning: "<domaincheckpoint><description>", piece: kibibyte, count: some),
            Case(
                name: "create: deep XML", arguments: ["create", "vm0", "-"],
                piece: "<domaincheckpoint>", count: some),
            Case(
                name: "define: a file without end", arguments: ["define", "file"],
                beginning: "<domain><name>", piece: kibibyte, count: some, isFile: true),
            Case(
                name: "import: a file without end", arguments: ["import", "file"],
                beginning: "<domaincheckpoint><name>", piece: kibibyte, count: some,
                isFile: true),
            Case(
                name: "reconcile: a report without end",
                arguments: ["reconcile", "vm0", "--info", "vda=file"],
                beginning: "{\"filename\":\"", piece: kibibyte, count: some, isFile: true),
            Case(
                name: "verify-log: a line without end",
                arguments: ["verify-log", "-", "--head", "head"],
                beginning: "{\"sequence\":1,", piece: kibibyte, count: many),
            Case(
                name: "verify: a head without end", arguments: ["verify", "--head", "file"],
                piece: kibibyte, count: some, isFile: true),
        ]
    }

    func run() async throws -> [Tally] {
        let folder = try FastFolder()
        let store = try await CheckpointStore.open(at: folder.store)
        for step in try Workload(seed: 9, count: 12).steps {
            try await store.perform(step.instruction)
        }
        try await store.head().text.write(
            to: folder.url.appending(path: "head"), atomically: false, encoding: .utf8)
        let lines = try await store.lines()
        await store.close()
        let files = try folder.everything()
        var tally = Tally("hostile input")
        for hostile in cases {
            try folder.replaceEverything(with: files)
            var trial = Trial()
            let end = try run(hostile, in: folder)
            if end.wasKilled || (end.status == 0) != hostile.isHarmless || end.status > 4 {
                trial.failures.append("it ended with \(end.status): \(end.errors.prefix(300))")
            }
            if end.peak > Self.maximumResidentSize {
                trial.failures.append("\(end.peak) KiB were resident")
            }
            let after = try await CheckpointStore.open(
                at: folder.store, options: .init(createsStore: false))
            trial.lost = lines.count - (try await after.lines().filter(lines.contains).count)
            if !(try await after.verify().faultsOfRecord.isEmpty) {
                trial.failures.append("it is not sound")
            }
            await after.close()
            tally.count(trial, hostile.name)
            tally.remarks.append("\(hostile.name): \(end.peak >> 10) MiB at most")
        }
        return [tally]
    }

    private func run(_ hostile: Case, in folder: FastFolder) throws -> FedProcess.End {
        let pieces = Pieces([(hostile.beginning, 1), (hostile.piece, hostile.count)])
        if hostile.isFile {
            let file = folder.url.appending(path: "file")
            try Data().write(to: file)
            let handle = try FileHandle(forWritingTo: file)
            while let data = pieces.next() { try handle.write(contentsOf: data) }
            try handle.close()
        }
        let process = try FedProcess(
            hostile.arguments, in: folder, maximumAddressSpace: Self.maximumAddressSpace)
        process.feed(closes: true) { hostile.isFile ? nil : pieces.next() }
        try process.read { _ in }
        return try process.end()
    }
}

/// The pieces of an input, one after the other. It is a class because a thread takes them.
private final class Pieces: Sendable {
    private let pieces: Mutex<[(text: String, count: Int)]>

    init(_ pieces: [(text: String, count: Int)]) {
        self.pieces = Mutex(pieces)
    }

    /// Up to a MiB or a piece; nil at the end.
    func next() -> Data? {
        pieces.withLock { pieces in
            while let first = pieces.first, first.count == 0 || first.text.isEmpty {
                pieces.removeFirst()
            }
            guard let first = pieces.first else { return nil }
            let count = min(first.count, max(1, (1 << 20) / first.text.utf8.count))
            pieces[0].count -= count
            return Data(String(repeating: first.text, count: count).utf8)
        }
    }
}
