/// The possible owner of a bitmap that no live checkpoint names. The raw values are stable.
public enum BitmapOwner: String, Sendable, Hashable, CaseIterable {
    /// A checkpoint that a live one names as its parent and that is missing in the record.
    case lostParent = "lost-parent"
    /// A checkpoint that was deleted, or redefined without the bitmap.
    case deleted
    /// A checkpoint that has not been recorded, unless it is another tool's bitmap.
    case unrecorded
    /// An operation that is under way, such as a backup: it is busy or only in memory.
    case operation
    /// The owner is not known.
    case unknown

    /// Returns the owner of a bitmap, as far as its own state and the live checkpoints show.
    ///
    /// - Parameter isLostParent: Whether a live checkpoint names it as its missing parent.
    init(of bitmap: DirtyBitmap?, isLostParent: Bool) {
        guard let bitmap else {
            self = .unknown
            return
        }
        if bitmap.isBusy || !bitmap.isPersistent {
            self = .operation
        } else if isLostParent {
            self = .lostParent
        } else {
            // libvirt gives a checkpoint's bitmap the checkpoint's name, and enables it.
            let mayBeCheckpoint =
                CheckpointName.fault(in: bitmap.name) == nil
                && (bitmap.isRecording || bitmap.isInconsistent)
            self = mayBeCheckpoint ? .unrecorded : .unknown
        }
    }
}
