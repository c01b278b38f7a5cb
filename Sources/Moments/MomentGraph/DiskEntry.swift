/// A disk of a checkpoint without the checkpoint's own name, so that all checkpoints of a chain
/// share one list.
struct DiskEntry: Sendable, Hashable {
    enum Bitmap: Sendable, Hashable {
        case none
        /// The bitmap has the checkpoint's name, as libvirt wants it.
        case own
        case named(String)

        /// Compares byte by byte, as disks do.
        static func == (left: Bitmap, right: Bitmap) -> Bool {
            switch (left, right) {
            case (.none, .none), (.own, .own): true
            case (.named(let name), .named(let other)): name.hasSameBytes(as: other)
            default: false
            }
        }
    }

    var name: String
    var mode: Disk.Mode
    var bitmap: Bitmap

    init(_ disk: Disk, of checkpoint: CheckpointName) {
        name = disk.name
        mode = disk.mode
        bitmap =
            switch disk.bitmap {
            case nil: .none
            case .some(let other): other.hasSameBytes(as: checkpoint.text) ? .own : .named(other)
            }
    }

    /// Compares byte by byte: equal entries are stored once, and must be restored unchanged.
    static func == (left: DiskEntry, right: DiskEntry) -> Bool {
        left.mode == right.mode && left.name.hasSameBytes(as: right.name)
            && left.bitmap == right.bitmap
    }

    /// What holds the checkpoint's data on the disk; nil for nothing. A bitmap without a name has
    /// the checkpoint's.
    var data: Bitmap? { mode == .no ? nil : bitmap == .none ? .own : bitmap }

    func disk(of checkpoint: CheckpointName) -> Disk {
        let bitmap: String? =
            switch bitmap {
            case .none: nil
            case .own: checkpoint.text
            case .named(let name): name
            }
        return Disk(name: name, mode: mode, bitmap: bitmap)
    }
}

extension [DiskEntry] {
    /// What holds the checkpoint's data on a disk, as ``Checkpoint/bitmap(on:)``; nil for nothing.
    func data(on disk: String) -> DiskEntry.Bitmap? {
        lazy.filter { $0.name.hasSameBytes(as: disk) }.compactMap(\.data).first
    }
}
