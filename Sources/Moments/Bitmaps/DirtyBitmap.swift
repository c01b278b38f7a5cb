/// A dirty bitmap as QEMU reports it: a record of which parts of a disk were written since some
/// checkpoint.
///
/// Source: `Qcow2BitmapInfo` and `BlockDirtyInfo` in
/// <https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html>.
public struct DirtyBitmap: Sendable, Hashable {
    /// Its name, which may be any text.
    public var name: String

    /// How many bytes of the disk one bit covers.
    public var granularity: Int64

    /// Whether writes are recorded in it: the flag `auto` of an image.
    public var isRecording: Bool

    /// Whether it was not saved when the guest ended, so that its content is useless: the flag
    /// `in-use` of an image that nobody uses.
    public var isInconsistent: Bool

    /// Whether it is saved in the image when the guest stops.
    public var isPersistent: Bool

    /// Whether an operation such as a backup is using it.
    public var isBusy: Bool

    /// Creates a bitmap; by default a sound one.
    public init(
        name: String, granularity: Int64 = 65_536, isRecording: Bool = true,
        isInconsistent: Bool = false, isPersistent: Bool = true, isBusy: Bool = false
    ) {
        self.name = name
        self.granularity = granularity
        self.isRecording = isRecording
        self.isInconsistent = isInconsistent
        self.isPersistent = isPersistent
        self.isBusy = isBusy
    }

    /// Compares byte by byte: QEMU does not normalize Unicode.
    public static func == (left: DirtyBitmap, right: DirtyBitmap) -> Bool {
        left.name.hasSameBytes(as: right.name) && left.granularity == right.granularity
            && left.isRecording == right.isRecording
            && left.isInconsistent == right.isInconsistent
            && left.isPersistent == right.isPersistent && left.isBusy == right.isBusy
    }
}
