public import EventLog
import Logging
public import Moments

extension SQLiteEventLog {
    /// Returns the revision of a domain's last snapshot; see ``EventLog/snapshotRevision(of:)``.
    public func snapshotRevision(
        of domain: DomainEntry.ID
    ) async throws(MomentlogError) -> Int {
        let logger = self.logger
        let revision = try await read { [knownIdentity] database in
            try knownIdentity.check(domain, in: database)
            return try StoredSnapshot(database: database, logger: logger)
                .lastRevision(of: domain)
        }
        guard let revision else { throw .foreignIdentifier }
        return revision
    }

    /// Saves a snapshot; see ``EventLog/keepSnapshot(of:_:)``.
    public func keepSnapshot(
        of domain: Domain, _ id: DomainEntry.ID
    ) async throws(MomentlogError) {
        let logger = self.logger
        try checkOpen()
        // Before the lease is taken: encoding takes a while for a large domain.
        let content = DomainSnapshot.encode(domain)
        try await openedWriter().change { [knownIdentity] database in
            try knownIdentity.check(id, in: database)
            try StoredSnapshot(database: database, logger: logger)
                .keep(content, id, revision: domain.revision)
        }
        logger.debug(
            "kept a snapshot",
            metadata: ["domain": "\(domain.name)", "revision": "\(domain.revision)"])
    }

    /// Removes a domain's snapshots; see ``EventLog/removeSnapshots(of:)``.
    public func removeSnapshots(of domain: DomainEntry.ID) async throws(MomentlogError) {
        let logger = self.logger
        // It may have been replayed from one.
        cache.drop(domain.number)
        try await openedWriter().change { [knownIdentity] database in
            try knownIdentity.check(domain, in: database)
            try StoredSnapshot(database: database, logger: logger).remove(of: domain)
        }
    }
}
