import EventLog
import Momentlog
import Moments
import SQLiteEventLog
import Timing

/// Guests with checkpoints of one shape each, as a store is filled with them.
struct Guests {
    let shape: Shape
    /// Of all guests together.
    let checkpoints: Int
    var domains = 1

    static let provenance = Provenance(actor: "nightly@host")

    /// The events of one commit.
    private static let commit = 10
    /// The events of one transaction.
    private static let batch = 10_000

    static func name(_ number: Int) -> String { "vm\(number)" }

    /// How many checkpoints each guest has.
    var each: Int { checkpoints / domains }

    /// Fills a new store; returns what appending took, in seconds, without the making of the
    /// store and its domains.
    func write(to path: String) async throws -> Double {
        let log = try await SQLiteEventLog.open(
            path: path, options: SQLiteEventLog.Options(createsStore: true))
        var places: [(id: DomainEntry.ID, revision: Int)] = []
        let defined = (0..<domains).map { number in
            commit(
                .newDomain, number,
                [.domainDefined(name: Self.name(number), uuid: nil, definition: nil)])
        }
        for start in stride(from: 0, to: domains, by: Self.batch) {
            let batch = Array(defined[start..<min(start + Self.batch, domains)])
            for receipt in try await log.append(batch) {
                places.append((receipt.domain, receipt.revision))
            }
        }
        let seconds = try await Stopwatch.seconds { try await fill(log, places) }
        await log.close()
        return seconds
    }

    private func fill(
        _ log: SQLiteEventLog, _ places: [(id: DomainEntry.ID, revision: Int)]
    ) async throws {
        var batch: [PendingCommit] = []
        var events = 0
        func send() async throws {
            _ = try await log.append(batch)
            batch.removeAll(keepingCapacity: true)
            events = 0
        }
        for (number, place) in places.enumerated() {
            var revision = place.revision
            var pending: [Event] = []
            func queue() {
                batch.append(
                    commit(.domain(place.id, revision: revision), number, pending))
                revision += pending.count
                events += pending.count
                pending.removeAll(keepingCapacity: true)
            }
            for checkpoint in shape.checkpoints(each) {
                pending.append(.checkpointRedefined(checkpoint, claimsCurrent: false))
                guard pending.count == Self.commit else { continue }
                queue()
                if events >= Self.batch { try await send() }
            }
            if !pending.isEmpty { queue() }
            if events >= Self.batch { try await send() }
        }
        if !batch.isEmpty { try await send() }
    }

    private func commit(
        _ target: PendingCommit.Target, _ number: Int, _ events: [Event]
    ) -> PendingCommit {
        PendingCommit(
            target: target, domainName: Self.name(number),
            entries: events.map { PendingCommit.Entry($0, origin: .library) },
            time: Timestamp(seconds: 1_700_000_000), provenance: Self.provenance)
    }
}
