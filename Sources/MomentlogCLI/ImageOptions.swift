import ArgumentParser
import ImageReports
import Momentlog
import Moments

/// The disk images of a domain to inspect, and how.
struct ImageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "An image to inspect with qemu-img: a path, or a name in QEMU's syntax such as nbd:…"
                + " or json:…; may be repeated.", valueName: "disk=path"),
        completion: .file())
    var image: [String] = []

    @Flag(
        help: """
            Also read backing files that are not local files, such as nbd:// or ssh://; without \
            it the images below are not inspected.
            """)
    var followNetwork = false

    @Option(
        help: ArgumentHelp(
            "What 'qemu-img info --output=json' printed of a disk's image, with or without"
                + " --backing-chain; '-' is standard input. May be repeated.",
            valueName: "disk=file"),
        completion: .file())
    var info: [String] = []

    @Option(
        help: ArgumentHelp(
            "What QMP's query-named-block-nodes answered, for the disks of a running guest;"
                + " '-' is standard input.", valueName: "file"),
        completion: .file())
    var qmp: String?

    @Option(
        help: ArgumentHelp(
            "With --qmp, the image of a disk whose definition does not name it, such as a volume:"
                + " a path or a name in QEMU's syntax. May be repeated.",
            valueName: "disk=source"))
    var path: [String] = []

    @Flag(
        help: """
            The guest is shut off, so that the files given by --info and --image hold all its \
            bitmaps. Without it only an --image that QEMU's lock shows free proves that a bitmap \
            is missing or broken.
            """)
    var guestOff = false

    /// Whether there is nothing to inspect.
    var isEmpty: Bool { image.isEmpty && info.isEmpty && qmp == nil }

    func validate() throws {
        let files = try (image + info).map { try Self.split($0).path }
        let inputs = files.suffix(info.count).count { $0 == "-" } + (qmp == "-" ? 1 : 0)
        guard inputs < 2 else { throw ValidationError("standard input can be read once") }
        for text in path { _ = try Self.split(text) }
        if guestOff && qmp != nil {
            throw ValidationError("--guest-off contradicts --qmp, the answer of a running guest")
        }
        if guestOff && image.isEmpty && info.isEmpty {
            throw ValidationError("--guest-off goes with --image and --info")
        }
        guard !followNetwork || !image.isEmpty else {
            throw ValidationError("--follow-network goes with --image")
        }
    }

    /// Refuses images that are not requested, and `--validate` without any.
    func validate(with isValidated: Bool) throws {
        if !path.isEmpty && qmp == nil { throw ValidationError("--path goes with --qmp") }
        if isValidated && isEmpty {
            throw ValidationError("--validate needs images: --image, --info or --qmp")
        }
        if !isValidated && !isEmpty {
            throw ValidationError("--image, --info and --qmp go with --validate")
        }
    }

    private static func split(_ text: String) throws(ValidationError) -> (
        disk: String, path: String
    ) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw ValidationError(
                "'\(text)' does not say which disk's image it is: it is like vda=/path")
        }
        return (String(parts[0]), String(parts[1]))
    }

    /// The result of an inspection.
    struct Inspected {
        var report = ImageReport()
        /// The disks whose images another process has open for writing.
        var stale: [String] = []

        /// Returns the report, for a change that depends on it.
        ///
        /// - Parameter consequence: What is not done if a file is not up to date.
        /// - Throws: ``MomentlogError`` with `busy` if another process writes to an image.
        func settled(_ consequence: String) throws(MomentlogError) -> ImageReport {
            guard let disk = stale.first else { return report }
            throw MomentlogError(
                .busy,
                "the image of disk '\(disk)' is in use, so its file is not up to date:"
                    + " \(consequence)",
                hint: "ask the guest itself and give its answer with --qmp, or shut it down first")
        }
    }

    /// Returns whether QEMU's lock shows a disk's image free; only that of a local file can, and
    /// not if options in its name may have disabled locks.
    private func isShownFree(_ path: String) -> Bool {
        let name = ImageName(given: path)
        return name.isLocal && !path.hasPrefix("json:")
            && name.paths.allSatisfy { !ImageLock.isHeld(on: $0) }
    }

    /// Returns whether no --image is in use: a guest is not shut off if one of its disks is.
    private func isNoneInUse() throws -> Bool {
        guard qmp == nil else { return false }
        for text in image {
            let path = try Self.split(text).path
            for file in ImageName(given: path).paths where ImageLock.isHeld(on: file) {
                return false
            }
        }
        return true
    }

    /// Inspects the images, and warns about those that a guest has open for writing.
    ///
    /// - Parameters:
    ///   - disks: The disks in the domain's definition; nil if it is not known.
    ///   - answer: The answer of the running guest's QEMU to `query-named-block-nodes`, and its
    ///     source; nil without one.
    func inspect(
        _ disks: [DomainDisk]?, answer: (bytes: [UInt8], source: String)? = nil
    ) throws -> Inspected {
        var seen = Inspected()
        let isOff = try isNoneInUse()
        for text in image {
            let (disk, path) = try Self.split(text)
            let format = disks?.first { $0.target.utf8.elementsEqual(disk.utf8) }?.format
            let found = try QemuImg(followsNetwork: followNetwork).info(path, format: format)
            if guestOff && (found.isStale || !isOff) {
                throw MomentlogError(
                    .busy,
                    "another process has an image of the domain open, so its guest is not"
                        + " shut off",
                    hint: "leave --guest-off out, or shut the guest down")
            }
            let isFree = !found.isStale && isShownFree(path)
            try seen.report.add(
                found.chain, of: disk,
                guest: guestOff || (isFree && isOff) ? .shutOff : .unknown)
            if let reason = found.unread {
                Notice.warning(
                    "not-inspected",
                    "the images of disk '\(disk)' below '\(found.chain.images.last?.path ?? path)'"
                        + " were not inspected: \(reason)")
            }
            guard found.isStale else { continue }
            seen.stale.append(disk)
            Notice.warning(
                "image-in-use",
                "'\(path)' is in use, so its file is not up to date: bitmaps of this run are"
                    + " absent, and older ones are marked as in use; ask the running guest with"
                    + " --qmp")
        }
        for text in info {
            let (disk, path) = try Self.split(text)
            try seen.report.add(
                try QemuImgInfo.chain(in: try Self.read(path), from: Self.name(path)), of: disk,
                guest: guestOff ? .shutOff : .unknown)
        }
        if let qmp { try inspect(try Self.read(qmp), from: Self.name(qmp), disks, &seen) }
        if let answer { try inspect(answer.bytes, from: answer.source, disks, &seen) }
        return seen
    }

    private func inspect(
        _ answer: [UInt8], from source: String, _ disks: [DomainDisk]?, _ seen: inout Inspected
    ) throws {
        let nodes = try NamedBlockNodes(in: answer, from: source)
        let sources = try sources
        guard let disks = disks ?? (sources.isEmpty ? nil : []) else {
            throw MomentlogError(
                .noDefinition,
                "the domain's definition, which names the images of its disks, is not known",
                hint: "record it with 'momentlog define', or name the images with --path")
        }
        var others = disks.filter { seen.report[$0.target] == nil }
        // A disk that only a checkpoint has may be given, too.
        for target in sources.keys.sorted()
        where !disks.contains(where: { $0.target.utf8.elementsEqual(target.utf8) }) {
            others.append(DomainDisk(target: target, format: "qcow2"))
        }
        try checkSources(sources, disks)
        let found = try nodes.report(of: others, sources: sources)
        if found.entries.isEmpty && !others.isEmpty {
            throw noneFound(others, nodes, found, in: source)
        }
        for entry in found.entries {
            try seen.report.add(
                entry.chain, of: entry.disk, guest: entry.guest, definedPath: entry.definedPath,
                isDefined: entry.isDefined)
        }
        for disk in others {
            if let reason = found.reason(for: disk.target) {
                seen.report.skip(
                    disk.target, because: reason + "; --path \(disk.target)=SOURCE names it")
            }
        }
    }

    /// Refuses a source for a disk whose definition names another, or for two disks.
    private func checkSources(
        _ sources: [String: String], _ disks: [DomainDisk]
    ) throws(MomentlogError) {
        for (target, source) in sources.sorted(by: { $0.key < $1.key }) {
            let disk = disks.first { $0.target.utf8.elementsEqual(target.utf8) }
            if let defined = disk?.source, disk?.isPath == true,
                !defined.utf8.elementsEqual(source.utf8)
            {
                throw MomentlogError(
                    .conflict,
                    "the definition of disk '\(target)' names '\(defined)', and --path names"
                        + " '\(source)'",
                    hint: "leave --path out, or record the guest's present definition first"
                ).detailing("disk", .text(target)).detailing("recorded", .text(defined))
                    .detailing("given", .text(source))
            }
            let same = sources.filter { $0.value.utf8.elementsEqual(source.utf8) }
            if same.count > 1 {
                throw MomentlogError(
                    .duplicateDisk,
                    "--path names '\(source)' for disks \(same.keys.sorted().joined(separator: ", "))",
                    hint: "name each disk's own image")
            }
        }
    }

    /// By a disk's target, the source given with --path.
    private var sources: [String: String] {
        get throws {
            var sources: [String: String] = [:]
            for text in path {
                let (disk, source) = try Self.split(text)
                guard sources.updateValue(source, forKey: disk) == nil else {
                    throw ValidationError("--path names disk '\(disk)' twice")
                }
            }
            return sources
        }
    }

    private func noneFound(
        _ disks: [DomainDisk], _ nodes: NamedBlockNodes, _ found: ImageReport, in file: String
    ) -> MomentlogError {
        let files = nodes.paths.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
        let reasons = disks.prefix(4).compactMap { found.reason(for: $0.target) }
        return MomentlogError(
            .noSuchDisk,
            "\(file): no image of the domain's disks was found"
                + (reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; "))
                + (files.isEmpty ? "" : "; the guest has \(files)"),
            hint: "name the image of a disk with --path DISK=SOURCE; if the report is the right"
                + " guest's, the definition in the store may be an old one")
    }

    private static func read(_ path: String) throws(MomentlogError) -> [UInt8] {
        path == "-"
            ? try ReportFile.read(descriptor: 0, from: name(path)) : try ReportFile.read(path)
    }

    private static func name(_ path: String) -> String { path == "-" ? "standard input" : path }
}
