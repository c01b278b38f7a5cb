/// What an adoption takes over, what it leaves out, and what it found.
public struct AdoptionReport: Sendable, Hashable {
    /// The domain's name in the record.
    public internal(set) var domain: String
    /// The domain's UUID, if known.
    public internal(set) var uuid: DomainUUID?
    /// The checkpoints that are new, in the order of their events.
    public internal(set) var imported: [String] = []
    /// The checkpoints that are recorded with the same content.
    public internal(set) var alreadyThere: [String] = []
    /// The checkpoints that were recorded with other content, and are redefined.
    public internal(set) var replaced: [String] = []
    /// What is left out, in the order of the documents' paths.
    public internal(set) var skipped: [Skipped] = []
    /// All that was found in the documents and in the graph after them, sorted.
    public internal(set) var findings: [Finding] = []
    /// The domain's current checkpoint afterwards.
    public internal(set) var current: String?
    /// Where that comes from.
    public internal(set) var currentSource = CurrentSource.recorded

    /// Whether it was carried out before, so that nothing is recorded now.
    public internal(set) var isRepeated = false

    /// A document that is left out.
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

    /// Whether something is left out, or an error was found.
    public var hasProblems: Bool {
        !skipped.isEmpty || findings.contains { $0.severity == .error }
    }
}

extension AdoptionReport {
    /// Creates the report of documents that were inspected, and of which nothing is taken yet.
    package init(_ inspection: DocumentInspection, domain: String) {
        self.domain = domain
        skipped = inspection.skipped.map { Skipped($0) }
        findings = inspection.findings
        sortSkipped()
    }

    /// Puts what is left out in the order of the paths.
    mutating func sortSkipped() {
        skipped.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// The report of an adoption that was carried out before: all is recorded already.
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

    /// A checkpoint whose data is not in the images.
    init(_ document: Adoption.Document, refusedFor error: MomentlogError) {
        self.init(
            path: document.place, checkpoint: document.checkpoint.name,
            code: error.code.rawValue, reason: error.message)
    }

    /// A checkpoint that is recorded with other content.
    init(_ document: Adoption.Document, existsIn domain: String, differences: String) {
        let name = document.checkpoint.name
        self.init(
            path: document.place, checkpoint: name, code: MomentlogError.Code.exists.rawValue,
            reason: "checkpoint '\(name)' already exists in domain '\(domain)' with another"
                + " \(differences); replace it if the file is the right one")
    }
}
