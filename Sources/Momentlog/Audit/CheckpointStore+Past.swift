public import EventLog
public import Moments

extension CheckpointStore {
    // MARK: The past

    /// Returns the end of the last commit that ended at or before a point in time.
    ///
    /// - Throws: ``MomentlogError`` with `no-moment` for a sequence beyond the last.
    /// - Complexity: O(log² *n*) in the log.
    public func position(at when: When) async throws(MomentlogError) -> LogPosition {
        try await log.position(at: when)
    }

    /// Returns a past state of a domain with its graph.
    ///
    /// A sequence inside a commit means the last commit that ended before it.
    ///
    /// - Parameters:
    ///   - domain: The name that it had then, or its UUID.
    ///   - when: The point in time; nil for now.
    /// - Returns: The domain. Its ``Domain/revision`` is 0 if the first one that has the name had
    ///   no events yet: then its graph is empty.
    /// - Throws: ``MomentlogError`` with `no-moment` for a sequence beyond the last, with
    ///   `no-domain` if none existed then or came later.
    /// - Complexity: O(*n*) in the domain's events.
    public func domain(
        _ domain: DomainReference, at when: When?
    ) async throws(MomentlogError) -> Domain {
        guard let when else { return try await self.domain(domain) }
        let sequence = try await log.position(at: when).sequence
        if let found = try await self.domain(domain, through: sequence) { return found }
        throw .noDomain(domain)
    }

    /// Returns the domains that existed, by name.
    ///
    /// - Throws: ``MomentlogError`` with `no-moment` for a sequence beyond the last.
    /// - Complexity: O(*n* log *n*) in the events about domains themselves.
    public func domains(at when: When) async throws(MomentlogError) -> [DomainEntry] {
        let sequence = try await log.position(at: when).sequence
        return try await log.domains(through: sequence, bearing: nil)
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Returns the findings in domains at a point in time, sorted.
    ///
    /// - Parameters:
    ///   - domains: The names that they had, or UUIDs; empty for all domains.
    ///   - when: The point in time.
    /// - Throws: ``MomentlogError``; see ``domain(_:at:)``.
    /// - Complexity: O(*n*) in the domains' events, plus sorting what was found.
    public func findings(
        of domains: [DomainReference] = [], at when: When
    ) async throws(MomentlogError) -> [Finding] {
        try await findings(of: domains, at: when, now: .now)
    }

    /// Returns the findings in domains at a point in time, given the present time; see
    /// ``findings(of:at:)``.
    package func findings(
        of domains: [DomainReference] = [], at when: When, now: Timestamp
    ) async throws(MomentlogError) -> [Finding] {
        let sequence = try await log.position(at: when).sequence
        var findings: [Finding] = []
        var named: [(id: DomainEntry.ID, domain: DomainReference)] = []
        for name in domains {
            let domain = try await domain(name, at: .sequence(sequence))
            findings += domain.graph.findings(domain: domain.nameReference)
            if let id = try await id(of: name, through: sequence) {
                named.append((id, domain.nameReference))
            }
        }
        if domains.isEmpty {
            for entry in try await log.domains(through: sequence, bearing: nil) {
                guard let domain = try await log.replay(entry.id, through: sequence) else {
                    continue
                }
                findings += domain.graph.findings(domain: domain.nameReference)
                named.append((entry.id, domain.nameReference))
            }
        }
        guard sequence > 0 else { return findings.sorted() }
        findings += try await clockFindings(
            named, isWhole: domains.isEmpty, through: sequence, now: now)
        return findings.sorted()
    }

    /// Returns the difference of a domain between two points in time.
    ///
    /// - Parameters:
    ///   - domain: The name that it had at the later point, or else at the earlier one, or its
    ///     UUID.
    ///   - from: The earlier point.
    ///   - to: The later point; nil for now.
    /// - Throws: ``MomentlogError`` with `usage` if the earlier point is the later one; see
    ///   also ``domain(_:at:)``.
    /// - Complexity: O(*n*) in the domain's events, and sorting what differs.
    public func difference(
        of domain: DomainReference, from: When, to: When? = nil
    ) async throws(MomentlogError) -> GraphDifference {
        let first = try await log.position(at: from).sequence
        let last: Int
        if let to { last = try await log.position(at: to).sequence } else { last = .max }
        guard first <= last, !from.isAfter(to) else {
            throw MomentlogError(
                .usage, "the first point in time is after the second",
                hint: "give the earlier one first")
        }
        var found = try await id(of: domain, through: last)
        if found == nil { found = try await id(of: domain, through: first) }
        guard let found else {
            guard try await isNamed(domain, after: last) else { throw .noDomain(domain) }
            return GraphDifference(from: Domain(name: domain.text), to: Domain(name: domain.text))
        }
        let before = try await log.replay(found, through: first)
        let after = try await log.replay(found, through: last)
        return GraphDifference(
            from: before ?? Domain(name: domain.text),
            to: after ?? Domain(name: domain.text))
    }

    /// Returns everything that happened to the checkpoints of a name in a domain.
    ///
    /// - Parameters:
    ///   - checkpoint: The name.
    ///   - domain: A name or a UUID of a present or former domain.
    /// - Throws: ``MomentlogError`` with `no-domain` or, if there never was one of that name,
    ///   `no-checkpoint`; with `corrupt` if an event does not fit those before it.
    /// - Complexity: O(*n*) in the domain's events.
    public func history(
        of checkpoint: CheckpointName, in domain: DomainReference
    ) async throws(MomentlogError) -> CheckpointHistory {
        var history = CheckpointHistory(of: checkpoint)
        for try await line in try await events(EventFilter(domain: domain)) {
            let recorded = try line.event()
            do {
                try history.take(recorded)
            } catch {
                throw MomentlogError(
                    .corrupt, "event \(recorded.sequence): \(error)",
                    hint: "verify the whole store", suggestion: .verify, cause: error)
            }
        }
        guard !history.lives.isEmpty else { throw .noCheckpointEver(checkpoint) }
        return history
    }

    /// Returns the domain of a UUID, or that had a name, after its events up to one; one without
    /// events if it came later; nil if there was none.
    func domain(
        _ domain: DomainReference, through sequence: Int
    ) async throws(MomentlogError) -> Domain? {
        guard let id = try await id(of: domain, through: sequence) else {
            return try await isNamed(domain, after: sequence) ? Domain(name: domain.text) : nil
        }
        guard let found = try await log.replay(id, through: sequence) else {
            return Domain(name: try await log.replay(id).name)
        }
        return found.isLive ? found : nil
    }

    /// Returns the domain of a UUID, then or ever, or that had a name and existed.
    private func id(
        of domain: DomainReference, through sequence: Int
    ) async throws(MomentlogError) -> DomainEntry.ID? {
        if let uuid = domain.uuid,
            let entry = try await log.domains().first(where: { $0.uuid == uuid })
        {
            return entry.id
        }
        return try await log.domains(through: sequence, bearing: domain.text).first?.id
    }

    /// Returns whether a domain gets a name later that none had before.
    private func isNamed(
        _ domain: DomainReference, after sequence: Int
    ) async throws(MomentlogError) -> Bool {
        let name = domain.text
        let query = EventQuery(kinds: [.domainDefined, .domainRenamed])
        let (isNamed, wasNamed) = (Flag(), Flag())
        try await log.read(query) { (line) throws(MomentlogError) in
            let recorded = try line.event()
            let isOf =
                switch recorded.event {
                case .domainRenamed(to: let newName): DomainName.isSame(newName, name)
                default: recorded.domain.map { DomainName.isSame($0.text, name) } ?? false
                }
            if isOf { (recorded.sequence > sequence ? isNamed : wasNamed).raise() }
            return !wasNamed.isRaised
        }
        return isNamed.isRaised && !wasNamed.isRaised
    }
}

extension When {
    /// Returns whether it is the later of two of the same kind.
    fileprivate func isAfter(_ other: When?) -> Bool {
        switch (self, other) {
        case (.sequence(let first), .sequence(let second)?): first > second
        case (.time(let first), .time(let second)?): first > second
        default: false
        }
    }
}
