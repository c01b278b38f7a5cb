import ArgumentParser
import Momentlog

/// Where to see what is in a domain's disk images.
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

    /// Whether there is nothing to look at.
    var isEmpty: Bool { image.isEmpty && info.isEmpty && qmp == nil }

    func validate() throws {
        let files = try (image + info).map { try Self.split($0).path }
        let inputs = files.suffix(info.count).count { $0 == "-" } + (qmp == "-" ? 1 : 0)
        guard inputs < 2 else { throw ValidationError("standard input can be read once") }
        guard !followNetwork || !image.isEmpty else {
            throw ValidationError("--follow-network goes with --image")
        }
    }

    /// Refuses images that are not asked for, and `--validate` without any.
    func validate(with isValidated: Bool) throws {
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

    /// What was seen.
    struct Seen {
        var report = ImageReport()
        /// The disks to whose images another process writes.
        var stale: [String] = []

        /// What was seen, for what is to rest on it.
        ///
        /// - Parameter consequence: What does not happen if a file is behind.
        /// - Throws: ``MomentlogError`` with `busy` if another process writes to an image.
        func settled(_ consequence: String) throws(MomentlogError) -> ImageReport {
            guard let disk = stale.first else { return report }
            throw MomentlogError(
                .busy,
                "the image of disk '\(disk)' is in use, and what its file says is behind:"
                    + " \(consequence)",
                hint: "ask the guest itself and give its answer with --qmp, or shut it down first")
        }
    }

    /// Looks. What a guest writes to meanwhile is warned of.
    ///
    /// - Parameter disks: The disks in the domain's definition; nil if it is not known.
    func look(_ disks: [DomainDisk]?) throws -> Seen {
        var seen = Seen()
        for text in image {
            let (disk, path) = try Self.split(text)
            let format = disks?.first { $0.target.utf8.elementsEqual(disk.utf8) }?.format
            let found = try QemuImg(followsNetwork: followNetwork).info(path, format: format)
            try seen.report.add(found.chain, of: disk)
            if let reason = found.unread {
                StandardError.write(
                    "momentlog: warning: the images of disk '\(Terminal.harmless(disk))' below"
                        + " '\(Terminal.harmless(found.chain.images.last?.path ?? path))' were not"
                        + " inspected: \(Terminal.harmless(reason))\n")
            }
            guard found.isStale else { continue }
            seen.stale.append(disk)
            StandardError.write(
                "momentlog: warning: '\(Terminal.harmless(path))' is in use, and what its file"
                    + " says is behind: bitmaps of this run are absent, and older ones read as"
                    + " inconsistent; --qmp tells the truth of a running guest\n")
        }
        for text in info {
            let (disk, path) = try Self.split(text)
            try seen.report.add(
                try QemuImgInfo.chain(in: try Self.read(path), from: Self.name(path)), of: disk)
        }
        if let qmp { try look(qmp, disks, &seen) }
        return seen
    }

    private func look(_ path: String, _ disks: [DomainDisk]?, _ seen: inout Seen) throws {
        let nodes = try NamedBlockNodes(in: try Self.read(path), from: Self.name(path))
        guard let disks else {
            throw MomentlogError(
                .noDefinition,
                "which disk is on which image the domain's definition tells, and"
                    + " it is not known",
                hint: "'momentlog define' records it")
        }
        let others = disks.filter { seen.report[$0.target] == nil }
        let found = try nodes.report(of: others)
        if found.entries.isEmpty && !others.isEmpty {
            let files = nodes.paths.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
            throw MomentlogError(
                .noSuchDisk,
                "\(Self.name(path)): none of the domain's disks is on one of its"
                    + " images" + (files.isEmpty ? "" : ", \(files)"),
                hint: "is it another guest's, or is the definition in the store an old one?")
        }
        for entry in found.entries { try seen.report.add(entry.chain, of: entry.disk) }
    }

    private static func read(_ path: String) throws(MomentlogError) -> [UInt8] {
        path == "-"
            ? try ReportFile.read(descriptor: 0, from: name(path)) : try ReportFile.read(path)
    }

    private static func name(_ path: String) -> String { path == "-" ? "standard input" : path }
}
