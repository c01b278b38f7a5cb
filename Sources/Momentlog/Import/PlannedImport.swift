import EventLog
import Moments
import SQLiteEventLog

/// The import of one domain, decided and not appended yet.
struct PlannedImport: Sendable {
    /// What will have been done.
    private(set) var report: ImportReport.DomainReport

    /// What the domain will be.
    let domain: Domain

    /// What to append: one commit at most.
    let commits: [PendingCommit]

    /// The request to keep where nothing is appended.
    let kept: [RequestRecord]

    /// What it became in the log; nil if nothing was appended.
    private(set) var receipt: CommitReceipt?

    init(
        _ report: ImportReport.DomainReport, domain: Domain, commits: [PendingCommit] = [],
        kept: [RequestRecord] = []
    ) {
        self.report = report
        self.domain = domain
        self.commits = commits
        self.kept = kept
    }

    mutating func accept(_ receipt: CommitReceipt?) {
        self.receipt = receipt
        report.commit = receipt?.commit ?? report.commit
    }
}

extension CheckpointStore {
    /// Decides the import of one domain on what is in the log.
    ///
    /// - Throws: ``MomentlogError`` with `revision-conflict` if the caller expects another
    ///   revision of the domain, with `request-conflict`, or for a library of no one domain.
    func plan(
        _ library: ReadLibrary, _ options: ImportOptions, _ domains: KnownDomains,
        _ provenance: Provenance
    ) async throws(MomentlogError) -> PlannedImport {
        // Looked at before the domain: an append is refused if others were set since.
        let settings = try await log.settings()
        let strips = options.stripsSecrets || settings.stripsSecrets
        let read = strips ? library.withoutSecrets() : library
        let identity = try ImportIdentity(of: read, asked: options.domain, among: domains)
        var domain = Domain(name: identity.name)
        if let entry = identity.entry { domain = try await log.replay(entry.id) }
        try identity.checkGuess(read, domain)
        let request = provenance.request.map {
            ImportRequest(name: $0, read, options, strips: strips)
        }
        let known = try await request?.carriedOut(in: log)
        // No other attempt could fulfil what the caller expects.
        if known == nil, let expected = options.expectedRevision, expected != domain.revision {
            throw .revisionConflict(domain, expected: expected)
        }
        let target =
            identity.entry.map { PendingCommit.Target.domain($0.id, revision: domain.revision) }
            ?? .newDomain
        let disks = options.validation == nil ? nil : try await disks(of: domain)
        let plan: ImportPlan
        do {
            plan = try ImportPlan(
                read, identity: identity, domain: domain, disks: disks, options: options)
        } catch {
            throw MomentlogError(
                .corrupt, "the import of \(read.library.path) contradicts itself: \(error)",
                cause: error)
        }
        if let known {
            // What became of the domain since is not undone.
            var report = plan.report
            report.noteRepeated(commit: known.commit)
            return PlannedImport(report, domain: domain)
        }
        let record = request?.record(of: plan.domain)
        guard !plan.entries.isEmpty else {
            return PlannedImport(
                plan.report, domain: plan.domain, kept: record.map { [$0] } ?? [])
        }
        let commit = PendingCommit(
            target: target, domainName: domain.name, entries: plan.entries,
            definitions: plan.definitions, settings: settings, time: options.time ?? .now,
            provenance: provenance, request: record)
        return PlannedImport(plan.report, domain: plan.domain, commits: [commit])
    }
}
