import CheckpointXML
import EventStorage
import Foundation
public import Moments

extension CheckpointStore {
    /// Takes over libraries of checkpoint XML: libvirt's `checkpoint` directory with
    /// a folder for each domain, one domain's folder, or files.
    ///
    /// Every checkpoint becomes an event, all of one domain one commit. What cannot
    /// be taken over is skipped and told in the report; nothing is dropped in
    /// silence. A checkpoint that is there with the same content is left alone.
    ///
    /// - Parameters:
    ///   - paths: Folders and files. All files together are one library.
    ///   - options: How to deal with what is found.
    ///   - provenance: Who imports, and why.
    ///   - progress: Called now and then with the files read so far.
    /// - Returns: What was done. A domain that was refused whole, for instance
    ///   because another bears its name, stands in the report with the reason.
    /// - Throws: ``MomentlogError`` with `unreadable-file` for a path that is not
    ///   there, with `no-domain` never: a domain that is not there is made.
    /// - Complexity: O(*n* log *n*) in the files and in the domains' events.
    @discardableResult
    public func importLibraries(
        at paths: [String], options: ImportOptions = ImportOptions(), provenance: Provenance,
        progress: (Int) -> Void = { _ in }
    ) async throws(MomentlogError) -> ImportReport {
        if let domain = options.domain, domain.isEmpty || domain.contains(where: "\0\n".contains) {
            throw MomentlogError(
                .noDomain, "'\(domain)' cannot be a domain's name",
                hint: "name a domain, or leave --domain out")
        }
        let libraries = try CheckpointLibrary.find(at: paths)
        guard options.domain == nil || libraries.count == 1 else {
            throw MomentlogError(
                .foreignDomain, "--domain names one domain, and there are \(libraries.count) here",
                hint: "import one folder at a time, or leave --domain out")
        }
        var report = ImportReport(domains: [])
        if options.isStrict {
            // First all on paper: one problem anywhere, and nothing is appended.
            var onPaper = options
            onPaper.isDryRun = true
            for library in libraries {
                report.domains.append(
                    try await importLibrary(library, onPaper, provenance, progress))
            }
            if report.hasProblems || options.isDryRun {
                report.isRefusedAsStrict = report.hasProblems
                return report
            }
            report.domains = []
        }
        for library in libraries {
            report.domains.append(try await importLibrary(library, options, provenance, progress))
        }
        return report
    }

    private func importLibrary(
        _ library: CheckpointLibrary, _ options: ImportOptions, _ provenance: Provenance,
        _ progress: (Int) -> Void
    ) async throws(MomentlogError) -> ImportReport.DomainReport {
        if let failure = library.failure {
            return .refused(failure, library, options)
        }
        let reader = CheckpointReader(limits: options.limits)
        let read = ReadLibrary(library, reader: reader, progress: progress)
        var attempts = 0
        while true {
            do throws(MomentlogError) {
                return try await importOnce(read, options, provenance)
            } catch {
                // Another writer was quicker: look again at what is there now.
                attempts += 1
                if error.code == .revisionConflict && attempts < 8 { continue }
                guard error.code == .exists || error.code == .foreignDomain else { throw error }
                return .refused(error, library, options)
            }
        }
    }

    private func importOnce(
        _ read: ReadLibrary, _ options: ImportOptions, _ provenance: Provenance
    ) async throws(MomentlogError) -> ImportReport.DomainReport {
        let entries = try await log.domains()
        let identity = try ImportIdentity(of: read, asked: options.domain, among: entries)
        var domain = Domain(name: identity.name)
        if let entry = identity.entry { domain = try await log.replay(entry.id) }
        let target =
            identity.entry.map { PendingCommit.Target.domain($0.id, revision: domain.revision) }
            ?? .newDomain
        let plan: ImportPlan
        do {
            plan = try ImportPlan(read, identity: identity, domain: domain, options: options)
        } catch {
            throw MomentlogError(
                .corrupt, "the import of \(read.library.path) contradicts itself: \(error)",
                cause: error)
        }
        var report = plan.report
        guard !plan.entries.isEmpty && !options.isDryRun else { return report }
        let commit = PendingCommit(
            target: target, domainName: domain.name, entries: plan.entries,
            definitions: plan.definitions, time: options.time ?? .now, provenance: provenance)
        do throws(MomentlogError) {
            report.commit = try await log.append(commit).commit
        } catch {
            // Another import has made the domain since this one looked.
            guard error.code == .exists else { throw error }
            throw MomentlogError(.revisionConflict, error.message, cause: error)
        }
        return report
    }
}

extension ImportReport.DomainReport {
    /// The report of a library of which nothing could be imported.
    fileprivate static func refused(
        _ reason: MomentlogError, _ library: CheckpointLibrary, _ options: ImportOptions
    ) -> Self {
        var report = Self(path: library.path, domain: options.domain ?? library.folderName)
        report.refusal = reason
        return report
    }
}

extension Timestamp {
    /// The moment that the system's clock shows.
    static var now: Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}
