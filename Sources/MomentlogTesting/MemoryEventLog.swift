public import EventLog
public import Moments

/// The event log in memory: the same contract as the one in a file, without a file.
///
/// It is for tests, and for programs that replay a log temporarily. Its content is lost when the
/// process ends.
public actor MemoryEventLog: EventLog {
    private var state: State
    private var isClosed = false
    /// The callers that want to append.
    let line = WaitingLine()
    /// The time that an append waits for the holder of a turn.
    public nonisolated let busyTimeout: Duration

    /// Creates an empty log.
    public init(busyTimeout: Duration = .seconds(5)) {
        self.init(busyTimeout: busyTimeout, store: .random())
    }

    /// - Parameter store: The identity of its domains.
    init(busyTimeout: Duration = .seconds(5), store: StoreIdentity) {
        self.busyTimeout = busyTimeout
        state = State(store: store)
    }

    /// Returns all domains; see ``EventLog/domains()``.
    public func domains() throws(MomentlogError) -> [DomainEntry] {
        try checkOpen()
        return state.domains.enumerated().map { place, domain in
            DomainEntry(
                id: DomainEntry.ID(number: Int64(place + 1), store: state.store), name: domain.name,
                uuid: domain.uuid, isLive: domain.isLive)
        }
    }

    /// Returns the number of events; see ``EventLog/size()``.
    public func size() throws(MomentlogError) -> Int {
        try checkOpen()
        return state.lines.count
    }

    /// Returns the domain after its events; see ``EventLog/replay(_:onto:)``.
    ///
    /// - Complexity: O(1): the present state of every domain is stored.
    public func replay(
        _ domain: DomainEntry.ID, onto known: Domain?
    ) throws(MomentlogError) -> Domain {
        try checkOpen()
        return try state.domain(domain)
    }

    /// Returns a definition's content; see ``EventLog/definition(_:)``.
    public func definition(_ digest: DefinitionDigest) throws(MomentlogError) -> [UInt8] {
        try checkOpen()
        guard let content = state.definitions[digest] else {
            throw MomentlogError(.corrupt, "the definition \(digest) is missing in the log")
        }
        return content
    }

    /// Returns all events of a query; see ``EventLog/page(_:)``.
    public func page(_ query: EventQuery) throws(MomentlogError) -> EventPage {
        try checkOpen()
        if let domain = query.domain { try domain.check(of: state.store) }
        let domain = query.domain.map { Int(clamping: $0.number) }
        var page = EventPage(lines: [], next: nil)
        for offset in state.lines.indices where page.lines.count < query.limit ?? .max {
            let line = state.lines[
                query.isReversed ? state.lines.count - 1 - offset : offset]
            guard domain == nil || line.domain == domain else { continue }
            let logged = LoggedLine(text: line.text)
            if query.hasConditions {
                guard try logged.parsed({ query.admits($0) }) else { continue }
            }
            page.lines.append(logged)
        }
        return page
    }

    /// Appends commits, in the caller's turn.
    func appendNow(
        _ commits: [PendingCommit], keeping requests: [RequestRecord]
    ) throws(MomentlogError) -> [CommitReceipt] {
        try checkOpen()
        // All or nothing: the changes are made to a copy.
        var next = state
        var receipts: [CommitReceipt] = []
        for commit in commits { receipts.append(try next.append(commit)) }
        for request in requests {
            try request.check(against: next.revision(for: request))
            try next.keep(request)
        }
        state = next
        return receipts
    }

    /// Returns the requests with these names; see ``EventLog/requests(_:)``.
    public func requests(_ names: [String]) throws(MomentlogError) -> [RequestRecord] {
        try checkOpen()
        return names.compactMap { state.requests[Array($0.utf8)] }
    }

    /// Returns the settings that result from the log's events; see ``EventLog/settings()``.
    public func settings() throws(MomentlogError) -> StoreSettings {
        try checkOpen()
        return state.settings
    }

    /// Returns 0; see ``EventLog/snapshotRevision(of:)``.
    public func snapshotRevision(of domain: DomainEntry.ID) async throws(MomentlogError) -> Int {
        try checkOpen()
        try domain.check(of: state.store)
        return 0
    }

    /// Saves nothing: the present state of every domain is stored; see
    /// ``EventLog/keepSnapshot(of:_:)``.
    public func keepSnapshot(of domain: Domain, _ id: DomainEntry.ID) async throws(MomentlogError) {
        try checkOpen()
        try id.check(of: state.store)
    }

    /// Removes nothing; see ``EventLog/removeSnapshots(of:)``.
    public func removeSnapshots(of domain: DomainEntry.ID) async throws(MomentlogError) {
        try checkOpen()
        try domain.check(of: state.store)
    }

    /// The last observation of a domain; see ``EventLog/observation(of:)``.
    public func observation(of domain: DomainUUID) throws(MomentlogError) -> DomainObservation? {
        try checkOpen()
        return state.observations[domain]
    }

    /// The last observations of all domains; see ``EventLog/observations()``.
    public func observations() throws(MomentlogError) -> [DomainUUID: DomainObservation] {
        try checkOpen()
        return state.observations
    }

    /// Stores observations; see ``EventLog/store(_:)``.
    public func store(
        _ observations: [DomainUUID: DomainObservation]
    ) throws(MomentlogError) {
        try checkOpen()
        try state.store(observations)
    }

    /// Closes the log; its content is lost.
    public func close() {
        isClosed = true
        state = State(store: state.store)
    }

    private func checkOpen() throws(MomentlogError) {
        guard !isClosed else { throw MomentlogError(.storage, "the log was closed") }
    }
}

extension MemoryEventLog {
    /// The content of a log.
    private struct State {
        struct Line {
            var text: String
            /// The number of its domain; 0 for the store itself.
            var domain: Int
        }

        let store: StoreIdentity
        var domains: [Domain] = []
        var storeRevision = 0
        var lines: [Line] = []
        var end = LogPosition.start
        var definitions: [DefinitionDigest: [UInt8]] = [:]
        /// By the bytes of their names.
        var requests: [[UInt8]: RequestRecord] = [:]
        var settings = StoreSettings()
        var observations: [DomainUUID: DomainObservation] = [:]

        init(store: StoreIdentity) { self.store = store }

        func domain(_ id: DomainEntry.ID) throws(MomentlogError) -> Domain {
            try id.check(of: store)
            guard id.number > 0, id.number <= domains.count else {
                throw MomentlogError(.noDomain, "no domain with the number \(id.number)")
            }
            return domains[Int(id.number) - 1]
        }

        mutating func append(_ commit: PendingCommit) throws(MomentlogError) -> CommitReceipt {
            guard commit.settings == settings else {
                throw MomentlogError(
                    .revisionConflict, "the store's settings have changed", hint: "try again")
            }
            let number = try target(of: commit)
            for definition in commit.definitions {
                definitions[definition.digest] = definition.content
            }
            for entry in commit.entries {
                try checkDefinition(of: entry.event)
                try checkIdentity(entry.event, number)
            }
            var domain = number == 0 ? nil : domains[number - 1]
            let encoded = try EncodedCommit(
                commit, after: end, of: DomainEntry.ID(number: Int64(number), store: store),
                revision: domain?.revision ?? storeRevision, domain: &domain)
            for line in encoded.lines {
                lines.append(
                    Line(text: String(decoding: line.bytes, as: UTF8.self), domain: number))
            }
            for case .settingsChanged(let change) in commit.entries.map(\.event) {
                settings = try settings.applying(change)
            }
            try store(commit.observations)
            let receipt = encoded.receipt
            if let domain { domains[number - 1] = domain } else { storeRevision = receipt.revision }
            end = LogPosition(
                sequence: lines.count, commit: receipt.commit, time: encoded.time)
            if var request = commit.request {
                request.commit = receipt.commit
                request.sequences = receipt.sequences
                request.revision = receipt.revision
                request.domain = domain?.name ?? ""
                try keep(request)
            }
            return receipt
        }

        /// Returns the number of a commit's domain; 0 for the store itself.
        private mutating func target(of commit: PendingCommit) throws(MomentlogError) -> Int {
            switch commit.target {
            case .store: return 0
            case .newDomain:
                domains.append(Domain(name: commit.domainName))
                return domains.count
            case .domain(let id, revision: let expected):
                let revision = try domain(id).revision
                guard revision == expected else {
                    throw MomentlogError(
                        .revisionConflict,
                        "domain '\(commit.domainName)' is at revision \(revision), not \(expected)",
                        hint: "see what changed, then try again")
                }
                return Int(id.number)
            }
        }

        private func checkDefinition(of event: Event) throws(MomentlogError) {
            if let digest = event.definition, definitions[digest] == nil {
                throw MomentlogError(
                    .corrupt, "definition \(digest) is named by an event, but is missing")
            }
        }

        private func checkIdentity(_ event: Event, _ number: Int) throws(MomentlogError) {
            let (name, uuid): (String, DomainUUID?)
            switch event {
            case .domainDefined(name: let newName, uuid: let newUUID, definition: _):
                (name, uuid) = (newName, newUUID)
            case .domainRenamed(to: let newName) where number > 0 && domains[number - 1].isLive:
                (name, uuid) = (newName, nil)
            default: return
            }
            for (place, other) in domains.enumerated() where place != number - 1 {
                let hasName = other.isLive && other.name.utf8.elementsEqual(name.utf8)
                guard !hasName, uuid == nil || other.uuid != uuid else {
                    throw MomentlogError(.exists, "domain '\(name)' already exists")
                }
            }
        }

        /// Returns the revision of a request's domain.
        func revision(for request: RequestRecord) throws(MomentlogError) -> Int? {
            if let id = request.domainID { return try domain(id).revision }
            let named = domains.filter { $0.name.utf8.elementsEqual(request.domain.utf8) }
            return (named.first(where: \.isLive) ?? named.last)?.revision
        }

        mutating func store(
            _ observations: [DomainUUID: DomainObservation]
        ) throws(MomentlogError) {
            if let unknown = observations.first(where: {
                !$0.value.isObserved && $0.value.pruned.isEmpty
            }) {
                throw MomentlogError(
                    .usage,
                    "the checkpoints of the observation of domain \(unknown.key) are not known")
            }
            for (domain, observation) in observations {
                self.observations[domain] = observation.replacing(self.observations[domain])
            }
        }

        mutating func keep(_ request: RequestRecord) throws(MomentlogError) {
            let key = Array(request.name.utf8)
            guard requests[key] == nil else {
                throw MomentlogError(
                    .revisionConflict,
                    "the request '\(request.name)' was carried out meanwhile", hint: "try again")
            }
            requests[key] = request
            requests[key]?.domainID = nil
        }
    }
}
