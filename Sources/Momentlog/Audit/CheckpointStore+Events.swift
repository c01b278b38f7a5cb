public import EventLog
public import Moments

extension CheckpointStore {
    // MARK: Events

    /// Calls a closure with each event that a filter selects, in the log's order, until it returns
    /// false.
    ///
    /// All come from one state of the log, even if others append meanwhile. As a sequence they are
    /// ``events(_:)``. For example:
    ///
    /// ```swift
    /// try await store.readEvents(EventFilter(domain: "vm1")) { line in
    ///     print(line.text)
    ///     return true
    /// }
    /// ```
    ///
    /// - Throws: ``MomentlogError`` with `no-domain` if there never was such a domain, with
    ///   `no-checkpoint` if it never had such a checkpoint, with `no-moment` for sequences
    ///   beyond the last, with `usage` for a begin after the end, or what the closure throws.
    /// - Complexity: O(*n*) in the events of the requested domain or time; a page of them is in
    ///   memory at a time.
    public func readEvents(
        _ filter: EventFilter = EventFilter(), isolation: isolated (any Actor)? = #isolation,
        _ body: (LoggedLine) throws(MomentlogError) -> Bool
    ) async throws(MomentlogError) {
        try checkOpen()
        guard let selection = try await selection(filter) else { return }
        var reading = try EventReading(selection)
        while let query = reading.query {
            let page = try await log.page(query)
            for line in try reading.lines(of: page) { guard try body(line) else { return } }
        }
    }

    /// Calls a closure that can throw any error with each event that a filter selects; see
    /// ``readEvents(_:isolation:_:)``.
    ///
    /// - Throws: ``MomentlogError``, or what the closure throws.
    public func readEvents(
        _ filter: EventFilter = EventFilter(), isolation: isolated (any Actor)? = #isolation,
        _ body: (LoggedLine) throws -> Bool
    ) async throws {
        try checkOpen()
        guard let selection = try await selection(filter) else { return }
        var reading = try EventReading(selection)
        while let query = reading.query {
            let page = try await log.page(query)
            for line in try reading.lines(of: page) { guard try body(line) else { return } }
        }
    }

    /// Returns the events that a filter selects, as a sequence that reads them page by page.
    ///
    /// Events that are appended while it is read are included, unless it is reversed.
    ///
    /// - Throws: ``MomentlogError``; see ``readEvents(_:isolation:_:)``.
    /// - Complexity: O(*n*) in the events of the requested domain or time; at most
    ///   ``EventSequence/pageSize`` are in memory at a time.
    public func events(
        _ filter: EventFilter = EventFilter()
    ) async throws(MomentlogError) -> EventSequence {
        try checkOpen()
        return EventSequence(log: log, selection: try await selection(filter))
    }

    /// Returns the events that a filter selects, and those that come later, from any process.
    ///
    /// The size of the log is read at an interval, which costs next to nothing; events are read
    /// only if there are new ones.
    ///
    /// - Parameters:
    ///   - filter: The selection; not reversed, and without an end.
    ///   - interval: The time to wait before checking again.
    /// - Throws: ``MomentlogError`` with `usage` for a filter that is reversed or has an
    ///   end; see also ``readEvents(_:isolation:_:)``.
    public func follow(
        _ filter: EventFilter = EventFilter(), every interval: Duration = .milliseconds(250)
    ) async throws(MomentlogError) -> EventStream {
        try checkOpen()
        guard !filter.isReversed, filter.until == nil else {
            throw MomentlogError(
                .usage, "future events can neither be reversed nor have an end in time",
                hint: "follow without them")
        }
        return EventStream(
            log: log, selection: try await selection(filter, goesOn: true), interval: interval)
    }

    /// Returns the query of a filter; nil if nothing can match.
    func query(_ filter: EventFilter) async throws(MomentlogError) -> EventQuery? {
        var query = EventQuery(
            checkpoint: filter.checkpoints.only, kinds: filter.kinds, actor: filter.actors.only,
            channel: filter.origins.only, commit: filter.commits.only,
            isReversed: filter.isReversed)
        if let domain = filter.domain { query.domain = try await id(everNamed: domain) }
        for checkpoint in filter.checkpoints { try await checkKnown(checkpoint, query.domain) }
        let first = try await filter.since.map(asksFrom)
        let last = try await filter.until.map(asksUpTo)
        if let first, let last, first > last {
            // There may be no event between two times that are in order.
            if let since = filter.since, let until = filter.until, since.isTime(upTo: until) {
                return nil
            }
            throw MomentlogError(
                .usage, "the requested time begins after its end",
                hint: "give the earlier point first")
        }
        guard (last ?? 1) >= 1 else { return nil }
        query.sequences = max(1, first ?? 1)...max(last ?? .max, first ?? 1)
        return query
    }

    /// Returns the domain of a name or UUID, live or not; else the last one that had the name.
    private func id(everNamed domain: DomainReference) async throws(MomentlogError)
        -> DomainEntry.ID
    {
        do {
            return try await entry(of: domain, evenUndefined: true).id
        } catch {
            guard error.code == .noDomain else { throw error }
            var found: Int?
            let query = EventQuery(kinds: [.domainDefined, .domainRenamed], isReversed: true)
            try await log.read(query) { line throws(MomentlogError) in
                let recorded = try line.event()
                switch recorded.event {
                case .domainDefined(name: let given, uuid: _, definition: _),
                    .domainRenamed(to: let given):
                    if DomainName.isSame(given, domain.text) { found = recorded.sequence }
                default: break
                }
                return found == nil
            }
            guard let found,
                let entry = try await log.domains(through: found, bearing: domain.text).first
            else { throw error }
            return entry.id
        }
    }

    private func checkKnown(
        _ checkpoint: CheckpointName, _ domain: DomainEntry.ID?
    ) async throws(MomentlogError) {
        let isKnown = Flag()
        let query = EventQuery(domain: domain, checkpoint: checkpoint, limit: 1)
        try await log.read(query) { (_) throws(MomentlogError) in
            isKnown.raise()
            return false
        }
        guard isKnown.isRaised else {
            // Nothing is said of events that are missing: reading all of them finds a gap.
            try await log.read(EventQuery(domain: domain)) { (_) throws(MomentlogError) in true }
            throw domain == nil
                ? .noCheckpointAnywhere(checkpoint) : .noCheckpointEver(checkpoint)
        }
    }

    /// Returns the first sequence from a point in time on.
    private func asksFrom(_ when: When) async throws(MomentlogError) -> Int {
        switch when {
        case .sequence(let sequence):
            _ = try await log.position(at: when)
            return sequence
        case .now: return try await log.position(at: when).sequence + 1
        case .time(let time):
            // Times are whole microseconds.
            let before = Timestamp(microseconds: max(time.microseconds, .min + 1) - 1)
            return try await log.position(at: .time(before)).sequence + 1
        }
    }

    /// Returns the last sequence up to a point in time.
    private func asksUpTo(_ when: When) async throws(MomentlogError) -> Int {
        let position = try await log.position(at: when)
        if case .sequence(let sequence) = when { return sequence }
        return position.sequence
    }
}

extension Collection {
    /// The element, if there is one and no other.
    fileprivate var only: Element? { count == 1 ? first : nil }
}

extension When {
    /// Whether both are times, and this one is not later.
    fileprivate func isTime(upTo end: When) -> Bool {
        switch (self, end) {
        case (.time(let begin), .time(let end)): begin <= end
        // The log may end before a time that is past.
        case (.time, .now), (.now, .now): true
        default: false
        }
    }
}

extension MomentlogError {
    fileprivate static func noCheckpointAnywhere(_ name: CheckpointName) -> MomentlogError {
        MomentlogError(
            .noCheckpoint, "no domain ever had a checkpoint '\(name)'",
            hint: "look up the names in the log", suggestion: .readLog)
    }

    static func noCheckpointEver(_ name: CheckpointName) -> MomentlogError {
        MomentlogError(
            .noCheckpoint, "the domain never had a checkpoint '\(name)'",
            hint: "look up the names in the log", suggestion: .readLog)
    }
}

extension Optional {
    /// As `map`, for closures that suspend.
    fileprivate func map<Value>(
        _ transform: (Wrapped) async throws(MomentlogError) -> Value
    ) async throws(MomentlogError) -> Value? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
