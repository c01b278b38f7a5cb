/// One disk in a checkpoint's metadata.
///
/// Source: `disks/disk` in <https://libvirt.org/formatcheckpoint.html>.
public struct Disk: Sendable, Hashable {
    /// Whether a checkpoint covers a disk.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// The checkpoint does not cover the disk.
        case no
        /// A dirty bitmap in the disk's image holds the checkpoint's data.
        case bitmap
    }

    /// The disk's target, such as `vda`; in XML from outside it may also be the
    /// absolute path of its source.
    public var name: String

    /// Whether the checkpoint covers this disk.
    public var mode: Mode

    /// The name of the dirty bitmap, if the document names one.
    public var bitmap: String?

    /// Creates a disk's entry in a checkpoint.
    public init(name: String, mode: Mode = .bitmap, bitmap: String? = nil) {
        self.name = name
        self.mode = mode
        self.bitmap = bitmap
    }

    /// Compares byte by byte: a path in another Unicode form is another file.
    public static func == (left: Disk, right: Disk) -> Bool {
        left.mode == right.mode && left.name.hasSameBytes(as: right.name)
            && left.bitmap.hasSameBytes(as: right.bitmap)
    }
}
