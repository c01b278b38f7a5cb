public import Moments

/// The images of a running guest, as QMP's `query-named-block-nodes` tells of them: the truth
/// about its bitmaps, where the files are behind.
///
/// Source: `BlockDeviceInfo` in
/// <https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html>.
public struct NamedBlockNodes: Sendable {
    private let images: [Node]
    /// By the bytes of the paths: the node that reads the file as an image.
    private let places: [[UInt8]: Int]

    private struct Node: Sendable {
        var image: DiskImage
        /// What is below it, where that has no node of its own.
        var below: [DiskImage]
    }

    /// Reads the answer to the command, with or without the object around it.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - source: What to call it in errors, such as a file's path.
    /// - Throws: ``MomentlogError`` with `invalid-json` if it is no JSON, of another shape,
    ///   longer than ``ReportLimits/bytes``, or tells of an error.
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

    private init(_ nodes: [BlockNode]) {
        var images: [Node] = []
        var places: [[UInt8]: Int] = [:]
        var ranks: [[UInt8]: Int] = [:]
        for node in nodes {
            let image = node.image
            let key = Array(image.path.utf8)
            // A file is read by one node, and its content as an image by another.
            if let rank = ranks[key], rank >= node.rank { continue }
            ranks[key] = node.rank
            places[key] = images.count
            images.append(Node(image: image, below: node.below))
        }
        self.images = images
        self.places = places
    }

    /// The files of all images.
    public var paths: [String] {
        images.indices.filter { places[Array(images[$0].image.path.utf8)] == $0 }
            .map { images[$0].image.path }
    }

    /// The images from a file down; nil if the guest does not use it.
    ///
    /// - Complexity: O(*n*) expected in the images.
    public func chain(from path: String) -> ImageChain? {
        var chain: [DiskImage] = []
        var seen: Set<[UInt8]> = []
        var told: [DiskImage] = []
        var next: String? = path
        while let path = next, seen.insert(Array(path.utf8)).inserted {
            if let place = places[Array(path.utf8)] {
                chain.append(images[place].image)
                told = images[place].below
            } else if !told.isEmpty {
                // It has no node of its own: what its file holds is all that is known.
                chain.append(told.removeFirst())
            } else {
                break
            }
            next = chain.last?.backingPath
        }
        return ImageChain(chain)
    }

    /// What is seen of the disks of a domain that have a source in it.
    ///
    /// - Parameter disks: The disks in the domain's definition.
    /// - Complexity: O(*n*) expected in disks and images.
    public func report(of disks: [DomainDisk]) throws(MomentlogError) -> ImageReport {
        var report = ImageReport()
        for disk in disks {
            guard let source = disk.source, let chain = chain(from: source) else { continue }
            try report.add(chain, of: disk.target)
        }
        return report
    }
}

/// An answer on a monitor.
private struct Answer: Decodable {
    struct Failure: Decodable {
        var desc: String
    }

    private var told: [BlockNode]?
    private var error: Failure?

    private enum CodingKeys: String, CodingKey {
        case told = "return"
        case error
    }

    func nodes(in report: JSONReport) throws(MomentlogError) -> [BlockNode] {
        if let error { throw report.refused("QEMU's answer is: \(error.desc)") }
        guard let told else { throw report.refused("'return' is missing") }
        return told
    }
}

extension NamedBlockNodes: Decodable {
    /// Reads it where it is a part of other JSON.
    ///
    /// - Throws: `DecodingError` for another shape, ``MomentlogError`` with `invalid-json` for
    ///   an answer that tells of an error.
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

    var name: String?
    var driver, file: String
    var backingFile: String?
    var info: ImageInfo
    var bitmaps: [Bitmap]?

    private enum CodingKeys: String, CodingKey {
        case name = "node-name"
        case driver = "drv"
        case file
        case backingFile = "backing_file"
        case info = "image"
        case bitmaps = "dirty-bitmaps"
    }

    var image: DiskImage {
        var image = info.image
        image.path = FileName.path(file)
        image.format = driver
        image.node = name
        // Bitmaps without a name are those of operations, and of no checkpoint.
        image.bitmaps = (bitmaps ?? []).filter { $0.name?.isEmpty == false }.map(\.state)
        image.backingPath = image.backingPath ?? backingFile.map { FileName.path($0) }
        if let first = info.below { image.backingPath = first.image.image.path }
        return image
    }

    /// The images that are told of as parts of this one.
    var below: [DiskImage] {
        var below: [DiskImage] = []
        var next = info.below
        while let image = next?.image {
            below.append(image.image)
            next = image.below
        }
        return below
    }

    /// How much a node is what a disk is on: of those that read one file, the one that knows
    /// bitmaps, or else one that makes an image of it.
    var rank: Int {
        switch driver {
        case "qcow2": 3
        case "file", "host_device": 0
        case "raw": 1
        default: 2
        }
    }
}
