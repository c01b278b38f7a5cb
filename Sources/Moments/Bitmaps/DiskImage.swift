/// One image of a disk, as QEMU's tools tell of it.
public struct DiskImage: Sendable, Hashable {
    /// Its file, as it was named to QEMU.
    public var path: String

    /// Its format, such as `qcow2`.
    public var format: String

    /// Whether it is of a version of its format that came before bitmaps: qcow2 with
    /// `compat` 0.10.
    public var isOfEarlyVersion: Bool

    /// The bitmaps in it.
    public var bitmaps: [DirtyBitmap]

    /// The file of the image below it, if there is one.
    public var backingPath: String?

    /// The name by which a running QEMU knows it.
    public var node: String?

    /// Makes an image's state.
    public init(
        path: String, format: String = "qcow2", isOfEarlyVersion: Bool = false,
        bitmaps: [DirtyBitmap] = [], backingPath: String? = nil, node: String? = nil
    ) {
        self.path = path
        self.format = format
        self.isOfEarlyVersion = isOfEarlyVersion
        self.bitmaps = bitmaps
        self.backingPath = backingPath
        self.node = node
    }

    /// Whether it can hold bitmaps.
    ///
    /// Source: `bdrv_supports_persistent_dirty_bitmap` in QEMU; see
    /// <https://www.qemu.org/docs/master/interop/bitmaps.html>.
    public var holdsBitmaps: Bool { format == "qcow2" && !isOfEarlyVersion }
}
