import EventLog
import Logging
import Moments
import SQLiteEventLog

/// Saves snapshots of domains when they are due.
///
/// One is due when as many events came since the last as the domain has checkpoints, and at least
/// 1024. So snapshots cost a constant share of each event, and a replay takes no more than about
/// twice what the live checkpoints take, however long the history.
struct SnapshotKeeper: Sendable {
    /// The minimum number of events between two snapshots of a domain.
    static let minimumEventCount = 1024

    let log: any EventLog
    let logger: Logger

    /// Returns the revision at which the next snapshot of a domain is due.
    static func nextRevision(after last: Int, _ domain: Domain) -> Int {
        last + max(minimumEventCount, domain.graph.count)
    }

    /// Saves a snapshot of a domain if one is due; returns the revision of the last one.
    ///
    /// It never fails: the log has everything, and the next commit tries again.
    func keepIfDue(_ domain: Domain, _ id: DomainEntry.ID) async -> Int {
        guard domain.revision >= Self.minimumEventCount else { return 0 }
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
