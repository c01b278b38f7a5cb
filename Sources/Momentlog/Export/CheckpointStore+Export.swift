import CheckpointXML
import EventLog
import Foundation
public import Moments

extension CheckpointStore {
    /// Writes domains in libvirt's form: a folder for each with one XML file for each checkpoint,
    /// byte for byte the file that libvirt would write, and `ORDER` with the names in the order in
    /// which to redefine them, and the current pointer.
    ///
    /// Files contain the definitions' secrets, as libvirt's do, and are readable by their owner
    /// alone. A domain's folder appears whole or not at all. Nothing is deleted: a former export
    /// that is replaced is moved to `OUTPUT.replaced-YYYYMMDDTHHMMSSZ`.
    ///
    /// - Parameters:
    ///   - domains: Names or UUIDs; at least one, and only one for a flat export.
    ///   - when: The point in time; nil for now.
    ///   - output: The folder for the domains' folders.
    ///   - options: The layout of the files.
    ///   - progress: Called now and then with the number of checkpoints written so far, and of all.
    /// - Returns: What was written, in the order of `domains`.
    /// - Throws: ``MomentlogError``: `no-domain`; `usage` for an empty output, a domain
    ///   that is named twice, or a flat export of several; `output-refused` if a folder
    ///   holds anything but a former export, or one that is not to be replaced, or cannot be
    ///   written, or another process puts something else in its place. All folders are written
    ///   before the first is published, so that none is published then, unless it is the very
    ///   renaming that fails: the error's detail `published` lists those that are then. `outcome-unknown` if all folders are there, but may not be on stable
    ///   storage.
    /// - Complexity: O(*n* log *n*) in the checkpoints, plus the bytes.
    @discardableResult
    public func export(
        _ domains: [DomainReference], at when: When? = nil, to output: String,
        options: ExportOptions = ExportOptions(),
        progress: (WorkProgress) -> Void = { _ in }
    ) async throws(MomentlogError) -> [ExportReport] {
        try checkOpen()
        // Its files are written on a thread that may block.
        return try await withTaskExecutorPreference(BlockingWork.shared) {
            () async throws(MomentlogError) in
            try await write(domains, at: when, to: output, options, progress)
        }
    }

    private func write(
        _ domains: [DomainReference], at when: When?, to output: String, _ options: ExportOptions,
        _ progress: (WorkProgress) -> Void
    ) async throws(MomentlogError) -> [ExportReport] {
        let replayed = try await domainsToExport(domains, at: when, to: output, options)
        var place = (parent: output, name: "")
        if options.isFlat { place = try ExportStaging.split(output) }
        let staging = try ExportStaging(
            in: place.parent, replaces: options.replaces, isFlat: options.isFlat)
        defer { staging.discard() }
        let total = replayed.reduce(0) { $0 + $1.graph.count }
        var written = 0
        var orders: [(names: [CheckpointName], keepsCurrent: Bool)] = []
        for domain in replayed {
            let canNameFolder = Self.canNameFolder(domain.name)
            try staging.begin(
                options.isFlat ? place.name : domain.name,
                replacedName: canNameFolder ? domain.name : place.name)
            let order = domain.graph.redefinitionOrder()
            if !options.isDryRun {
                try await write(domain, order.names, to: staging, options) {
                    progress(WorkProgress(completed: written + $0, total: total))
                }
            }
            written += order.names.count
            orders.append(order)
        }
        progress(WorkProgress(completed: written, total: total))
        try MomentlogError.checkCancellation()
        let published =
            options.isDryRun ? staging.targets : try staging.publish(at: .now)
        return zip(zip(replayed, orders), published).map { exported, folder in
            let (domain, order) = exported
            return ExportReport(
                domain: domain.nameReference, uuid: domain.uuid, folder: folder.path,
                checkpoints: domain.graph.count, order: order.names,
                current: domain.graph.current, keepsCurrent: order.keepsCurrent,
                refusedByLibvirt: domain.graph.refusedByLibvirt, replaced: folder.replaced)
        }
    }

    private func domainsToExport(
        _ names: [DomainReference], at when: When?, to output: String, _ options: ExportOptions
    ) async throws(MomentlogError) -> [Domain] {
        guard !options.isFlat || names.count == 1 else {
            throw MomentlogError(
                .usage, "a flat export contains one domain, not \(names.count)",
                hint: "export the domains one by one, or into a folder each")
        }
        guard !output.isEmpty else {
            throw MomentlogError(
                .usage, "the output folder's name is empty", hint: "name a folder")
        }
        var domains: [Domain] = []
        var seen: Set<[UInt8]> = []
        for name in names {
            let domain = try await self.domain(name, at: when)
            guard domain.revision > 0 else {
                guard when != nil else { throw .noDomain(name) }
                throw .nothingRecorded(of: name)
            }
            guard options.isFlat || Self.canNameFolder(domain.name) else {
                throw MomentlogError(
                    .outputRefused, "no folder can have the name of domain '\(domain.name)'",
                    hint: "export it flat, into the output folder itself")
            }
            guard seen.insert(Array(domain.name.utf8)).inserted else {
                throw MomentlogError(
                    .usage, "domain '\(domain.name)' is named twice", hint: "name it once")
            }
            domains.append(domain)
        }
        return domains
    }

    private static func canNameFolder(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.contains("/")
            && !name.utf8.contains(0) && name.utf8.count <= 255
    }

    private func write(
        _ domain: Domain, _ names: [CheckpointName], to folder: ExportStaging,
        _ options: ExportOptions,
        _ progress: (Int) -> Void
    ) async throws(MomentlogError) {
        let writer = CheckpointWriter(writesFileHeader: true)
        var checksums = FolderChecksums()
        // Consecutive checkpoints usually have the same definition.
        var last: (digest: DefinitionDigest, content: [UInt8])?
        for (offset, name) in names.enumerated() {
            progress(offset)
            try MomentlogError.checkCancellation()
            guard let checkpoint = domain.graph.checkpoint(named: name) else { continue }
            if options.includesDomain, let digest = checkpoint.definition, digest != last?.digest {
                last = (digest, try await definition(digest))
            }
            let content =
                options.includesDomain && checkpoint.definition != nil ? last?.content : nil
            let document = writer.document(of: checkpoint, domain: content)
            try folder.write(document, to: "\(name).xml")
            if options.writesChecksums { checksums.note("\(name).xml", document) }
        }
        let order = OrderFile(names: names, current: domain.graph.recordedCurrent).bytes
        try folder.write(order, to: OrderFile.name)
        guard options.writesChecksums else { return }
        checksums.note(OrderFile.name, order)
        try folder.write(Array(checksums.text.utf8), to: FolderChecksums.fileName)
    }
}

extension MomentlogError {
    /// A domain of which nothing was recorded at the point in time that was asked for.
    package static func nothingRecorded(of domain: DomainReference) -> MomentlogError {
        MomentlogError(
            .noDomain, "at that time nothing had been recorded of domain '\(domain)' yet",
            hint: "give a later time")
    }
}
