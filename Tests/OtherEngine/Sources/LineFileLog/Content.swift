import EventLog
import Foundation
import Moments

/// All that a log contains, and what follows from its lines, in memory.
struct Content {
    /// An event's line, and the number of its domain; 0 for the store itself.
    struct Line {
        var text: String
        var domain: Int64
    }

    let store: StoreIdentity
    private(set) var lines: [Line] = []
    private(set) var domains: [Domain] = []
    private(set) var definitions: [DefinitionDigest: [UInt8]] = [:]
    private(set) var settings = StoreSettings()
    private(set) var tree = MerkleTree()
    /// By the bytes of their names: Swift holds texts for equal that differ in them.
    private(set) var requests: [[UInt8]: RequestRecord] = [:]
    private(set) var observations: [DomainUUID: DomainObservation] = [:]
    private var storeRevision = 0
    private var end = LogPosition.start

    init(store: StoreIdentity) { self.store = store }

    func domain(_ id: DomainEntry.ID) throws(MomentlogError) -> Domain {
        try id.check(of: store)
        guard id.number > 0, id.number <= domains.count else {
            throw MomentlogError(.noDomain, "no domain with the number \(id.number)")
        }
        return domains[Int(id.number) - 1]
    }

    /// The revision of the domain that a request is of: without an identifier, of the live domain
    /// of its name, or of the last one that had it.
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
                .usage, "the checkpoints of domain \(unknown.key) are not known")
        }
        for (domain, observation) in observations {
            self.observations[domain] = observation.replacing(self.observations[domain])
        }
    }

    // MARK: Appending

    /// Appends a commit, and adds what is to be written of it to a batch.
    mutating func append(
        _ commit: PendingCommit, to batch: inout Batch
    ) throws(MomentlogError) -> CommitReceipt {
        guard commit.settings == settings else {
            throw MomentlogError(.revisionConflict, "the settings have changed", hint: "try again")
        }
        var (number, revision, domain): (Int64, Int, Domain?) = (0, storeRevision, nil)
        switch commit.target {
        case .store: break
        case .newDomain:
            (number, revision, domain) =
                (Int64(domains.count) + 1, 0, Domain(name: commit.domainName))
        case .domain(let id, revision: let expected):
            let known = try self.domain(id)
            guard known.revision == expected else {
                throw MomentlogError(
                    .revisionConflict,
                    "domain '\(known.name)' is at revision \(known.revision), not \(expected)",
                    hint: "see what changed, then try again")
            }
            (number, revision, domain) = (id.number, expected, known)
        }
        for definition in commit.definitions {
            keep(definition: definition.content)
            batch.definitions.append(Data(definition.content))
        }
        for entry in commit.entries { try check(entry.event, of: number) }
        let encoded = try EncodedCommit(
            commit, after: end, of: DomainEntry.ID(number: number, store: store),
            revision: revision, domain: &domain)
        for line in encoded.lines {
            let text = String(decoding: line.bytes, as: UTF8.self)
            add(Line(text: text, domain: number))
            batch.lines.append(text)
        }
        try finish(
            commit.entries.map(\.event), domain, number,
            LogPosition(
                sequence: lines.count, commit: encoded.receipt.commit, time: encoded.time))
        try store(commit.observations)
        if var request = commit.request {
            request.commit = encoded.receipt.commit
            request.sequences = encoded.receipt.sequences
            request.revision = encoded.receipt.revision
            request.domain = domain?.name ?? ""
            try keep(request, in: &batch)
        }
        return encoded.receipt
    }

    /// Keeps the answer to a request.
    mutating func keep(_ request: RequestRecord, in batch: inout Batch) throws(MomentlogError) {
        guard requests[Array(request.name.utf8)] == nil else {
            throw MomentlogError(
                .revisionConflict, "the request '\(request.name)' was carried out meanwhile",
                hint: "try again")
        }
        requests[Array(request.name.utf8)] = request
        requests[Array(request.name.utf8)]?.domainID = nil
        batch.requests.append(Batch.Request(request))
    }

    /// Refuses a name or UUID that is taken, and a definition that does not exist.
    private func check(_ event: Event, of number: Int64) throws(MomentlogError) {
        if let digest = event.definition, definitions[digest] == nil {
            throw MomentlogError(.corrupt, "definition \(digest) is missing")
        }
        let (name, uuid): (String, DomainUUID?)
        switch event {
        case .domainDefined(name: let new, uuid: let newUUID, definition: _):
            (name, uuid) = (new, newUUID)
        case .domainRenamed(to: let new): (name, uuid) = (new, nil)
        default: return
        }
        for (index, other) in domains.enumerated() where Int64(index) + 1 != number {
            let isTaken = other.isLive && other.name.utf8.elementsEqual(name.utf8)
            guard !isTaken, uuid == nil || other.uuid != uuid else {
                throw MomentlogError(.exists, "domain '\(name)' already exists")
            }
        }
    }

    // MARK: Reading the file

    /// Adds a batch that was read.
    mutating func add(_ batch: Batch) throws(MomentlogError) {
        for content in batch.definitions { keep(definition: [UInt8](content)) }
        for request in batch.requests {
            requests[Array(request.name.utf8)] = request.record
        }
        var commit: [RecordedEvent] = []
        for text in batch.lines {
            let event = try EventLine.decode(text)
            if let last = commit.last, last.commit != event.commit {
                try add(commit)
                commit = []
            }
            commit.append(event)
            add(Line(text: text, domain: Int64(event.domainId ?? 0)))
        }
        try add(commit)
    }

    private mutating func add(_ commit: [RecordedEvent]) throws(MomentlogError) {
        guard let last = commit.last else { return }
        let number = Int64(last.domainId ?? 0)
        guard number <= domains.count + 1 else {
            throw MomentlogError(.corrupt, "domain \(number) begins too early")
        }
        var domain: Domain?
        if number > 0 {
            domain = number > domains.count ? Domain(name: "") : domains[Int(number) - 1]
            do throws(InconsistentEvent) {
                try domain?.apply(contentsOf: commit.map(\.event))
            } catch {
                throw MomentlogError(.corrupt, "commit \(last.commit) does not fit: \(error)")
            }
        }
        try finish(
            commit.map(\.event), domain, number,
            LogPosition(sequence: last.sequence, commit: last.commit, time: last.time))
    }

    // MARK: Both

    private mutating func keep(definition: [UInt8]) {
        definitions[DefinitionDigest(of: definition)] = definition
    }

    private mutating func add(_ line: Line) {
        lines.append(line)
        tree.append(line.text.utf8)
    }

    private mutating func finish(
        _ events: [Event], _ domain: Domain?, _ number: Int64, _ position: LogPosition
    ) throws(MomentlogError) {
        for case .settingsChanged(let change) in events {
            settings = try settings.applying(change)
        }
        if let domain {
            if number > domains.count { domains.append(domain) }
            domains[Int(number) - 1] = domain
        } else {
            storeRevision += events.count
        }
        end = position
    }
}
