import Foundation
import Momentlog
import Moments
import TestSupport

extension CommandCase {
    /// The commands that only read, in a closed store, and in one whose writer was killed, so
    /// that it has a write-ahead log.
    static func readers() async throws -> [CommandCase] {
        var cases: [CommandCase] = []
        for (name, hasLog) in [("", false), (", with a WAL", true)] {
            let folder = try await store(hasLog: hasLog)
            for arguments in [["list", "vm0"], ["log"], ["verify"]] {
                cases.append(try await CommandCase(arguments[0] + name, arguments, in: folder))
            }
        }
        return cases
    }

    /// A few commands that write, in little time.
    static func few() async throws -> [CommandCase] {
        var cases: [CommandCase] = []
        for (name, hasLog) in [("create", false), ("create, with a WAL", true)] {
            cases.append(
                try await CommandCase(
                    name, ["create", "vm0", "--name", "new", "--request-id", "q"],
                    in: try await store(hasLog: hasLog)))
        }
        return cases
    }

    /// A restoration that loses events, and records that.
    ///
    /// Repeated, it would record the loss of that event, too.
    static func losingRestoration() async throws -> CommandCase {
        let folder = try await store(hasLog: false)
        let store = try await CheckpointStore.open(at: folder.store)
        _ = try await store.backup(to: folder.url.appending(path: "kept.db").path)
        try await store.create(
            CheckpointRequest(name: "later"), in: "vm0", by: Submission(actor: "harness"))
        await store.close()
        return try await CommandCase(
            "restore an earlier state", ["restore", "kept.db", "--replace"], in: folder)
    }

    private static func store(hasLog: Bool) async throws -> FastFolder {
        let folder = try FastFolder()
        let store = try await CheckpointStore.open(at: folder.store)
        for step in try Workload(seed: 4, count: 12).steps {
            try await store.perform(step.instruction)
        }
        let files = try folder.everything()
        await store.close()
        if hasLog { try folder.replaceEverything(with: files) }
        return folder
    }
}
