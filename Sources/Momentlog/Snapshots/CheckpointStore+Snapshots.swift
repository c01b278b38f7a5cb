public import EventLog
public import Moments
import SQLiteEventLog

extension CheckpointStore {
    /// The state of a domain's snapshots.
    public struct SnapshotReport: Sendable, Hashable {
        /// The domain.
        public let domain: DomainEntry
        /// The revision of its last snapshot.
        public let revision: Int
        /// The number of checkpoints in it.
        public let checkpointCount: Int
        /// Whether it was saved now; false if it existed.
        public let isNew: Bool
    }

    /// Saves snapshots of the present domains, so that opening them needs no replay.
    ///
    /// Snapshots are also saved automatically. They are caches: nothing is lost with them.
    ///
    /// - Parameters:
    ///   - domains: Names or UUIDs; empty for all present and former domains.
    ///   - rebuilding: Whether existing ones are removed first, and the new ones result from a
    ///     replay of all events: the remedy for damaged snapshots.
    ///   - isDryRun: Whether it is only found out what would be kept.
    /// - Throws: ``MomentlogError`` with `no-domain`.
    /// - Complexity: O(*n*) in the domains' checkpoints and the events since their last
    ///   snapshots; when rebuilding in all their events.
    public func keepSnapshots(
        of domains: [DomainReference] = [], rebuilding: Bool = false, isDryRun: Bool = false
    ) async throws(MomentlogError) -> [SnapshotReport] {
        var entries: [DomainEntry] = []
        for domain in domains { entries.append(try await entry(of: domain)) }
        if domains.isEmpty { entries = try await log.domains() }
        var reports: [SnapshotReport] = []
        for entry in entries {
            if rebuilding, !isDryRun { try await log.removeSnapshots(of: entry.id) }
            let domain = try await log.replay(entry.id)
            let revision = try await log.snapshotRevision(of: entry.id)
            let isNew = revision < domain.revision || rebuilding && domain.revision > 0
            if isNew, !isDryRun { try await log.keepSnapshot(of: domain, entry.id) }
            reports.append(
                SnapshotReport(
                    domain: entry, revision: domain.revision,
                    checkpointCount: domain.graph.count, isNew: isNew))
        }
        return reports
    }
}
