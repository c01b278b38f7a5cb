/// One image of a disk, as QEMU's tools report it.
public struct DiskImage: Sendable, Hashable {
    /// Its file, or its name in QEMU's syntax if it has no path.
    public var path: String

    /// Its format, such as `qcow2`.
    public var format: String

    /// Whether its format's version is older than bitmaps: qcow2 with `compat` 0.10.
    public var isOfEarlyVersion: Bool

    /// The bitmaps in it.
    public var bitmaps: [DirtyBitmap]

    /// The file of its backing image, if it has one.
    public var backingPath: String?

    /// Its node name in a running QEMU.
    public var node: String?

    /// Whether QEMU has marked it as corrupt, so that nothing in it is reliable.
    public var isCorrupt: Bool

    /// Whether its content is encrypted, so that changing it requires a key.
    public var isEncrypted: Bool

    /// Whether a running QEMU has it open for reading only.
    public var isReadOnly: Bool

    /// Whether `qemu-img` can open it by ``path``; not so for a part of a file, or an image that
    /// only options describe.
    public var isNamedByPath: Bool

    /// Creates an image's state.
    public init(
        path: String, format: String = "qcow2", isOfEarlyVersion: Bool = false,
        bitmaps: [DirtyBitmap] = [], backingPath: String? = nil, node: String? = nil,
        isCorrupt: Bool = false, isEncrypted: Bool = false, isReadOnly: Bool = false,
        isNamedByPath: Bool = true
    ) {
        self.path = path
        self.format = format
        self.isOfEarlyVersion = isOfEarlyVersion
        self.bitmaps = bitmaps
        self.backingPath = backingPath
        self.node = node
        self.isCorrupt = isCorrupt
        self.isEncrypted = isEncrypted
        self.isReadOnly = isReadOnly
        self.isNamedByPath = isNamedByPath
    }

    /// Whether it can hold bitmaps.
    ///
    /// Source: `bdrv_supports_persistent_dirty_bitmap` in QEMU; see
    /// <https://www.qemu.org/docs/master/interop/bitmaps.html>.
    public var holdsBitmaps: Bool { format == "qcow2" && !isOfEarlyVersion }
}
