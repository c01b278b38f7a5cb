/// The validation status of a checkpoint's bitmap on one disk.
///
/// The raw values are stable: logs hold them, and programs look for them.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum BitmapVerdict: String, Sendable, Hashable, CaseIterable {
    /// The data is intact: libvirt would make an incremental backup since the checkpoint.
    case valid
    /// The image that the guest writes to does not have the bitmap, or would lose it.
    case missing
    /// The bitmap was not saved when the guest ended.
    case inconsistent
    /// The bitmap is disabled: it lacks what was written since.
    case notRecording = "not-recording"
    /// The images that hold the bitmap are not adjacent in the chain.
    case gapInChain = "gap-in-chain"
    /// The disk's image has a format that does not support bitmaps.
    case unsupportedFormat = "unsupported-format"
    /// What was inspected proves neither that the bitmap is valid nor that it is not.
    case unknown
    /// No live checkpoint names the bitmap.
    case orphan
}
