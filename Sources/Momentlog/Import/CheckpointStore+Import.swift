import CheckpointXML
import EventLog
import Foundation
public import Moments
import SQLiteEventLog

extension CheckpointStore {
    /// Imports libraries of checkpoint XML: libvirt's `checkpoint` directory with a folder for each
    /// domain, one domain's folder, or files.
    ///
    /// Every checkpoint becomes an event; those of one domain are one commit. What cannot be
    /// imported is skipped and reported; nothing is dropped silently. A checkpoint that is recorded
    /// with the same content is left unchanged.
    ///
    /// - Parameters:
    ///   - paths: Folders and files. All files together are one library.
    ///   - options: The options of the import.
    ///   - submission: Who imports, why, and on what condition. A retry of its request, with the
    ///     same files and options, is not carried out again: the report has its first commit. A
    ///     request or an expected revision is for an import into one domain only.
    ///   - progress: Called now and then with the number of files read so far, and of all.
    /// - Returns: The report. A domain that was refused completely, for instance because another
    ///   has its name, is in the report with the reason.
    /// - Throws: ``MomentlogError`` with `unreadable-file` for a path that is missing, with `usage`
    ///   for an invalid name or one for several folders, or for a request or an expected revision
    ///   without exactly one domain, with `revision-conflict` and `request-conflict` for these, and
    ///   the store's errors while nothing was appended.
    /// - Complexity: O(*n* log *n*) in the files and in the domains' events.
    @discardableResult
    public func importLibraries(
        at paths: [String], options: ImportOptions = ImportOptions(), by submission: Submission,
        progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(MomentlogError) -> ImportReport {
        // Before the files are read, which may take a while.
        try checkOpen()
        try submission.provenance.check()
        if let domain = options.domain, let fault = DomainName.fault(in: domain.text) {
            throw MomentlogError(
                .usage, "the domain's name \(domain.text.debugDescription) \(fault)",
                hint: "give the domain's name or UUID, not a path")
        }
        let (found, reads) = try await Self.read(paths, options, progress)
        let domains = KnownDomains(try await log.domains())
        let libraries = DomainLibraries(reads, asked: options.domain, among: domains)
        var report = ImportReport(domains: libraries.refused)
        report.findings = libraries.findings
        let isFruitless =
            !libraries.groups.contains { $0.read.library.isEmpty }
            && !reads.contains { $0.library.mayHold(besides: found.barren) }
        try report.note(found, isFruitless: isFruitless)
        try options.check(domainCount: libraries.groups.count)
        try submission.check(domainCount: libraries.groups.count)
        return try await adopt(libraries.groups, among: domains, options, submission, report)
    }

    /// Finds and reads the files, on a thread that may block.
    ///
    /// - Parameter isOfMany: Whether domains other than the named one may be among them.
    static func read(
        _ paths: [String], _ options: ImportOptions, isOfMany: Bool = false,
        _ progress: @escaping @Sendable (WorkProgress) -> Void
    ) async throws(MomentlogError) -> (FoundLibraries, [ReadLibrary]) {
        try await BlockingWork.shared.run { cancellation throws(MomentlogError) in
            try readNow(paths, options, isOfMany, cancellation, progress)
        }
    }

    private static func readNow(
        _ paths: [String], _ options: ImportOptions, _ isOfMany: Bool,
        _ cancellation: Cancellation, _ progress: (WorkProgress) -> Void
    ) throws(MomentlogError) -> (FoundLibraries, [ReadLibrary]) {
        let found = try FoundLibraries(at: paths)
        guard
            options.domain == nil || isOfMany
                || found.libraries.count(where: \.isNamedByFolder) < 2
        else {
            throw MomentlogError(
                .usage,
                "one domain is named, but there are folders of \(found.libraries.count) domains",
                hint: "import one folder at a time, or name no domain")
        }
        let reader = CheckpointReader(limits: options.limits)
        let total = found.libraries.reduce(0) { $0 + $1.files.count + $1.unreadable.count }
        var filesBefore = 0
        let reads = try found.libraries.map { library throws(MomentlogError) in
            let read = try ReadLibrary(library, reader: reader) { count throws(MomentlogError) in
                try cancellation.check()
                progress(WorkProgress(completed: filesBefore + count, total: total))
            }
            filesBefore += read.filesRead
            return read
        }
        progress(WorkProgress(completed: filesBefore, total: total))
        return (found, reads)
    }

    /// Adopts the libraries, each by its own command; in a strict import all or none.
    private func adopt(
        _ groups: [DomainLibraries.Group], among domains: KnownDomains, _ options: ImportOptions,
        _ submission: Submission, _ found: ImportReport
    ) async throws(MomentlogError) -> ImportReport {
        var report = found
        let instructions = groups.map { group in
            Result { () throws(MomentlogError) in
                try group.instruction(options, among: domains, by: submission)
            }
        }
        let isRefused =
            options.isStrict
            && (report.hasProblems || instructions.contains { (try? $0.get()) == nil })
        let rule: CommandRule =
            options.isDryRun || isRefused
            ? .preview : options.isStrict ? .allOrNone : .untilFailure
        var answers = await readyHandler().perform(
            instructions.compactMap { try? $0.get() }, as: rule)[
                ...]
        let hasCommitted = answers.contains { (try? $0.get())?.commit != nil }
        for (group, instruction) in zip(groups, instructions) {
            do throws(MomentlogError) {
                _ = try instruction.get()
                guard let outcome = try answers.popFirst()?.get() else { continue }
                report.domains.append(ImportReport.DomainReport(group.read, outcome))
            } catch {
                guard error.isOfOneDomain || hasCommitted else { throw error }
                report.domains.append(.refused(error, group.read, asked: options.domain))
            }
        }
        report.isRefusedAsStrict = options.isStrict && report.hasProblems
        return report
    }
}

extension ImportOptions {
    /// Refuses images where there are several domains.
    ///
    /// - Throws: ``MomentlogError`` with `usage`.
    fileprivate func check(domainCount: Int) throws(MomentlogError) {
        guard domainCount < 2 || validation == nil else {
            throw MomentlogError(
                .usage, "the images belong to one domain, but \(domainCount) would be imported",
                hint: "import one domain at a time")
        }
    }
}

extension Submission {
    /// Refuses options for a single domain if there is another number of domains.
    ///
    /// - Throws: ``MomentlogError`` with `usage`.
    fileprivate func check(domainCount: Int) throws(MomentlogError) {
        guard domainCount == 1 || request == nil && expectedRevision == nil else {
            throw MomentlogError(
                .usage,
                "an idempotency key and an expected revision need exactly one domain, but"
                    + " \(domainCount) would be imported",
                hint: "import one domain at a time")
        }
    }
}

extension ImportReport {
    /// Adds entries outside of the domains' libraries to the report.
    ///
    /// - Parameter isFruitless: Whether there is no library at all.
    /// - Throws: ``MomentlogError`` with `unreadable-file` if no path contains a library.
    fileprivate mutating func note(
        _ found: FoundLibraries, isFruitless: Bool
    ) throws(MomentlogError) {
        for path in found.barren {
            let reason = MomentlogError.noLibrary(at: path)
            if isFruitless, found.failures.isEmpty { throw reason }
            // A file that was named is reported with its own fault.
            guard FoundLibraries.isFolder(path) == true else { continue }
            findings.append(
                Finding(
                    .unreadableFile, domain: nil, checkpoints: [], message: reason.description))
        }
        for (path, reason) in found.failures {
            findings.append(
                Finding(
                    .unreadableFile, domain: nil, checkpoints: [],
                    message: "\(path): \(reason.message)",
                    remedies: [
                        Remedy(
                            .importFile(path: path, domain: .own, replaces: false),
                            precondition: "it can be read")
                    ]))
        }
        for stray in found.strays {
            var remedies: [Remedy] = []
            switch stray.fault {
            case .unreadable?:
                remedies = [
                    Remedy(
                        .importFile(path: stray.path, domain: .unknown, replaces: false),
                        precondition: "the file is corrected")
                ]
            case .misplaced(let statesDomain)?:
                remedies = [
                    Remedy(
                        .importFile(
                            path: stray.path, domain: statesDomain ? .own : .unknown,
                            replaces: false),
                        precondition: "it is not an older copy")
                ]
            case nil: break
            }
            findings.append(
                Finding(
                    stray.fault == nil ? .strayFile : .unreadableFile, domain: nil,
                    checkpoints: [], message: "\(stray.path): \(stray.reason)",
                    remedies: remedies))
        }
        findings.sort()
    }
}

extension MomentlogError {
    /// Returns the error of a path without checkpoints.
    static func noLibrary(at path: String) -> MomentlogError {
        guard FoundLibraries.isFolder(path) == true else {
            return MomentlogError(
                .unreadableFile, "\(path) is not a checkpoint's document",
                hint: "name libvirt's checkpoint directory, one domain's folder in it, or files"
            ).detailing("path", .text(path))
        }
        let found = CheckpointSearch(around: path).suggestions
        guard !found.isEmpty else {
            return MomentlogError(
                .unreadableFile, "there are no checkpoints in \(path) or in the folders in it",
                hint: "libvirt keeps them in /var/lib/libvirt/qemu/checkpoint"
            ).detailing("path", .text(path))
        }
        return MomentlogError(
            .unreadableFile,
            "there are no checkpoints in \(path) or in the folders in it; there are in "
                + found.joined(separator: ", "),
            hint: "import \(found.map { ShellWord.quoted($0) }.joined(separator: " or "))"
        ).detailing("path", .text(path))
    }
}
