/// What is known of an observation beside what it shows: conclusions rest on it.
///
/// Each part that is missing makes conclusions more careful, never bolder.
public struct Evidence: Sendable, Hashable {
    /// Whether the domain has a definition that outlives its guest. A transient domain loses its
    /// checkpoints' metadata at every stop, so that what is missing there was not deleted.
    public var isPersistent: Bool

    /// Whether its guest is running.
    public var isActive: Bool

    /// The libvirt that was asked; nil for a folder.
    public var connection: LibvirtConnection?

    /// The last observation of the domain that the log contains.
    public var previous: Previous?

    /// Whether the observed definitions are without secrets because nobody may read them there,
    /// so that they never replace recorded ones.
    public var hidesSecrets: Bool

    /// Recorded definitions, and the same without secrets. Both sides are compared without them
    /// if there are any.
    public var withoutSecrets: [DefinitionDigest: DefinitionDigest]

    /// An earlier observation.
    public struct Previous: Sendable, Hashable {
        /// When it was recorded.
        public var time: Timestamp

        /// The libvirt that was asked.
        public var connection: LibvirtConnection

        /// Creates an earlier observation.
        public init(time: Timestamp, connection: LibvirtConnection) {
            self.time = time
            self.connection = connection
        }
    }

    /// Creates evidence.
    public init(
        isPersistent: Bool, isActive: Bool, connection: LibvirtConnection? = nil,
        previous: Previous? = nil, hidesSecrets: Bool = false,
        withoutSecrets: [DefinitionDigest: DefinitionDigest] = [:]
    ) {
        self.isPersistent = isPersistent
        self.isActive = isActive
        self.connection = connection
        self.previous = previous
        self.hidesSecrets = hidesSecrets
        self.withoutSecrets = withoutSecrets
    }

    /// Evidence of files: they show what there is, and say nothing of a guest.
    public static let files = Evidence(isPersistent: false, isActive: false)

    /// Whether the domain was seen in another libvirt since this one was asked last, and is not
    /// running here: what a migration left behind is no news.
    var isStaleSource: Bool {
        guard !isActive, let connection, let previous else { return false }
        return !connection.isSamePlace(as: previous.connection)
    }

    /// Whether a recorded definition is the observed one, as far as both can be compared.
    func isSame(_ recorded: DefinitionDigest?, _ observed: DefinitionDigest?) -> Bool {
        recorded == observed
            || !withoutSecrets.isEmpty && recorded.map { withoutSecrets[$0] ?? $0 } == observed
    }
}
