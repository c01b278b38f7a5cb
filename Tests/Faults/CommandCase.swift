import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport

/// A command as an operator runs it, what it begins with, and what it must lead to, whatever
/// happens to it.
struct CommandCase: Sendable {
    let name: String
    let arguments: [String]
    /// What the command makes besides, below the folder; it is complete or not there.
    let output: String?
    /// The files of the folder before it.
    let files: [String: Data]
    /// The log's events by commits before it, and after it.
    let before: [[Event]]
    let after: [[Event]]
    /// The files below ``output`` after it.
    let outputFiles: [String: Data]

    /// Runs the command once without faults, to know what it leads to.
    ///
    /// - Parameters:
    ///   - folder: Where its files are; they are left as they were.
    ///   - mayBeRefused: Whether it may lead to nothing.
    init(
        _ name: String, _ arguments: [String], output: String? = nil, in folder: FastFolder,
        mayBeRefused: Bool = false
    ) async throws {
        self.name = name
        self.arguments = arguments
        self.output = output
        files = try folder.everything()
        before = try await Self.events(folder) ?? []
        // Looking may have tidied up.
        try folder.replaceEverything(with: files)
        let run = try Self.run(arguments, in: folder)
        guard run.isDone || mayBeRefused else {
            throw HarnessFailure("\(name): \(run.errors)")
        }
        outputFiles = try Self.content(output, folder)
        after = try await Self.events(folder) ?? []
        try folder.replaceEverything(with: files)
    }

    /// Runs the command, or one that runs it.
    static func run(
        _ arguments: [String], by wrapper: [String] = [], in folder: FastFolder
    ) throws -> CommandRun {
        let command = wrapper + [CommandRun.products.appending(path: "momentlog").path] + arguments
        return try CommandRun.run(
            command[0], Array(command.dropFirst()),
            environment: [
                "MOMENTLOG_STORE": folder.store, "HOME": folder.url.path,
                "SWIFT_BACKTRACE": "enable=no",
            ], folder: folder.url)
    }

    private static func content(_ output: String?, _ folder: FastFolder) throws -> [String: Data] {
        guard let output else { return [:] }
        let all = try folder.everything()
        return all.filter { $0.key == output || $0.key.hasPrefix(output + "/") }
            // What an export writes aside: visibly no part of it, and gone with the next.
            .filter { !$0.key.contains("/.momentlog-export-") }
            // The store's own name, and the time, are in a database file.
            .mapValues { $0.starts(with: Data("SQLite".utf8)) ? Data() : $0 }
    }

    /// The events in the store; nil if there is none.
    private static func events(_ folder: FastFolder) async throws -> [[Event]]? {
        guard FileManager.default.fileExists(atPath: folder.store) else { return nil }
        let store = try await CheckpointStore.open(at: folder.store)
        let content = try await StoreContent(store)
        await store.close()
        return content.commits.map { $0.events.map(\.withoutTime) }
    }

    /// Judges what is there after the command was run in some trouble, and runs it again.
    func judge(_ run: CommandRun, in folder: FastFolder) async throws -> Trial {
        var trial = Trial()
        let isDone = run.isDone
        let isRefused = [1, 4, 75].contains(run.status) && !run.wasKilled
        do throws(MomentlogError) {
            let found = try await found(folder)
            let isBefore = found == before
            let isAfter = found == after
            if run.status == 3 && !isAfter && run.output.contains("unreadable-file") {
                // An import says which files it could not read, and goes on without them.
                return trial
            }
            if isDone && !isAfter {
                trial.lost += after.count - (isBefore ? before.count : 0)
            } else if isRefused && !isBefore && before != after {
                trial.failures.append("it was refused, and something has changed")
            } else if !isBefore && !isAfter {
                trial.torn += 1
            }
        } catch {
            // An interrupted restore is reported.
            if !(arguments.first == "restore" && error.code == .behindHead && !isDone) {
                trial.failures.append("\(error.code): \(error.message)")
            }
        }
        if output != nil {
            let made = try Self.content(output, folder)
            if !made.isEmpty && made.keys != outputFiles.keys {
                trial.failures.append("it made \(made.count) of \(outputFiles.count) files")
            } else if !made.isEmpty && made != outputFiles {
                trial.failures.append("the files that it made are other ones")
            } else if isDone && made.isEmpty {
                trial.failures.append("it made nothing")
            }
            // It does not overwrite what it has made.
            for name in made.keys {
                try FileManager.default.removeItem(at: folder.url.appending(path: name))
            }
            for suffix in output == "kept.db" ? [".head"] : [] {
                try? FileManager.default.removeItem(
                    at: folder.url.appending(path: "kept.db" + suffix))
            }
        }
        guard trial.isGood else { return trial }
        let again = try Self.run(arguments, in: folder)
        do throws(MomentlogError) {
            if !again.isDone {
                trial.failures.append("repeated: \(again.errors.prefix(300))")
            } else if try await found(folder) != after {
                trial.failures.append("repeated, it is not what it should be")
            } else if !isDone {
                trial.resolved += 1
            }
        } catch {
            trial.failures.append("repeated: \(error.code): \(error.message)")
        }
        return trial
    }

    /// The events in the store, which has to be sound; none if there is no store.
    func found(_ folder: FastFolder) async throws(MomentlogError) -> [[Event]] {
        guard FileManager.default.fileExists(atPath: folder.store),
            !(FileManager.default.contents(atPath: folder.store) ?? Data()).isEmpty
        else { return [] }
        let store = try await CheckpointStore.open(at: folder.store)
        let content = try await StoreContent(store)
        guard !content.commits.isEmpty else {
            // Its maker came no further: there is no store yet.
            await store.close()
            return []
        }
        let verification = try await store.verify()
        await store.close()
        if let fault = verification.faultsOfRecord.first {
            throw MomentlogError(.corrupt, fault.message)
        }
        return content.commits.map { $0.events.map(\.withoutTime) }
    }
}

extension CommandCase {
    /// The commands that change or copy a store.
    static func all(stores: URL) async throws -> [CommandCase] {
        let folder = try FastFolder()
        let workload = try Workload(seed: 3, count: 16)
        let library = folder.url.appending(path: "library/found")
        try FileManager.default.createDirectory(at: library, withIntermediateDirectories: true)
        for number in 0..<20 {
            let parent = number == 0 ? nil : number == 7 ? "gone" : "c\(number - 1)"
            let document = CheckpointText.document(
                "c\(number)", parent: parent, time: 1_700_000_000 + number)
            try Data(document.utf8).write(to: library.appending(path: "c\(number).xml"))
        }
        try Data(CheckpointText.document("again").utf8)
            .write(to: folder.url.appending(path: "again.xml"))
        try Data(CheckpointText.guest("fresh").utf8)
            .write(to: folder.url.appending(path: "fresh.xml"))
        var cases = [
            try await CommandCase(
                "make a store", ["define", "fresh.xml", "--request-id", "q"], in: folder)
        ]
        var store = try await CheckpointStore.open(at: folder.store)
        for step in workload.steps[..<6] { try await store.perform(step.instruction) }
        await store.close()
        let early = try folder.everything()
        store = try await CheckpointStore.open(at: folder.store)
        for step in workload.steps[6...] { try await store.perform(step.instruction) }
        _ = try await store.backup(to: folder.url.appending(path: "backup.db").path)
        let root = try await store.graph(of: "vm0").names()?.first ?? ""
        await store.close()
        func add(_ name: String, _ arguments: [String], output: String? = nil) async throws {
            cases.append(
                try await CommandCase(name, arguments, output: output, in: folder))
        }
        try await add("create", ["create", "vm0", "--name", "new", "--request-id", "q"])
        try await add("redefine", ["redefine", "vm0", "again.xml", "--request-id", "q"])
        try await add(
            "delete a subtree", ["delete", "vm0", root.text, "--children", "--request-id", "q"])
        try await add("import", ["import", "library"])
        try await add("backup", ["backup", "kept.db"], output: "kept.db")
        try await add("export", ["export", "vm0", "--output", "out"], output: "out")
        try await add("compact", ["compact"])
        try await add("snapshot", ["snapshot", "--rebuild"])
        store = try await CheckpointStore.open(at: folder.store)
        try await store.importLibraries(
            at: [library.path], by: Submission(actor: "harness"))
        await store.close()
        try await add("repair", ["check", "found", "--repair", "--request-id", "q"])
        var files = early
        files["backup.db"] = try folder.everything()["backup.db"]
        files["backup.db.head"] = try folder.everything()["backup.db.head"]
        try folder.replaceEverything(with: files)
        try await add("restore", ["restore", "backup.db", "--replace"])
        for version in 1...9 {
            let file = stores.appending(path: "schema-\(version).db")
            let head = stores.appending(path: "schema-\(version).db.head")
            var files = ["store.db": try Data(contentsOf: file)]
            try folder.replaceEverything(with: files)
            try await add("migrate schema \(version) without its head file", ["domains"])
            files["store.db.head"] = try Data(contentsOf: head)
            try folder.replaceEverything(with: files)
            try await add("migrate schema \(version)", ["domains"])
        }
        return cases
    }
}

extension CommandRun {
    /// Whether it says so: also an import that found something.
    var isDone: Bool { !wasKilled && (status == 0 || status == 3) }
}

extension Event {
    /// The same without the time at which a checkpoint was created, which is another each time.
    fileprivate var withoutTime: Event {
        guard case .checkpointCreated(var checkpoint) = self else { return self }
        checkpoint.creationTime = 0
        return .checkpointCreated(checkpoint)
    }
}
