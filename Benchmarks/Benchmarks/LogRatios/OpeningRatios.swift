import CRaw
import EventLog
import Foundation
import Momentlog
import Moments
import SQLiteEventLog

/// Opening a store of a million events, and the first answer for one domain, beside a replay
/// of the whole.
struct OpeningRatios {
    let folder: String

    private static let domains = 1_000
    private static let events = 1_000
    private var path: String { folder + "/million.db" }

    func print() async throws {
        try await build()
        try await replay()
        let names = try await firstAnswer()
        try await measure("open, first answer / whole replay")
        let store = try await CheckpointStore.open(at: path)
        _ = try await store.keepSnapshots()
        await store.close()
        let again = try await firstAnswer()
        precondition(names == again, "a snapshot changed the answer")
        try await measure("the same with snapshots / whole replay")
    }

    /// All domains from their first events on, beside a scan of the same lines in C.
    private func replay() async throws {
        let log = try await SQLiteEventLog.open(
            path: path, options: SQLiteEventLog.Options(createsStore: false))
        guard let raw = raw_open(path) else { throw CocoaError(.fileReadUnknown) }
        defer { raw_close(raw) }
        try await Paired(
            name: "replay / C scan of the lines with a name table", goal: "<= 2", rounds: 5
        )
        .print {
            for entry in try await log.domains() {
                _ = try await log.replay(entry.id, onto: Domain(name: entry.name))
            }
        } per: {
            precondition(raw_replay(raw) >= Self.domains * Self.events)
        }
        await log.close()
    }

    /// Beside a replay of all domains from their first events on, whatever snapshots there
    /// are.
    private func measure(_ name: String) async throws {
        let log = try await SQLiteEventLog.open(
            path: path, options: SQLiteEventLog.Options(createsStore: false))
        try await Paired(name: name, goal: "<= 0.01", rounds: 5).print {
            _ = try await firstAnswer()
        } per: {
            var count = 0
            for entry in try await log.domains() {
                count += try await log.replay(entry.id, onto: Domain(name: entry.name))
                    .graph.count
            }
            precondition(count == Self.domains * Self.events / 2)
        }
        await log.close()
    }

    private func firstAnswer() async throws -> [CheckpointName] {
        let store = try await CheckpointStore.open(
            at: path, options: CheckpointStore.Options(createsStore: false))
        let names = try await store.graph(of: "vm\(Self.domains / 2)").names() ?? []
        await store.close()
        precondition(names.count == Self.events / 2)
        return names
    }

    /// Chains of checkpoints, each event pair a commit's, many commits a transaction.
    private func build() async throws {
        let log = try await SQLiteEventLog.open(
            path: path, options: SQLiteEventLog.Options(createsStore: true))
        let provenance = Provenance(actor: "nightly@host")
        let time = Timestamp(seconds: 1_700_000_000)
        var domains: [(id: DomainEntry.ID, revision: Int)] = []
        for number in 0..<Self.domains {
            let name = "vm\(number)"
            let receipt = try await log.append(
                PendingCommit(
                    target: .newDomain, domainName: name,
                    entries: [
                        PendingCommit.Entry(
                            .domainDefined(name: name, uuid: nil, definition: nil),
                            origin: .library)
                    ], time: time, provenance: provenance))
            domains.append((receipt.domain, receipt.revision))
        }
        for place in 0..<Self.events / 2 {
            let commits = domains.enumerated().map { number, domain in
                let checkpoint = Checkpoint(
                    name: "nightly-\(place)", parent: place == 0 ? nil : "nightly-\(place - 1)",
                    creationTime: CreationTime(seconds: 1_700_000_000 + Int64(place)),
                    disks: [Disk(name: "vda", bitmap: "nightly-\(place)")])
                return PendingCommit(
                    target: .domain(domain.id, revision: domain.revision),
                    domainName: "vm\(number)",
                    entries: [
                        PendingCommit.Entry(.checkpointCreated(checkpoint), origin: .library),
                        PendingCommit.Entry(.currentSet(checkpoint.name), origin: .library),
                    ], time: time, provenance: provenance)
            }
            for (number, receipt) in try await log.append(commits).enumerated() {
                domains[number].revision = receipt.revision
            }
        }
        await log.close()
    }
}
