public import Moments

/// The result of an import, for each domain.
public struct ImportReport: Sendable {
    /// The domains in the order in which their libraries were read.
    public internal(set) var domains: [DomainReport]

    /// The findings in the folders that were named, outside of the domains' own.
    public internal(set) var findings: [Finding] = []

    /// Whether nothing was appended because the import was strict.
    public internal(set) var isRefusedAsStrict = false

    /// Whether something was skipped, or an error was found.
    public var hasProblems: Bool {
        findings.contains { $0.severity == .error }
            || domains.contains(where: \.hasProblems)
    }

    /// Whether anything was appended.
    public var hasCommits: Bool { domains.contains { $0.commit != nil } }

    /// Whether nothing could be imported at all.
    public var isRefused: Bool {
        isRefusedAsStrict || (!domains.isEmpty && domains.allSatisfy { $0.refusal != nil })
    }

    /// The result of importing one domain's library.
    public struct DomainReport: Sendable {
        /// The path of the files.
        public internal(set) var path: String
        /// The number of files that were read, including unreadable ones.
        public internal(set) var filesRead: Int
        /// What was imported, skipped and found.
        private let adoption: AdoptionReport
        /// The commit, or nil if nothing was appended.
        public internal(set) var commit: Int?
        /// Whether the request was carried out before, so that nothing was done now.
        public var isRepeated: Bool { adoption.isRepeated }
        /// Why nothing of this library could be imported.
        public internal(set) var refusal: MomentlogError?

        /// The domain's name in the store.
        public var domain: DomainReference { adoption.domain }
        /// The domain's UUID, if known.
        public var uuid: DomainUUID? { adoption.uuid }
        /// The checkpoints that are new, in the order in which they were appended.
        public var imported: [CheckpointName] { adoption.imported }
        /// The checkpoints that were recorded already, with the same content.
        public var alreadyThere: [CheckpointName] { adoption.alreadyThere }
        /// The checkpoints that were recorded with other content, and were redefined.
        public var replaced: [CheckpointName] { adoption.replaced }
        /// What was not imported, in the order of the files.
        public var skipped: [Skipped] { adoption.skipped }
        /// All findings in the files and in the resulting graph, sorted.
        public var findings: [Finding] { adoption.findings }
        /// The domain's current checkpoint afterwards.
        public var current: CheckpointName? { adoption.current }
        /// The source of the current checkpoint.
        public var currentSource: CurrentSource { adoption.currentSource }

        /// Whether nothing was imported, something was skipped, or an error was found.
        var hasProblems: Bool { refusal != nil || adoption.hasProblems }

        init(_ read: ReadLibrary, _ adoption: AdoptionReport) {
            path = read.library.path
            filesRead = read.filesRead
            self.adoption = adoption
        }
    }

    /// A file that was not imported.
    public typealias Skipped = AdoptionReport.Skipped

    /// The source of a domain's current checkpoint.
    public typealias CurrentSource = AdoptionReport.CurrentSource
}

extension ImportReport.DomainReport {
    /// The report of a library of which nothing could be imported.
    static func refused(
        _ reason: MomentlogError, _ read: ReadLibrary, asked domain: DomainReference?
    ) -> Self {
        let name = domain?.text ?? read.library.folderName
        var report = Self(
            read,
            AdoptionReport(
                read.inspection(domain: name), domain: DomainReference(name)))
        report.refusal = reason
        return report
    }

    /// The report of a library for which the command was carried out.
    init(_ read: ReadLibrary, _ outcome: CommandOutcome) {
        let domain = outcome.domain
        self.init(
            read,
            outcome.adoption ?? AdoptionReport(read.inspection(domain: domain.text), domain: domain)
        )
        commit = outcome.commit
    }
}
