public import CheckpointXML
public import Moments

/// How an import deals with what it finds.
public struct ImportOptions: Sendable, Hashable {
    /// The domain that the files are of: a name or a UUID. For one folder or files
    /// only; nil leaves it to the files.
    public var domain: String?

    /// Whether nothing at all is imported if anything would be skipped or an error
    /// found.
    public var isStrict: Bool

    /// Whether the import only reports what it would do.
    public var isDryRun: Bool

    /// Whether a checkpoint that is there already, but differs, is redefined.
    public var replaces: Bool

    /// Whether definitions are recorded without the secrets in them, whatever the store's
    /// settings say.
    public var stripsSecrets: Bool

    /// What was seen of the domain's images, without whose bitmaps no checkpoint is imported;
    /// nil to import them whatever became of their data. For an import into one domain only.
    public var validation: ImageReport?

    /// How much a file may hold.
    public var limits: Limits

    /// When the import happens, for repeatable runs; nil for now.
    public var time: Timestamp?

    /// Puts options together.
    public init(
        domain: String? = nil, isStrict: Bool = false, isDryRun: Bool = false,
        replaces: Bool = false, stripsSecrets: Bool = false,
        limits: Limits = Limits(),
        time: Timestamp? = nil
    ) {
        self.domain = domain
        self.isStrict = isStrict
        self.isDryRun = isDryRun
        self.replaces = replaces
        self.stripsSecrets = stripsSecrets
        self.limits = limits
        self.time = time
    }
}
