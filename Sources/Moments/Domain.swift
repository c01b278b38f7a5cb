/// A guest as its events tell it: identity, definition and moment graph.
public struct Domain: Sendable {
    /// The name it bears now, or bore last.
    public private(set) var name: String

    /// The UUID, or nil as long as no document has named it.
    public private(set) var uuid: DomainUUID?

    /// The definition that the next `create` puts into its checkpoint, if known.
    public private(set) var definition: DefinitionDigest?

    /// Whether the domain is there: defined, and not undefined since.
    public private(set) var isLive = false

    /// How many events the domain's stream holds.
    public private(set) var revision = 0

    /// Its live checkpoints.
    public private(set) var graph = MomentGraph()

    /// Makes a domain of which nothing has happened yet.
    public init(name: String) { self.name = name }

    /// Makes a domain of which it is known what it became.
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

    /// Applies an event that is a commit of its own; see ``apply(contentsOf:)``.
    ///
    /// No rule is checked here: those stand where events are decided.
    ///
    /// - Throws: ``InconsistentEvent`` if the event does not fit what came before,
    ///   which no decided event brings about. The domain is unusable then.
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
        settle()
    }

    /// Separates the events of a commit from those before: what one commit deletes and
    /// records anew is told from what two do.
    package mutating func beginCommit() { graph.beginCommit() }

    /// As ``apply(_:)``, but leaves cycles unresolved: no query of the graph may
    /// follow before ``settle()``. Replay settles once, at its end.
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

    /// Takes a checkpoint as the log stores it; see
    /// ``MomentGraph/putUnsettled(_:isNew:claimsCurrent:)``.
    package mutating func putUnsettled(
        _ stored: StoredCheckpoint, isNew: Bool, claimsCurrent: Bool
    ) throws(InconsistentEvent) {
        revision += 1
        try graph.putUnsettled(stored, isNew: isNew, claimsCurrent: claimsCurrent)
    }

    /// Calls a closure that holds, or lets go of, values that checkpoints share.
    package mutating func withShared<Value>(_ body: (inout MomentGraph) -> Value) -> Value {
        body(&graph)
    }

    /// Resolves what cycles the graph has.
    package mutating func settle() { graph.settle() }
}
