public import Moments

/// What an import did, a part for each domain.
public struct ImportReport: Sendable {
    /// The domains in the order in which their libraries were read.
    public internal(set) var domains: [DomainReport]

    /// What was found in the folders that were named, but in none of the domains' own.
    public internal(set) var findings: [Finding] = []

    /// Whether nothing was appended because the import was strict.
    public internal(set) var isRefusedAsStrict = false

    /// Whether something was skipped, or an error was found.
    public var hasProblems: Bool {
        findings.contains { $0.severity == .error }
            || domains.contains { report in
                report.refusal != nil || !report.skipped.isEmpty
                    || report.findings.contains { $0.severity == .error }
            }
    }

    /// Whether anything was appended.
    public var hasCommits: Bool { domains.contains { $0.commit != nil } }

    /// Whether nothing could be imported at all.
    public var isRefused: Bool {
        isRefusedAsStrict || (!domains.isEmpty && domains.allSatisfy { $0.refusal != nil })
    }

    /// What an import did with one domain's library.
    public struct DomainReport: Sendable {
        /// Where the files lay.
        public internal(set) var path: String
        /// The domain's name in the store.
        public internal(set) var domain: String
        /// The domain's UUID, if known.
        public internal(set) var uuid: DomainUUID?
        /// How many files were read, counting those that could not be.
        public internal(set) var filesRead = 0
        /// The checkpoints that are new, in the order in which they were appended.
        public internal(set) var imported: [String] = []
        /// The checkpoints that were there already, with the same content.
        public internal(set) var alreadyThere: [String] = []
        /// The checkpoints that were there with other content, and were redefined.
        public internal(set) var replaced: [String] = []
        /// What was not imported, in the order of the files.
        public internal(set) var skipped: [Skipped] = []
        /// All that was found in the files and in the graph after them, sorted.
        public internal(set) var findings: [Finding] = []
        /// The domain's current checkpoint afterwards.
        public internal(set) var current: String?
        /// Where that comes from.
        public internal(set) var currentSource = CurrentSource.recorded
        /// The commit, or nil if nothing was appended.
        public internal(set) var commit: Int?
        /// Whether the request was carried out before, so that nothing was done now.
        public internal(set) var isRepeated = false
        /// Why nothing of this library could be imported.
        public internal(set) var refusal: MomentlogError?

        /// Takes up that the import was carried out before, by that commit.
        mutating func noteRepeated(commit: Int?) {
            isRepeated = true
            alreadyThere += imported + replaced
            imported = []
            replaced = []
            self.commit = commit
        }

        init(path: String, domain: String) {
            self.path = path
            self.domain = domain
        }
    }

    /// A file that was not imported.
    public struct Skipped: Sendable, Hashable {
        /// Where it is.
        public let path: String
        /// The checkpoint in it, if that much could be read.
        public let checkpoint: String?
        /// A finding's or an error's identifier, such as `unreadable-file` or `exists`.
        public let code: String
        /// Why, with line and column where there is one.
        public let reason: String
    }

    /// Where a domain's current comes from.
    public enum CurrentSource: String, Sendable, Hashable {
        /// The store had recorded it, or had recorded that there is none.
        case recorded
        /// A file says so.
        case claimed
        /// No file says so: what libvirt would pick.
        case libvirtChoice = "libvirt-choice"
        /// Errors keep any from being current.
        case unsettled
    }
}

extension ImportReport.DomainReport {
    /// Puts what was skipped in the order of the files.
    mutating func sortSkipped() {
        skipped.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
}

extension ImportReport.Skipped {
    init(_ skipped: DocumentInspection.Skipped) {
        self.init(
            path: skipped.place, checkpoint: skipped.checkpoint, code: skipped.kind.rawValue,
            reason: skipped.reason)
    }

    /// A checkpoint whose data is not in the images.
    init(_ entry: ReadLibrary.Entry, refusedFor error: MomentlogError) {
        self.init(
            path: entry.file.path, checkpoint: entry.checkpoint.name,
            code: error.code.rawValue, reason: error.message)
    }

    /// A checkpoint that the store holds with other content.
    init(_ entry: ReadLibrary.Entry, existsIn domain: String, differences: String) {
        let name = entry.checkpoint.name
        self.init(
            path: entry.file.path, checkpoint: name, code: MomentlogError.Code.exists.rawValue,
            reason: "checkpoint '\(name)' already exists in domain '\(domain)' with another"
                + " \(differences); replace it if the file is the right one")
    }
}
