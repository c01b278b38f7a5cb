/// A disk of a checkpoint with the checkpoint's own name taken out, so that the
/// lists of a whole chain are one value.
struct DiskEntry: Sendable, Hashable {
    enum Bitmap: Sendable, Hashable {
        case none
        /// The bitmap has the checkpoint's name, as libvirt wants it.
        case own
        case named(String)
    }

    var name: String
    var mode: Disk.Mode
    var bitmap: Bitmap

    init(_ disk: Disk, of checkpoint: String) {
        name = disk.name
        mode = disk.mode
        bitmap =
            switch disk.bitmap {
            case nil: .none
            case checkpoint: .own
            case .some(let other): .named(other)
            }
    }

    func disk(of checkpoint: String) -> Disk {
        let bitmap: String? =
            switch bitmap {
            case .none: nil
            case .own: checkpoint
            case .named(let name): name
            }
        return Disk(name: name, mode: mode, bitmap: bitmap)
    }
}
