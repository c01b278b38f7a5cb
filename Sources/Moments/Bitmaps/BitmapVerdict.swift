/// What became of a checkpoint's data on one disk.
///
/// The raw values are stable: logs hold them, and programs look for them.
public enum BitmapVerdict: String, Sendable, Hashable, CaseIterable {
    /// The data is there: libvirt would make an incremental backup since the checkpoint.
    case valid
    /// The disk's top image does not hold the bitmap, or would lose it.
    case missing
    /// The bitmap was not saved when the guest ended.
    case inconsistent
    /// The bitmap is disabled: it lacks what was written since.
    case notRecording = "not-recording"
    /// The images that hold the bitmap are not on top of each other.
    case gapInChain = "gap-in-chain"
    /// The disk's image is of a format that holds no bitmaps.
    case unsupportedFormat = "unsupported-format"
    /// Nobody looked at the disk, or it is gone.
    case unknown
    /// No live checkpoint names the bitmap.
    case orphan
}
