/// What an adoption imports, what it skips, and what it found.
public struct AdoptionReport: Sendable, Hashable {
    /// The domain's name in the record.
    public internal(set) var domain: DomainReference
    /// The domain's UUID, if known.
    public internal(set) var uuid: DomainUUID?
    /// The checkpoints that are new, in the order of their events.
    public internal(set) var imported: [CheckpointName] = []
    /// The checkpoints that are recorded with the same content.
    public internal(set) var alreadyThere: [CheckpointName] = []
    /// The checkpoints that were recorded with other content, and are redefined.
    public internal(set) var replaced: [CheckpointName] = []
    /// The documents that are skipped, in the order of their paths.
    public internal(set) var skipped: [Skipped] = []
    /// All findings in the documents and in the resulting graph, sorted.
    public internal(set) var findings: [Finding] = []
    /// The domain's current checkpoint afterwards.
    public internal(set) var current: CheckpointName?
    /// The source of the current checkpoint.
    public internal(set) var currentSource = CurrentSource.recorded

    /// Whether the request was carried out before, so that nothing is recorded now.
    public internal(set) var isRepeated = false

    /// A document that is skipped.
    public struct Skipped: Sendable, Hashable {
        /// Its path.
        public let path: String
        /// The checkpoint in it, if it could be read.
        public let checkpoint: CheckpointName?
        /// A finding's or an error's identifier, such as `unreadable-file` or `exists`.
        public let code: String
        /// The reason, with line and column if there is one.
        public let reason: String
    }

    /// The source of a domain's current checkpoint.
    public enum CurrentSource: String, Sendable, Hashable {
        /// The record, which may state that there is none.
        case recorded
        /// A file that claims it.
        case claimed
        /// The one that libvirt would choose, since no file claims it.
        case libvirtChoice = "libvirt-choice"
        /// Unresolved errors: no checkpoint can be current.
        case unsettled
    }

    /// Whether something is skipped, or an error was found.
    public var hasProblems: Bool {
        !skipped.isEmpty || findings.contains { $0.severity == .error }
    }
}

extension AdoptionReport {
    /// Creates the report of documents that were inspected and not imported yet.
    package init(_ inspection: DocumentInspection, domain: DomainReference) {
        self.domain = domain
        skipped = inspection.skipped.map { Skipped($0) }
        findings = inspection.findings
        sortSkipped()
    }

    /// Sorts the skipped documents by path.
    mutating func sortSkipped() {
        skipped.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// The report of an adoption that was carried out before: everything is recorded already.
    package var repeated: AdoptionReport {
        var report = self
        report.alreadyThere += imported + replaced
        report.isRepeated = true
        report.imported = []
        report.replaced = []
        return report
    }
}

extension AdoptionReport.Skipped {
    fileprivate init(_ skipped: DocumentInspection.Skipped) {
        self.init(
            path: skipped.place, checkpoint: skipped.checkpoint, code: skipped.kind.rawValue,
            reason: skipped.reason)
    }

    /// Creates the entry of a checkpoint whose data is not in the images.
    init(_ document: Adoption.Document, refusedFor error: MomentlogError) {
        self.init(
            path: document.place, checkpoint: document.checkpoint.name,
            code: error.code.rawValue, reason: error.message)
    }

    /// Creates the entry of a checkpoint that is recorded with other content.
    init(_ document: Adoption.Document, existsIn domain: DomainReference, differences: String) {
        let name = document.checkpoint.name
        self.init(
            path: document.place, checkpoint: name, code: MomentlogError.Code.exists.rawValue,
            reason: "checkpoint '\(name)' already exists in domain '\(domain)' with another"
                + " \(differences); replace it if the file is the right one")
    }
}
