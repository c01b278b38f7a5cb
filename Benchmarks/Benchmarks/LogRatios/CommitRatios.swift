import CRaw
import EventLog
import Foundation
import Momentlog
import Moments
import SQLiteEventLog

/// Durable commits: one caller beside a C loop of the same INSERTs, many beside one.
struct CommitRatios {
    let folder: String

    private static let by = Submission(actor: "nightly@host")
    private static let count = 320

    func print() async throws {
        let store = try await opened("commits.db")
        let names = Names()
        try await one(store, names, count: 1)
        // The raw loop appends to its own store, with the schema that ours has.
        let other = try await opened("raw.db")
        try await one(other, names, count: 1)
        let line = try await longestLine(other)
        await other.close()
        guard let raw = raw_open(folder + "/raw.db") else { throw CocoaError(.fileReadUnknown) }
        defer { raw_close(raw) }

        try await Paired(name: "commit, one caller / C loop, time", goal: "<= 1.33").print {
            try await one(store, names, count: Self.count)
        } per: {
            let done = line.withUnsafeBufferPointer { buffer in
                raw_commit(raw, buffer.baseAddress, buffer.count, Self.count)
            }
            precondition(done == Self.count)
        }
        try await shared(store, names)
        if CommandLine.arguments.contains("lone") { return await store.close() }
        for callers in [16, 64] {
            try await Paired(name: "commits, one caller / \(callers), time", goal: ">= 4").print {
                try await one(store, names, count: Self.count)
            } per: {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<callers {
                        group.addTask {
                            try await one(store, names, count: Self.count / callers)
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
        try await Paired(name: "commits, one caller / batches of 256, time", goal: ">= 4").print {
            try await one(store, names, count: 256)
        } per: {
            let instructions = (0..<256).map { _ in
                Instruction.create(CheckpointRequest(name: names.next()), in: "vm", by: Self.by)
            }
            for answer in await store.perform(instructions) { _ = try answer.get() }
        }
        await store.close()
    }

    /// One caller beside a log that knows nothing of sharing transactions: whether to share
    /// them delays who is alone. The log alone leaves out the command's decision and graph.
    private func shared(_ store: CheckpointStore, _ names: Names) async throws {
        let log = try await SQLiteEventLog.open(
            path: folder + "/unshared.db", options: SQLiteEventLog.Options(createsStore: true))
        var last = try await log.append(
            PendingCommit(
                target: .newDomain, domainName: "vm",
                entries: [
                    PendingCommit.Entry(
                        .domainDefined(name: "vm", uuid: nil, definition: nil), origin: .library)
                ], time: Timestamp(seconds: 1_700_000_000),
                provenance: Provenance(actor: "nightly@host")))
        var parent: CheckpointName?
        try await Paired(name: "commit, one caller / unshared log, time", goal: "<= 1.1").print {
            try await one(store, names, count: Self.count)
        } per: {
            for _ in 0..<Self.count {
                let checkpoint = Checkpoint(
                    name: names.next(), parent: parent, creationTime: 1_700_000_000,
                    disks: [Disk(name: "vda", bitmap: "nightly")])
                parent = checkpoint.name
                last = try await log.append(
                    PendingCommit(
                        target: .domain(last.domain, revision: last.revision),
                        domainName: "vm",
                        entries: [
                            PendingCommit.Entry(.checkpointCreated(checkpoint), origin: .library),
                            PendingCommit.Entry(.currentSet(checkpoint.name), origin: .library),
                        ], time: Timestamp(seconds: 1_700_000_000),
                        provenance: Provenance(actor: "nightly@host")))
            }
        }
        await log.close()
    }

    private func opened(_ name: String) async throws -> CheckpointStore {
        let store = try await CheckpointStore.open(at: folder + "/" + name)
        let definition =
            "<domain type='kvm'><name>vm</name><devices><disk type='file' device='disk'>"
            + "<driver name='qemu' type='qcow2'/><source file='/images/vda.qcow2'/>"
            + "<target dev='vda' bus='virtio'/></disk></devices></domain>"
        try await store.define(SourceDocument(definition), by: Self.by)
        return store
    }

    private func longestLine(_ store: CheckpointStore) async throws -> [CChar] {
        let lines = Lines()
        try await store.readEvents { (line) throws(MomentlogError) in
            lines.note(line.text)
            return true
        }
        return lines.longest.utf8.map { CChar(bitPattern: $0) }
    }
}

/// One caller who waits for each commit.
private func one(_ store: CheckpointStore, _ names: Names, count: Int) async throws {
    for _ in 0..<count {
        try await store.create(
            CheckpointRequest(name: names.next()), in: "vm", by: Submission(actor: "nightly@host"))
    }
}
