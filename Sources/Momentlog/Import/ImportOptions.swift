public import CheckpointXML
public import Moments

/// The options of an import.
public struct ImportOptions: Sendable, Hashable {
    /// The domain of the files: a name or a UUID. For one folder or files only; nil takes it from
    /// the files.
    public var domain: DomainReference?

    /// Whether nothing at all is imported if anything would be skipped or an error
    /// found.
    public var isStrict: Bool

    /// Whether the import only reports what it would do.
    public var isDryRun: Bool

    /// Whether a recorded checkpoint with other content is redefined.
    public var replaces: Bool

    /// Whether definitions are recorded without secrets, whatever the store's settings.
    public var stripsSecrets: Bool

    /// The inspected images of the domain, without whose bitmaps no checkpoint is imported; nil to
    /// import without validation. For an import into one domain only.
    public var validation: ImageReport?

    /// The maximum sizes of a file.
    public var limits: Limits

    /// The time of the import, for repeatable runs; nil for now.
    public var time: Timestamp?

    /// Creates options.
    public init(
        domain: DomainReference? = nil, isStrict: Bool = false, isDryRun: Bool = false,
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
