import Moments

/// The order in which libvirt keeps a domain's disks, and so lists them in checkpoints: bus by bus
/// as they first appear, and on each bus by the number in their target.
///
/// libvirt prints a domain whose definition has just been given in another order, so the document's
/// order is not enough.
///
/// Source: `virDomainDiskInsert`, as observed in libvirt 9.0.
struct DiskOrder {
    private var entries: [Entry] = []
    private var places: [String: Int] = [:]

    private struct Entry {
        var disk: DomainDisk
        /// The index of its bus.
        var bus: Int
        var index: Int
    }

    /// Adds a disk; without a bus, it is on the one that its target implies.
    mutating func add(_ disk: DomainDisk, bus: String?) {
        let bus = bus ?? Self.bus(of: disk.target)
        let place = places[bus] ?? places.count
        places[bus] = place
        entries.append(Entry(disk: disk, bus: place, index: Self.index(of: disk.target)))
    }

    /// The disks in order.
    ///
    /// - Complexity: O(*n* log *n*).
    var disks: [DomainDisk] {
        entries.enumerated().sorted { left, right in
            (left.element.bus, left.element.index, left.offset)
                < (right.element.bus, right.element.index, right.offset)
        }
        .map(\.element.disk)
    }

    private static func bus(of target: String) -> String {
        if DiskTarget.isNVMe(target) { return "nvme" }
        let letters = target.prefix { $0 != "d" }
        return buses[String(letters) + "d"] ?? ""
    }

    private static let buses = [
        "fd": "fdc", "hd": "ide", "sd": "scsi", "vd": "virtio", "xvd": "xen", "ubd": "uml",
    ]

    /// Returns the number of a target's letters: 0 for `vda`, 26 for `vdaa`; -1 for a target
    /// without any.
    ///
    /// Source: `virDiskNameToIndex` in libvirt 9.0.
    private static func index(of target: String) -> Int {
        guard let prefix = ["fd", "hd", "vd", "sd", "xvd", "ubd"].first(where: target.hasPrefix)
        else { return -1 }
        var number = 0
        for byte in target.utf8.dropFirst(prefix.utf8.count) {
            guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) else { break }
            let (grown, overflows) = number.multipliedReportingOverflow(by: 26)
            guard !overflows, grown <= Int.max - 26 else { return -1 }
            number = grown + Int(byte - UInt8(ascii: "a")) + 1
        }
        return number - 1
    }
}
