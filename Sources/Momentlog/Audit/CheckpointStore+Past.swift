public import EventStorage
public import Moments

extension CheckpointStore {
    // MARK: The past

    /// The end of the last commit that ended at or before a point in time.
    ///
    /// - Throws: ``MomentlogError`` with `no-moment` for a sequence beyond the last.
    /// - Complexity: O(log² *n*) in the log.
    public func position(at when: When) async throws(MomentlogError) -> LogPosition {
        try await log.position(at: when)
    }

    /// A domain with its graph, as it was.
    ///
    /// A sequence inside a commit means the last commit that ended before it.
    ///
    /// - Parameters:
    ///   - domain: The name that it bore then, or its UUID.
    ///   - when: At which point in time; nil for now.
    /// - Returns: The domain. Its ``Domain/revision`` is 0 if nothing had happened yet to the
    ///   first one that bears the name: then its graph is empty.
    /// - Throws: ``MomentlogError`` with `no-moment` for a sequence beyond the last, with
    ///   `no-domain` if there was none, and none came later.
    /// - Complexity: O(*n*) in the domain's events.
    public func domain(
        _ domain: String, at when: When?
    ) async throws(MomentlogError) -> Domain {
        guard let when else { return try await self.domain(domain) }
        let sequence = try await log.position(at: when).sequence
        if let found = try await self.domain(domain, through: sequence) { return found }
        throw .noDomain(domain)
    }

    /// The domains that were there, by name.
    ///
    /// - Throws: ``MomentlogError`` with `no-moment` for a sequence beyond the last.
    /// - Complexity: O(*n* log *n*) in what happened to domains themselves.
    public func domains(at when: When) async throws(MomentlogError) -> [DomainEntry] {
        let sequence = try await log.position(at: when).sequence
        return try await log.domains(through: sequence, bearing: nil)
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// What was wrong with domains, sorted.
    ///
    /// - Parameters:
    ///   - domains: The names that they bore, or UUIDs; empty for all domains.
    ///   - when: At which point in time.
    /// - Throws: ``MomentlogError``; see ``domain(_:at:)``.
    /// - Complexity: O(*n*) in the domains' events, plus sorting what was found.
    public func findings(
        of domains: [String] = [], at when: When
    ) async throws(MomentlogError) -> [Finding] {
        var found: [Domain] = []
        for name in domains { found.append(try await domain(name, at: when)) }
        if domains.isEmpty {
            let sequence = try await log.position(at: when).sequence
            for entry in try await log.domains(through: sequence, bearing: nil) {
                if let domain = try await log.replay(entry.id, through: sequence) {
                    found.append(domain)
                }
            }
        }
        return found.flatMap { $0.graph.findings(domain: $0.name) }.sorted()
    }

    /// The domain of a UUID, or that bore a name, as its events up to one tell it; one to
    /// which nothing had happened if it came later; nil if there was none.
    func domain(
        _ domain: String, through sequence: Int
    ) async throws(MomentlogError) -> Domain? {
        if let uuid = DomainUUID(domain),
            let entry = try await log.domains().first(where: { $0.uuid == uuid })
        {
            let found = try await log.replay(entry.id, through: sequence)
            guard let found else { return Domain(name: entry.name) }
            return found.isLive ? found : nil
        }
        let entry = try await log.domains(through: sequence, bearing: domain).first
        if let entry { return try await log.replay(entry.id, through: sequence) }
        return try await isNamed(domain, after: sequence) ? Domain(name: domain) : nil
    }

    /// Whether a domain comes to bear a name that none bore before.
    private func isNamed(_ name: String, after sequence: Int) async throws(MomentlogError) -> Bool {
        let query = EventQuery(kinds: [.domainDefined, .domainRenamed])
        let (isNamed, wasNamed) = (Flag(), Flag())
        try await log.read(query) { (line) throws(MomentlogError) in
            let recorded = try line.event()
            let isOf =
                switch recorded.event {
                case .domainRenamed(to: let newName): DomainName.isSame(newName, name)
                default: recorded.domain.map { DomainName.isSame($0, name) } ?? false
                }
            if isOf { (recorded.sequence > sequence ? isNamed : wasNamed).raise() }
            return !wasNamed.isRaised
        }
        return isNamed.isRaised && !wasNamed.isRaised
    }
}
