/// The last verdict on a checkpoint's data on one disk.
public struct DiskHealth: Sendable, Hashable {
    /// The disk's name in the checkpoint.
    public let disk: String

    /// The verdict.
    public let verdict: BitmapVerdict

    /// The time of the inspection, in seconds since 1970-01-01T00:00:00Z.
    public let observationTime: Int64

    init(disk: String, verdict: BitmapVerdict, observationTime: Int64) {
        self.disk = disk
        self.verdict = verdict
        self.observationTime = observationTime
    }

    /// Compares byte by byte, as disks do.
    public static func == (left: DiskHealth, right: DiskHealth) -> Bool {
        left.verdict == right.verdict && left.observationTime == right.observationTime
            && left.disk.hasSameBytes(as: right.disk)
    }
}
