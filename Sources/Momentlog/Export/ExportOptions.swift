/// The layout of an export's files.
public struct ExportOptions: Sendable, Hashable {
    /// Whether the files contain the domain's definition, as libvirt's do.
    public var includesDomain: Bool

    /// Whether the files of one domain are written into the output folder itself, not into a
    /// folder of the domain's name below it.
    public var isFlat: Bool

    /// Whether a folder that contains a former export, and nothing else, is replaced. The former
    /// export is moved next to the output folder.
    public var replaces: Bool

    /// Whether each folder also contains `SHA256SUMS`, by which `sha256sum --check` and an import
    /// find a file that was altered or is missing.
    public var writesChecksums: Bool

    /// Whether nothing is exported: the report says what would be done, or why it would be refused.
    public var isDryRun: Bool

    /// Creates options.
    public init(
        includesDomain: Bool = true, isFlat: Bool = false, replaces: Bool = false,
        writesChecksums: Bool = false, isDryRun: Bool = false
    ) {
        self.isDryRun = isDryRun
        self.includesDomain = includesDomain
        self.isFlat = isFlat
        self.replaces = replaces
        self.writesChecksums = writesChecksums
    }
}
