public import EventLog
public import Moments
import SQLiteEventLog

extension CheckpointStore {
    /// What became of a domain's snapshots.
    public struct SnapshotReport: Sendable, Hashable {
        /// The domain.
        public let domain: DomainEntry
        /// The revision that its last snapshot holds.
        public let revision: Int
        /// How many checkpoints it holds.
        public let checkpointCount: Int
        /// Whether it was kept now; false if it was there.
        public let isNew: Bool
    }

    /// Keeps a snapshot of domains as they are, so that opening them costs no replay.
    ///
    /// Snapshots are kept now and then anyhow. They are caches: nothing is lost with them.
    ///
    /// - Parameters:
    ///   - domains: Names or UUIDs; empty for all that are or ever were there.
    ///   - rebuilding: Whether those that there are go first, and the new ones come from a
    ///     replay of all events: what to do about snapshots that are damaged.
    ///   - isDryRun: Whether it is only found out what would be kept.
    /// - Throws: ``MomentlogError`` with `no-domain`.
    /// - Complexity: O(*n*) in the domains' checkpoints and the events since their last
    ///   snapshots; when rebuilding in all their events.
    public func keepSnapshots(
        of domains: [String] = [], rebuilding: Bool = false, isDryRun: Bool = false
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
