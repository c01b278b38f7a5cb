public import EventLog
public import Moments

extension CheckpointStore {
    /// Returns the domains with their graphs, by name, now or at a point in time.
    ///
    /// - Parameters:
    ///   - when: The point in time; nil for now.
    ///   - includingUndefined: Whether to include domains that were undefined by then, with their
    ///     last name.
    /// - Throws: ``MomentlogError`` with `no-moment` for a sequence that the log does not have.
    /// - Complexity: O(*n*) in the events of the domains.
    public func domains(
        at when: When?, includingUndefined: Bool
    ) async throws(MomentlogError) -> [Domain] {
        var domains: [Domain] = []
        if let when {
            let sequence = try await log.position(at: when).sequence
            for entry in try await log.domains() {
                guard let domain = try await log.replay(entry.id, through: sequence) else {
                    continue
                }
                if domain.isLive || includingUndefined { domains.append(domain) }
            }
        } else {
            for entry in try await log.domains() where entry.isLive || includingUndefined {
                domains.append(try await log.replay(entry.id))
            }
        }
        return domains.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Returns the head of the log after the last commit that ended at or before a point in time:
    /// what an auditor would have kept then.
    ///
    /// - Throws: ``MomentlogError`` with `no-moment` for a sequence that the log does not hold.
    /// - Complexity: O(log *n*) in the log, where the engine keeps the tree's nodes.
    public func head(at when: When) async throws(MomentlogError) -> StoreHead {
        try await log.head(after: log.position(at: when))
    }

    /// Returns the event of a sequence, with its canonical line.
    ///
    /// - Throws: ``MomentlogError`` with `no-moment` if the log does not have it.
    /// - Complexity: O(1).
    public func line(_ sequence: Int) async throws(MomentlogError) -> LoggedLine {
        var found: LoggedLine?
        if sequence > 0 {
            try await log.read(EventQuery(sequences: sequence...sequence)) { line in
                found = line
                return false
            }
        }
        guard let found else {
            throw MomentlogError.notReached(sequence, size: try await log.size())
        }
        return found
    }
}
