import CheckpointXML
import Dispatch
import EventLog
import Foundation
public import Moments
import SQLiteEventLog

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
    ///   - provenance: Who imports, and why. A request of it that comes again, with the same
    ///     files and options, is not carried out again: its first commit stands in the report.
    ///   - progress: Called now and then with the files read so far.
    /// - Returns: What was done. A domain that was refused whole, for instance
    ///   because another bears its name, stands in the report with the reason.
    /// - Throws: ``MomentlogError`` with `unreadable-file` for a path that is not
    ///   there, with `usage` for a name that is none or one for several folders, or for a
    ///   request or an expected revision where there is not one domain, with
    ///   `revision-conflict` and `request-conflict` for these, and what the store throws as long as nothing was appended.
    /// - Complexity: O(*n* log *n*) in the files and in the domains' events.
    @discardableResult
    public func importLibraries(
        at paths: [String], options: ImportOptions = ImportOptions(), provenance: Provenance,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws(MomentlogError) -> ImportReport {
        // Before the files are read, which may take a while.
        try checkOpen()
        try provenance.check()
        if let domain = options.domain, let fault = DomainName.fault(in: domain) {
            throw MomentlogError(
                .usage, "the domain's name \(domain.debugDescription) \(fault)",
                hint: "give the domain's name or UUID, not a path")
        }
        let (found, reads) = try await Self.read(paths, options, progress)
        var report = ImportReport(domains: [])
        let domains = KnownDomains(try await log.domains())
        let groups = Self.group(reads, options, domains, &report)
        let isFruitless =
            !groups.contains { $0.library.isEmpty }
            && !reads.contains { $0.library.mayHold(besides: found.barren) }
        try report.note(found, isFruitless: isFruitless)
        guard groups.count < 2 || options.validation == nil else {
            throw MomentlogError(
                .usage, "the images are one domain's, and \(groups.count) would be imported",
                hint: "import one domain at a time")
        }
        guard groups.count == 1 || provenance.request == nil && options.expectedRevision == nil
        else {
            throw MomentlogError(
                .usage,
                "a request's name and an expected revision are of one domain, and"
                    + " \(groups.count) would be imported",
                hint: "import one domain at a time")
        }
        if options.isStrict || options.isDryRun {
            return try await importTogether(groups, options, provenance, report)
        }
        try await importGroups(groups, options, domains, provenance, &report)
        return report
    }

    /// Finds and reads the files, on a thread that may block.
    private static func read(
        _ paths: [String], _ options: ImportOptions, _ progress: @escaping @Sendable (Int) -> Void
    ) async throws(MomentlogError) -> (FoundLibraries, [ReadLibrary]) {
        let result: Result<(FoundLibraries, [ReadLibrary]), MomentlogError> =
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    do throws(MomentlogError) {
                        continuation.resume(
                            returning: .success(try readNow(paths, options, progress)))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            }
        return try result.get()
    }

    private static func readNow(
        _ paths: [String], _ options: ImportOptions, _ progress: (Int) -> Void
    ) throws(MomentlogError) -> (FoundLibraries, [ReadLibrary]) {
        let found = try FoundLibraries(at: paths)
        guard options.domain == nil || found.libraries.count(where: \.isNamedByFolder) < 2 else {
            throw MomentlogError(
                .usage,
                "one domain is named, and there are \(found.libraries.count) domains' folders",
                hint: "import one folder at a time, or name no domain")
        }
        let reader = CheckpointReader(limits: options.limits)
        var filesBefore = 0
        let reads = found.libraries.map { library in
            let read = ReadLibrary(library, reader: reader) {
                progress(filesBefore + $0)
            }
            filesBefore += read.filesRead
            return read
        }
        return (found, reads)
    }

    /// Puts the libraries of one domain together, since an import is one commit a
    /// domain. Those that cannot be told whose they are go into the report.
    private static func group(
        _ reads: [ReadLibrary], _ options: ImportOptions, _ domains: KnownDomains,
        _ report: inout ImportReport
    ) -> [ReadLibrary] {
        var groups: [(identity: ImportIdentity, read: ReadLibrary, index: Int)] = []
        var refused: [(report: ImportReport.DomainReport, index: Int)] = []
        var groupOfUUID: [DomainUUID: Int] = [:]
        // By bytes: names of one Unicode form are not those of another.
        var groupOfName: [[UInt8]: Int] = [:]
        var identified: [(identity: ImportIdentity, read: ReadLibrary, index: Int)] = []
        for (index, read) in reads.enumerated() {
            // What libvirt leaves of a known domain after its last checkpoint.
            let isEmptied =
                read.library.isEmpty && domains.live(named: read.library.folderName) != nil
            guard read.filesRead > 0 || isEmptied else {
                report.findings += read.inspection(domain: nil, uuid: nil).findings
                continue
            }
            do throws(MomentlogError) {
                let identity = try ImportIdentity(of: read, asked: options.domain, among: domains)
                identified.append((identity, read, index))
            } catch {
                refused.append((.refused(error, read, options), index))
            }
        }
        // A domain's own folder goes before others that claim its name, and guesses come last.
        identified.sort { left, right in
            (left.identity.rank(of: left.read), left.index)
                < (right.identity.rank(of: right.read), right.index)
        }
        for (identity, read, index) in identified {
            do throws(MomentlogError) {
                let name = identity.entry?.name ?? identity.name
                let uuid = identity.uuid ?? identity.entry?.uuid
                let known = uuid.flatMap { groupOfUUID[$0] } ?? groupOfName[Array(name.utf8)]
                if let known {
                    let group = groups[known]
                    guard group.identity.isSame(as: identity) else {
                        throw .domainExists(name, group.identity.uuid, not: uuid)
                    }
                    let isOneFolder = group.read.library.folder == read.library.folder
                    if identity.isGuess, group.identity.uuid == nil, !isOneFolder {
                        throw .unknownDomain(
                            read, "and '\(name)' is the name of \(group.read.library.path), too")
                    }
                    groups[known].read.merge(read)
                } else {
                    groups.append((identity, read, index))
                }
                let position = known ?? groups.count - 1
                groupOfName[Array(name.utf8)] = groupOfName[Array(name.utf8)] ?? position
                if let uuid { groupOfUUID[uuid] = groupOfUUID[uuid] ?? position }
            } catch {
                refused.append((.refused(error, read, options), index))
            }
        }
        report.domains += refused.sorted { $0.index < $1.index }.map(\.report)
        return groups.sorted { $0.index < $1.index }.map(\.read)
    }

    /// Imports each group. A failure of the store ends it: what was imported until then stands
    /// in the report, and so does the failure.
    private func importGroups(
        _ groups: [ReadLibrary], _ options: ImportOptions, _ domains: KnownDomains,
        _ provenance: Provenance, _ report: inout ImportReport
    ) async throws(MomentlogError) {
        var failure: MomentlogError?
        for read in groups {
            if let failure {
                report.domains.append(.refused(failure, read, options))
                continue
            }
            do throws(MomentlogError) {
                report.domains.append(try await importGroup(read, options, domains, provenance))
            } catch {
                let hasCommitted = report.domains.contains { $0.commit != nil }
                guard hasCommitted || error.isOfOneDomain else { throw error }
                if !error.isOfOneDomain { failure = error }
                report.domains.append(.refused(error, read, options))
            }
        }
    }

    private func importGroup(
        _ read: ReadLibrary, _ options: ImportOptions, _ known: KnownDomains,
        _ provenance: Provenance
    ) async throws(MomentlogError) -> ImportReport.DomainReport {
        let contended = OvertakenAppend(to: log)
        var planned: PlannedImport = try await contended.run {
            (number, turn) throws(MomentlogError) in
            // Another writer was quicker: look again at what is there now.
            let domains = number == 0 ? known : KnownDomains(try await log.domains())
            var planned = try await plan(read, options, domains, provenance)
            switch try await contended.append(
                planned.commits, keeping: planned.kept, in: turn)
            {
            case .overtaken(let error): return .overtaken(error)
            case .done(let receipts):
                planned.accept(receipts.first)
                return .done(planned)
            }
        }
        try await complete(&planned, within: contended.limit)
        return planned.report
    }

    /// Imports all groups or none, or only says what an import would do: one problem anywhere,
    /// and nothing is appended.
    ///
    /// What is appended is what was looked at for problems, whoever writes meanwhile.
    private func importTogether(
        _ groups: [ReadLibrary], _ options: ImportOptions, _ provenance: Provenance,
        _ report: ImportReport
    ) async throws(MomentlogError) -> ImportReport {
        let contended = OvertakenAppend(to: log)
        var (whole, planned): (ImportReport, [(PlannedImport, ReadLibrary)])
        (whole, planned) = try await contended.run { (_, turn) throws(MomentlogError) in
            let domains = KnownDomains(try await log.domains())
            var whole = report
            var planned: [(plan: PlannedImport, read: ReadLibrary)] = []
            for read in groups {
                do throws(MomentlogError) {
                    let plan = try await plan(read, options, domains, provenance)
                    planned.append((plan, read))
                    whole.domains.append(plan.report)
                } catch {
                    guard error.isOfOneDomain else { throw error }
                    whole.domains.append(.refused(error, read, options))
                }
            }
            whole.isRefusedAsStrict = options.isStrict && whole.hasProblems
            guard !options.isDryRun, !whole.isRefusedAsStrict else { return .done((whole, [])) }
            switch try await contended.append(
                planned.flatMap(\.plan.commits), keeping: planned.flatMap(\.plan.kept), in: turn)
            {
            case .overtaken(let error): return .overtaken(error)
            case .done(let receipts):
                var receipts = receipts[...]
                for index in planned.indices where !planned[index].plan.commits.isEmpty {
                    planned[index].plan.accept(receipts.popFirst())
                }
                return .done((whole, planned))
            }
        }
        guard !planned.isEmpty else { return whole }
        // Nothing was refused, so that these are all.
        whole.domains = report.domains
        let hasCommits = planned.contains { $0.0.receipt != nil }
        for index in planned.indices {
            do throws(MomentlogError) {
                try await complete(&planned[index].0, within: contended.limit)
                whole.domains.append(planned[index].0.report)
            } catch {
                guard hasCommits else { throw error }
                whole.domains.append(.refused(error, planned[index].1, options))
            }
        }
        return whole
    }

    /// What is to be done after what was planned is in the log, and outside of a turn.
    private func complete(
        _ planned: inout PlannedImport, within limit: Duration
    ) async throws(MomentlogError) {
        // Who is told that all is there already must be able to rely on it.
        if planned.commits.isEmpty, planned.kept.isEmpty {
            try await log.ensureDurable(within: limit)
        }
        guard let receipt = planned.receipt else { return }
        _ = await SnapshotKeeper(log: log, logger: logger)
            .keepIfDue(planned.domain, receipt.domain)
    }
}

extension MomentlogError {
    /// Whether it is about the domain that was to be imported, and not the store.
    fileprivate var isOfOneDomain: Bool {
        code == .exists || code == .foreignDomain || code == .noDomain
    }
}

extension ImportReport {
    /// Takes up what lies outside of the domains' libraries.
    ///
    /// - Parameter isFruitless: Whether there is no library at all.
    /// - Throws: ``MomentlogError`` with `unreadable-file` if no path holds a library.
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
        for (path, reason, isError) in found.strays {
            findings.append(
                Finding(
                    isError ? .unreadableFile : .strayFile, domain: nil, checkpoints: [],
                    message: "\(path): \(reason)",
                    remedies: isError
                        ? [
                            Remedy(
                                .importFile(path: path, domain: .unknown, replaces: false),
                                precondition: "the file is corrected")
                        ] : []))
        }
        findings.sort()
    }
}

extension MomentlogError {
    /// There are no checkpoints at a path.
    fileprivate static func noLibrary(at path: String) -> MomentlogError {
        guard FoundLibraries.isFolder(path) == true else {
            return MomentlogError(
                .unreadableFile, "\(path) is not a checkpoint's document",
                hint: "name libvirt's checkpoint directory, one domain's folder in it, or files")
        }
        let found = CheckpointSearch(around: path).suggestions
        guard !found.isEmpty else {
            return MomentlogError(
                .unreadableFile, "there are no checkpoints in \(path) or in the folders in it",
                hint: "libvirt keeps them in /var/lib/libvirt/qemu/checkpoint")
        }
        return MomentlogError(
            .unreadableFile,
            "there are no checkpoints in \(path) or in the folders in it; there are in "
                + found.joined(separator: ", "),
            hint: "import \(found.map { ShellWord.quoted($0) }.joined(separator: " or "))")
    }
}

extension ImportReport.DomainReport {
    /// The report of a library of which nothing could be imported.
    fileprivate static func refused(
        _ reason: MomentlogError, _ read: ReadLibrary, _ options: ImportOptions
    ) -> Self {
        let domain = options.domain ?? read.library.folderName
        var report = Self(path: read.library.path, domain: domain)
        report.filesRead = read.filesRead
        let inspection = read.inspection(domain: domain, uuid: nil)
        report.skipped = inspection.skipped.map { ImportReport.Skipped($0) }
        report.sortSkipped()
        report.findings = inspection.findings
        report.refusal = reason
        return report
    }
}
