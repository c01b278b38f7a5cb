public import Moments

/// The images of a running guest, as QMP's `query-named-block-nodes` reports them: the present
/// state of its bitmaps, which files do not show.
///
/// Source: `BlockDeviceInfo` in
/// <https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html>.
public struct NamedBlockNodes: Sendable {
    private let nodes: [Node]
    /// By location: the node that reads its content as an image.
    private let indexes: [ImageLocation: Int]
    /// By location: the images right above it.
    private let above: [ImageLocation: [Int]]
    /// Locations about whose content the nodes disagree.
    private let ambiguous: Set<ImageLocation>
    /// Disks that are being backed up: the image above them is the backup's scratch image.
    private let backedUp: Set<ImageLocation>

    fileprivate struct Node: Sendable {
        var image: DiskImage
        var location: ImageLocation
        var backing: ImageLocation?
        /// The server of a network image, if its name states it.
        var server: String?
        /// The images below it that have no node of their own.
        var below: [DiskImage]
    }

    /// Reads the answer to the command, with or without the object around it.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - source: Its name in errors, such as a file's path.
    /// - Throws: ``MomentlogError`` with `invalid-json` if it is not JSON, has another structure,
    ///   is longer than ``ReportLimits/bytes``, or reports an error.
    /// - Complexity: O(*n*) in the text.
    public init(in bytes: [UInt8], from source: String? = nil) throws(MomentlogError) {
        let report = Self.report(bytes, from: source)
        switch try report.decoded(list: [BlockNode].self, single: Answer.self) {
        case .first(let list): self.init(list)
        case .second(let answer): self.init(try answer.nodes(in: report))
        }
    }

    private static func report(_ bytes: [UInt8], from source: String?) -> JSONReport {
        JSONReport(
            bytes: bytes, source: source,
            command: #"virsh qemu-monitor-command DOMAIN '{"execute":"query-named-block-nodes"}'"#)
    }

    private init(_ found: [BlockNode]) {
        var nodes: [Node] = []
        var indexes: [ImageLocation: Int] = [:]
        var ranks: [ImageLocation: Int] = [:]
        var names: [ImageLocation: String] = [:]
        var ambiguous: Set<ImageLocation> = []
        var backedUp: Set<ImageLocation> = []
        for node in found {
            let location = ImageLocation(named: node.file)
            // QEMU puts this filter above a disk whose old content a backup saves.
            if node.driver == "copy-before-write" { backedUp.insert(location) }
            let image = node.image
            if let index = indexes[location], let rank = ranks[location] {
                // A file is read by one node, and its content as an image by another.
                let other = nodes[index].image
                let isSame =
                    node.rank != rank
                    ? (node.rank > rank ? other : image).bitmaps.isEmpty
                    : image.bitmaps == other.bitmaps
                var isKnown = isSame
                if case .network = location, node.rank == rank {
                    isKnown = isKnown && names[location] == node.file
                }
                if !isKnown { ambiguous.insert(location) }
                if rank >= node.rank { continue }
            }
            ranks[location] = node.rank
            names[location] = node.file
            indexes[location] = nodes.count
            nodes.append(
                Node(
                    image: image, location: location,
                    backing: node.backingName.map { ImageLocation(named: $0) },
                    server: ImageName(node.file).server, below: node.below))
        }
        var above: [ImageLocation: [Int]] = [:]
        for index in indexes.values.sorted() {
            if let backing = nodes[index].backing { above[backing, default: []].append(index) }
        }
        self.backedUp = backedUp
        self.nodes = nodes
        self.indexes = indexes
        self.above = above
        self.ambiguous = ambiguous
    }

    /// The files of all images.
    public var paths: [String] {
        nodes.indices.filter { indexes[nodes[$0].location] == $0 }.map { nodes[$0].image.path }
    }

    /// A disk's images as the guest uses them.
    public struct Found: Sendable, Hashable {
        /// The images, from the one that the guest writes to.
        public let chain: ImageChain
        /// The requested image, if the guest writes to another one above it.
        public let lowerPath: String?
    }

    /// Returns the images of the disk that an image belongs to, from the one that the guest writes
    /// to; nil if the guest does not use it, or uses it in several disks.
    ///
    /// - Parameter name: The image's path, or its name in QEMU's syntax.
    /// - Complexity: O(*n*) expected in the images.
    public func images(of name: String) -> Found? {
        images(at: ImageLocation(named: name), disks: [])
    }

    /// - Parameter disks: The images that the definition names as disks, which are not overlays of
    ///   each other.
    private func images(at location: ImageLocation, disks: Set<ImageLocation>) -> Found? {
        guard !ambiguous.contains(location), let index = indexes[location] else { return nil }
        var top = index
        var seen: Set<ImageLocation> = [location]
        while !backedUp.contains(nodes[top].location),
            let above = above[nodes[top].location]?.filter({
                !disks.contains(nodes[$0].location)
            }), !above.isEmpty
        {
            // QEMU opens an image below another one for reading only. If it writes to the lower
            // one, it is not known whether the image above it is the guest's or an operation's.
            guard above.count == 1, nodes[top].image.isReadOnly,
                seen.insert(nodes[above[0]].location).inserted
            else { return nil }
            top = above[0]
        }
        guard let chain = chain(from: nodes[top].location) else { return nil }
        return Found(
            chain: chain, lowerPath: top == index ? nil : nodes[index].image.path)
    }

    /// Returns the images from a location down.
    private func chain(from location: ImageLocation) -> ImageChain? {
        var chain: [DiskImage] = []
        var seen: Set<ImageLocation> = []
        var nested: [DiskImage] = []
        var next: ImageLocation? = location
        // Below an image about which the nodes disagree nothing is known: the chain ends there.
        while let location = next, !ambiguous.contains(location), seen.insert(location).inserted {
            if let index = indexes[location] {
                chain.append(nodes[index].image)
                nested = nodes[index].below
                next = nodes[index].backing
            } else if !nested.isEmpty {
                // It has no separate node: only its file's content is known.
                chain.append(nested.removeFirst())
                next = chain.last?.backingPath.map { ImageLocation(named: $0) }
            } else {
                break
            }
        }
        return ImageChain(chain)
    }

    /// Returns the images of the disks of a domain, as the running guest uses them.
    ///
    /// A disk is found by the path of its source, or by the protocol and name of a network disk.
    /// For the others, the report states the reason.
    ///
    /// - Parameters:
    ///   - disks: The disks in the domain's definition.
    ///   - sources: By a disk's target, the source that the definition does not state.
    /// - Throws: ``MomentlogError`` with `duplicate-disk` for a disk that is given twice.
    /// - Complexity: O(*n*) expected in disks and images.
    public func report(
        of disks: [DomainDisk], sources: [String: String] = [:]
    ) throws(MomentlogError) -> ImageReport {
        var report = ImageReport()
        let locations = Set(disks.compactMap { ImageLocation(of: $0) })
        for disk in disks where !disk.isEmpty || sources[disk.target] != nil {
            let isGiven = sources[disk.target] != nil
            guard
                let location = sources[disk.target].map({ ImageLocation(named: $0) })
                    ?? ImageLocation(of: disk)
            else {
                report.skip(disk.target, because: disk.hiddenSource)
                continue
            }
            let others = locations.subtracting([location])
            guard let found = images(at: location, disks: others) else {
                let source = sources[disk.target] ?? disk.source ?? ""
                report.skip(
                    disk.target,
                    because: ambiguous.contains(location) || indexes[location] != nil
                        ? "several images of the guest may be '\(source)' of disk '\(disk.target)'"
                        : "the guest has no image '\(source)' of disk '\(disk.target)' open")
                continue
            }
            if ["file", "host_device"].contains(found.chain.top.format), disk.format != "raw" {
                report.skip(
                    disk.target,
                    because:
                        "the guest has no image in all of '\(found.chain.top.path)' open, which"
                        + " the definition names for disk '\(disk.target)'")
                continue
            }
            var definedPath = isGiven ? nil : found.lowerPath
            if !isGiven, let index = indexes[location], let server = nodes[index].server,
                !disk.servers.isEmpty, !disk.servers.contains(server)
            {
                definedPath = "\(disk.source ?? "") at \(disk.servers.joined(separator: ", "))"
            }
            try report.add(
                found.chain, of: disk.target, guest: .running, definedPath: definedPath,
                isDefined: !isGiven)
        }
        return report
    }
}

extension DomainDisk {
    /// Why its definition does not identify the image.
    fileprivate var hiddenSource: String {
        switch storage {
        case .volume(let pool, let name):
            "disk '\(target)' is volume '\(name)' of pool '\(pool)', whose path the definition does"
                + " not have"
        case .path, .network, .other: "the definition does not name the image of disk '\(target)'"
        }
    }
}

/// An answer on a monitor.
private struct Answer: Decodable {
    struct Failure: Decodable {
        var desc: String
    }

    private var nodes: [BlockNode]?
    private var error: Failure?

    private enum CodingKeys: String, CodingKey {
        case nodes = "return"
        case error
    }

    func nodes(in report: JSONReport) throws(MomentlogError) -> [BlockNode] {
        if let error { throw report.refused("QEMU's answer is: \(error.desc)") }
        guard let nodes else { throw report.refused("'return' is missing") }
        return nodes
    }
}

extension NamedBlockNodes: Decodable {
    /// Decodes it as a part of other JSON.
    ///
    /// - Throws: `DecodingError` for another structure, ``MomentlogError`` with `invalid-json` for
    ///   an answer that reports an error.
    /// - Complexity: O(*n*) in the text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard (try? decoder.unkeyedContainer()) == nil else {
            self.init(try container.decode([BlockNode].self))
            return
        }
        self.init(try container.decode(Answer.self).nodes(in: Self.report([], from: nil)))
    }
}

/// One node.
private struct BlockNode: Decodable {
    struct Bitmap: Decodable {
        var name: String?
        var granularity: Int64
        var recording, busy, persistent, inconsistent: Bool?

        var state: DirtyBitmap {
            DirtyBitmap(
                name: name ?? "", granularity: granularity, isRecording: recording ?? false,
                isInconsistent: inconsistent ?? false, isPersistent: persistent ?? false,
                isBusy: busy ?? false)
        }
    }

    var nodeName: String?
    var driver, file: String
    var isReadOnly: Bool?
    var backingFile: String?
    var backingDepth: Int?
    var info: ImageInfo
    var bitmaps: [Bitmap]?

    private enum CodingKeys: String, CodingKey {
        case nodeName = "node-name"
        case isReadOnly = "ro"
        case backingDepth = "backing_file_depth"
        case driver = "drv"
        case file
        case backingFile = "backing_file"
        case info = "image"
        case bitmaps = "dirty-bitmaps"
    }

    var image: DiskImage {
        var image = info.image
        let name = ImageName(file)
        image.path = name.path
        image.isNamedByPath = name.isPlain
        image.format = driver
        image.node = nodeName
        image.isReadOnly = isReadOnly ?? false
        // Bitmaps without a name belong to operations, not to checkpoints.
        image.bitmaps = (bitmaps ?? []).filter { $0.name?.isEmpty == false }.map(\.state)
        image.backingPath = backingName.map { ImageName($0).path }
        return image
    }

    /// The backing image that QEMU reads, which its header may name otherwise.
    var backingName: String? {
        if let backingFile { return backingFile }
        if let below = info.below { return below.image.filename }
        // A depth of 0 means that nothing is below, whatever the header names.
        return backingDepth == nil ? info.backingName : nil
    }

    /// The images that are nested in this one.
    var below: [DiskImage] {
        var below: [DiskImage] = []
        var next = info.below
        while let image = next?.image {
            below.append(image.image)
            next = image.below
        }
        return below
    }

    /// How likely a node is the disk's: of those that read one file, the one that supports bitmaps,
    /// or else one that reads an image from it.
    var rank: Int {
        let kind =
            switch driver {
            case "qcow2": 3
            case "file", "host_device": 0
            case "raw": 1
            default: 2
            }
        // Of two with the same format, the one that the guest writes to.
        return 2 * kind + (isReadOnly == true ? 0 : 1)
    }
}
