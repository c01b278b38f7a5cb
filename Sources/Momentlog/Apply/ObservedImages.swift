import ImageReports
import Moments

/// A line's report of a domain's disk images: for each disk the output of `qemu-img info`, or the
/// image's path in a running guest's answer.
struct ObservedImages: Decodable {
    /// The report of one disk.
    private struct Entry: Decodable {
        var disk: String
        var info: QemuImgInfo?
        var path: String?
        /// Whether the guest was shut off when `info` was printed.
        var guestOff: Bool?
    }

    private let entries: [Entry]

    init(from decoder: any Decoder) throws {
        entries = try decoder.singleValueContainer().decode([Entry].self)
    }

    /// - Parameter nodes: The guest's answer, if there is one.
    /// - Throws: ``MomentlogError``: `usage` for a disk without a report, or with two,
    ///   `duplicate-disk`, or `no-such-disk` for a path that is not in the answer.
    func report(_ nodes: NamedBlockNodes?) throws(MomentlogError) -> ImageReport {
        guard nodes == nil || entries.contains(where: { $0.path != nil }) else {
            throw InstructionLine.refused("'qmp' is given, but no image has a 'path' in it")
        }
        var report = ImageReport()
        for entry in entries {
            switch (entry.info, entry.path) {
            case (let info?, nil):
                try report.add(
                    info.chain, of: entry.disk,
                    guest: entry.guestOff == true ? .shutOff : .unknown)
            case (nil, let path?):
                guard let nodes else {
                    throw InstructionLine.refused(
                        "the image of disk '\(entry.disk)' has a 'path', but 'qmp' is missing")
                }
                guard entry.guestOff != true else {
                    throw InstructionLine.refused(
                        "the image of disk '\(entry.disk)' has 'guestOff', but is in the answer of a"
                            + " running guest")
                }
                guard let found = nodes.images(of: path) else {
                    throw MomentlogError(
                        .noSuchDisk, "'qmp' has no image '\(path)' of disk '\(entry.disk)'",
                        hint: "give the path of the image that the guest writes to")
                }
                try report.add(found.chain, of: entry.disk, guest: .running)
            default:
                throw InstructionLine.refused(
                    "the image of disk '\(entry.disk)' needs one of 'info' and 'path'")
            }
        }
        return report
    }
}
