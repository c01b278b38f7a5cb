import EventLog
import Logging
import Moments
import SQLiteEventLog

/// Has snapshots of domains kept, now and then.
///
/// One is due when as many events came since the last as the domain has checkpoints, and
/// 1024 at least. So what snapshots cost is a constant share of each event, and a replay
/// takes no more than about twice what the live checkpoints take, however long the history.
struct SnapshotKeeper: Sendable {
    /// The fewest events between two snapshots of a domain.
    static let fewestEvents = 1024

    let log: any EventLog
    let logger: Logger

    /// The revision at which the next snapshot of a domain is due.
    static func nextRevision(after last: Int, _ domain: Domain) -> Int {
        last + max(fewestEvents, domain.graph.count)
    }

    /// Keeps a snapshot of a domain if one is due; returns the revision of the last one.
    ///
    /// It never fails: the log has everything, and the next commit tries again.
    func keepIfDue(_ domain: Domain, _ id: DomainEntry.ID) async -> Int {
        guard domain.revision >= Self.fewestEvents else { return 0 }
        do throws(MomentlogError) {
            let last = try await log.snapshotRevision(of: id)
            guard domain.revision >= Self.nextRevision(after: last, domain) else { return last }
            try await log.keepSnapshot(of: domain, id)
        } catch {
            logger.warning(
                "no snapshot was kept",
                metadata: ["domain": "\(domain.name)", "error": "\(error)"])
        }
        return domain.revision
    }
}
