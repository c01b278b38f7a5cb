import CheckpointXML
import Foundation
public import Moments

/// How an export lays out its files.
public struct ExportOptions: Sendable, Hashable {
    /// Whether the files hold the domain's definition, as libvirt's do.
    public var includesDomain: Bool

    /// Whether the files of one domain stand in the output folder itself, not in a
    /// folder of the domain's name below it.
    public var isFlat: Bool

    /// Whether a folder that holds something is replaced whole.
    public var replaces: Bool

    /// Whether each folder also holds `SHA256SUMS`, by which `sha256sum --check` and an import
    /// find a file that was altered or went missing.
    public var writesChecksums: Bool

    /// Puts options together.
    public init(
        includesDomain: Bool = true, isFlat: Bool = false, replaces: Bool = false,
        writesChecksums: Bool = false
    ) {
        self.includesDomain = includesDomain
        self.isFlat = isFlat
        self.replaces = replaces
        self.writesChecksums = writesChecksums
    }
}

/// What an export wrote for one domain.
public struct ExportReport: Sendable, Hashable {
    /// The domain's name.
    public let domain: String
    /// The domain's UUID, if known.
    public let uuid: DomainUUID?
    /// The folder with its files.
    public let folder: String
    /// How many checkpoints were written, a file each.
    public let checkpoints: Int
    /// The checkpoints' names in the order of `ORDER`.
    public let order: [String]
    /// The domain's current checkpoint.
    public let current: String?
    /// Whether a libvirt that redefines the checkpoints in the order of `ORDER` ends
    /// with the same current.
    public let keepsCurrent: Bool
    /// The checkpoints that a libvirt refuses to redefine, because their parent is not
    /// there or they are part of a cycle, or because they are below such a one.
    public let refusedByLibvirt: [String]
}

extension CheckpointStore {
    /// Writes domains as libvirt keeps them: a folder for each with one XML file for
    /// each checkpoint, byte for byte the file that libvirt would write, and `ORDER`
    /// with the names in the order in which to redefine them.
    ///
    /// Files hold the definitions' secrets, as libvirt's do, and are readable by
    /// their owner alone. A domain's folder appears whole or not at all.
    ///
    /// - Parameters:
    ///   - domains: Names or UUIDs; at least one, and only one for a flat export.
    ///   - when: At which point in time; nil for now.
    ///   - output: The folder that the domains' folders are put into.
    ///   - options: How to lay it out.
    ///   - progress: Called now and then with the files written so far.
    /// - Returns: What was written, in the order of `domains`.
    /// - Throws: ``MomentlogError``: `no-domain`; `usage` for an empty output, a domain
    ///   that is named twice, or a flat export of several; `output-refused` if a folder
    ///   holds something and is not to be replaced, or cannot be written. All folders
    ///   are written before the first appears, so that nothing has then, unless it is
    ///   the very renaming that fails.
    /// - Complexity: O(*n* log *n*) in the checkpoints, plus the bytes.
    @discardableResult
    public func export(
        _ domains: [String], at when: When? = nil, to output: String,
        options: ExportOptions = ExportOptions(),
        progress: (Int) -> Void = { _ in }
    ) async throws(MomentlogError) -> [ExportReport] {
        guard !options.isFlat || domains.count == 1 else {
            throw MomentlogError(
                .usage, "a flat export is of one domain, not of \(domains.count)",
                hint: "export them one by one, or without --flat")
        }
        guard !output.isEmpty else {
            throw MomentlogError(.usage, "--output is empty", hint: "name a folder")
        }
        var replayed: [Domain] = []
        for name in domains {
            let domain = try await self.domain(name, at: when)
            guard domain.revision > 0 else { throw .noDomain(name) }
            guard options.isFlat || Self.canNameFolder(domain.name) else {
                throw MomentlogError(
                    .outputRefused, "no folder can bear the name of domain '\(domain.name)'",
                    hint: "--flat writes its files into --output itself")
            }
            guard !replayed.contains(where: { DomainName.isSame($0.name, domain.name) }) else {
                throw MomentlogError(
                    .usage, "domain '\(domain.name)' is named twice", hint: "name it once")
            }
            replayed.append(domain)
        }
        var drafts = ExportDrafts()
        var written = 0
        for domain in replayed {
            let path = options.isFlat ? output : output + "/" + domain.name
            let replacement: ExportFolder.Replacement =
                options.replaces ? (options.isFlat ? .files : .anything) : .nothing
            let folder = try ExportFolder.begin(at: path, replacing: replacement)
            let names = domain.graph.redefinitionOrder().names
            do throws(MomentlogError) {
                try await write(domain, names, to: folder, options) { progress(written + $0) }
            } catch {
                folder.discard()
                throw error
            }
            written += names.count
            drafts.add(folder)
        }
        let paths = try drafts.publish()
        return zip(replayed, paths).map { domain, path in
            let (order, keepsCurrent) = domain.graph.redefinitionOrder()
            return ExportReport(
                domain: domain.name, uuid: domain.uuid, folder: path,
                checkpoints: domain.graph.count, order: order,
                current: domain.graph.current, keepsCurrent: keepsCurrent,
                refusedByLibvirt: domain.graph.refusedByLibvirt)
        }
    }

    private static func canNameFolder(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.contains("/")
            && !name.utf8.contains(0) && name.utf8.count <= 255
    }

    private func write(
        _ domain: Domain, _ names: [String], to folder: borrowing ExportFolder,
        _ options: ExportOptions,
        _ progress: (Int) -> Void
    ) async throws(MomentlogError) {
        let writer = CheckpointWriter(writesFileHeader: true)
        var checksums = FolderChecksums()
        // Checkpoints that follow each other mostly hold the same definition.
        var last: (digest: DefinitionDigest, content: [UInt8])?
        for (offset, name) in names.enumerated() {
            progress(offset)
            guard let checkpoint = domain.graph.checkpoint(named: name) else { continue }
            if options.includesDomain, let digest = checkpoint.definition, digest != last?.digest {
                last = (digest, try await definition(digest))
            }
            let content =
                options.includesDomain && checkpoint.definition != nil ? last?.content : nil
            let document = writer.document(of: checkpoint, domain: content)
            try folder.write(document, to: name + ".xml")
            if options.writesChecksums { checksums.note(name + ".xml", document) }
        }
        let list = Array(names.map { $0 + "\n" }.joined().utf8)
        try folder.write(list, to: CheckpointLibrary.orderFile)
        guard options.writesChecksums else { return }
        checksums.note(CheckpointLibrary.orderFile, list)
        try folder.write(Array(checksums.text.utf8), to: FolderChecksums.fileName)
    }
}

/// Folders that are written, but have not appeared yet. Those that never do go away
/// with it.
private struct ExportDrafts: ~Copyable {
    private var folders: [Box] = []

    /// Arrays hold no values that do not copy; a class does.
    private final class Box {
        let folder: ExportFolder
        init(_ folder: consuming ExportFolder) { self.folder = folder }
        deinit { folder.discard() }
    }

    init() {}

    mutating func add(_ folder: consuming ExportFolder) { folders.append(Box(folder)) }

    /// Lets the folders appear, and returns where.
    func publish() throws(MomentlogError) -> [String] {
        var paths: [String] = []
        for box in folders {
            try box.folder.publish()
            paths.append(box.folder.path)
        }
        return paths
    }
}
