import EventLog
import Momentlog
import Moments
import SQLiteEventLog

/// A log as nightly backups of many guests leave it: each night every guest gets a checkpoint,
/// and loses the one of a month ago. The same for the same numbers.
struct AuditLog {
    let events: Int
    let domains: Int

    private static let kept = 30
    /// The commits of one transaction: a log is made here, not measured.
    private static let batch = 2_000

    func write(to path: String) async throws {
        let log = try await SQLiteEventLog.open(
            path: path, options: SQLiteEventLog.Options(createsStore: true))
        var places: [(id: DomainEntry.ID, revision: Int)] = []
        for number in 0..<domains {
            let defined = Event.domainDefined(
                name: "vm\(number)", uuid: nil, definition: nil)
            let receipt = try await log.append(
                PendingCommit(
                    target: .newDomain, domainName: "vm\(number)",
                    entries: [.init(defined, origin: .commandLine)], time: time(0, 0),
                    provenance: Provenance(actor: "admin@host")))
            places.append((receipt.domain, receipt.revision))
        }
        var written = domains
        var night = 1
        var batch: [PendingCommit] = []
        while written < events {
            for number in 0..<domains where written < events {
                let entries = entries(of: night)
                batch.append(
                    PendingCommit(
                        target: .domain(places[number].id, revision: places[number].revision),
                        domainName: "vm\(number)", entries: entries, time: time(night, number),
                        provenance: Provenance(actor: "nightly@backup\(number % 7)")))
                places[number].revision += entries.count
                written += entries.count
                guard batch.count == Self.batch else { continue }
                _ = try await log.append(batch)
                batch.removeAll(keepingCapacity: true)
            }
            night += 1
        }
        _ = try await log.append(batch)
        await log.close()
    }

    private func entries(of night: Int) -> [PendingCommit.Entry] {
        let name: CheckpointName = "nightly-\(night)"
        let checkpoint = Checkpoint(
            name: name, description: "every night",
            parent: night == 1 ? nil : "nightly-\(night - 1)",
            creationTime: CreationTime(seconds: Int64(1_700_000_000 + night * 86_400)),
            disks: [Disk(name: "vda", bitmap: name.text), Disk(name: "vdb", mode: .no)])
        var events: [Event] = [.checkpointCreated(checkpoint), .currentSet(name)]
        if night > Self.kept { events.append(.checkpointDeleted("nightly-\(night - Self.kept)")) }
        return events.map { PendingCommit.Entry($0, origin: .library) }
    }

    /// The guests take the night in turns.
    private func time(_ night: Int, _ number: Int) -> Timestamp {
        let second = Int64(1_700_000_000 + night * 86_400) + Int64(number * 86_400 / domains)
        return Timestamp(seconds: second)
    }
}
