/// What was seen last of a checkpoint's data on one disk.
public struct DiskHealth: Sendable, Hashable {
    /// The disk's name in the checkpoint.
    public let disk: String

    /// What became of the data.
    public let verdict: BitmapVerdict

    /// When it was looked at, in seconds since 1970-01-01T00:00:00Z.
    public let observationTime: Int64

    init(disk: String, verdict: BitmapVerdict, observationTime: Int64) {
        self.disk = disk
        self.verdict = verdict
        self.observationTime = observationTime
    }

    /// Byte by byte, as with disks.
    public static func == (left: DiskHealth, right: DiskHealth) -> Bool {
        left.verdict == right.verdict && left.observationTime == right.observationTime
            && left.disk.hasSameBytes(as: right.disk)
    }
}
