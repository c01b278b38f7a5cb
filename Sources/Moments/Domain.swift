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

    /// Takes the next fact about the domain.
    ///
    /// No rule is checked here: those stand where events are decided.
    ///
    /// - Throws: ``InconsistentEvent`` if the event does not fit what came before,
    ///   which no decided event brings about. The domain is unusable then.
    /// - Complexity: that of ``MomentGraph/apply(_:)``.
    public mutating func apply(_ event: Event) throws(InconsistentEvent) {
        try applyUnsettled(event)
        settle()
    }

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
            .bitmapObserved:
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
