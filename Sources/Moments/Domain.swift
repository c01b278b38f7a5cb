/// A guest as its events describe it: identity, definition and moment graph.
public struct Domain: Sendable {
    /// Its name; after its end, the last name that it had.
    public private(set) var name: String

    /// The UUID, or nil until a document states it.
    public private(set) var uuid: DomainUUID?

    /// The definition that the next `create` puts into its checkpoint, if known.
    public private(set) var definition: DefinitionDigest?

    /// Whether the domain exists: it was defined, and not undefined since.
    public private(set) var isLive = false

    /// The number of events in the domain's stream.
    public private(set) var revision = 0

    /// Its live checkpoints.
    public private(set) var graph = MomentGraph()

    /// A reference to it: by its UUID, or by its name if its UUID is not known.
    public var reference: DomainReference {
        uuid.map { DomainReference($0) } ?? DomainReference(name)
    }

    /// A reference to it by its name, which findings and messages show.
    package var nameReference: DomainReference { DomainReference(name) }

    /// Creates a domain without events.
    public init(name: String) { self.name = name }

    /// Creates a domain from its saved state.
    init(
        name: String, uuid: DomainUUID?, definition: DefinitionDigest?, isLive: Bool,
        revision: Int, graph: MomentGraph
    ) {
        self.name = name
        self.uuid = uuid
        self.definition = definition
        self.isLive = isLive
        self.revision = revision
        self.graph = graph
    }

    /// Applies an event that is a separate commit; see ``apply(contentsOf:)``.
    ///
    /// No rule is checked here: rules are applied when events are decided.
    ///
    /// - Throws: ``InconsistentEvent`` if the event does not fit the events before it, which no
    ///   decided event does. The domain is unusable then.
    /// - Complexity: that of ``MomentGraph/apply(_:)``.
    public mutating func apply(_ event: Event) throws(InconsistentEvent) {
        try apply(contentsOf: CollectionOfOne(event))
    }

    /// Applies the events of one commit.
    ///
    /// - Throws: ``InconsistentEvent`` at the first event that does not fit. The domain is
    ///   unusable then.
    /// - Complexity: that of ``MomentGraph/apply(contentsOf:)``.
    public mutating func apply(contentsOf events: some Sequence<Event>) throws(InconsistentEvent) {
        beginCommit()
        for event in events { try applyUnsettled(event) }
        resolveCycles()
    }

    /// Separates the events of a commit from those before: what one commit deletes and records
    /// again differs from what two commits do.
    package mutating func beginCommit() { graph.beginCommit() }

    /// As ``apply(_:)``, but leaves cycles unresolved: no query of the graph may follow before
    /// ``resolveCycles()``. A replay resolves cycles once, at its end.
    package mutating func applyUnsettled(_ event: Event) throws(InconsistentEvent) {
        revision += 1
        switch event {
        case .domainDefined(name: let name, uuid: let uuid, definition: let definition):
            self.name = name
            self.uuid = uuid
            self.definition = definition
            isLive = true
        case .domainRenamed(to: let name):
            self.name = name
        case .domainUndefined:
            isLive = false
        case .checkpointCreated, .checkpointRedefined, .checkpointDeleted, .currentSet,
            .bitmapObserved, .findingAcknowledged:
            try graph.applyUnsettled(event)
        case .settingsChanged, .lossAccepted:
            break
        }
    }

    /// Stores a checkpoint as the log holds it; see
    /// ``MomentGraph/putUnsettled(_:isNew:claimsCurrent:)``.
    package mutating func putUnsettled(
        _ stored: StoredCheckpoint, isNew: Bool, claimsCurrent: Bool
    ) throws(InconsistentEvent) {
        revision += 1
        try graph.putUnsettled(stored, isNew: isNew, claimsCurrent: claimsCurrent)
    }

    /// Calls a closure that retains or releases values that checkpoints share.
    package mutating func withShared<Value>(_ body: (inout MomentGraph) -> Value) -> Value {
        body(&graph)
    }

    /// Resolves what cycles the graph has.
    package mutating func resolveCycles() { graph.resolveCycles() }
}
