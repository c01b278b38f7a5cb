/// The result of inspecting one bitmap at some time.
public struct BitmapObservation: Sendable, Hashable {
    /// The checkpoint whose data it should hold; nil for an orphan.
    public var checkpoint: CheckpointName?

    /// The disk's name in the checkpoint.
    public var disk: String

    /// The bitmap's name.
    public var bitmap: String

    /// The verdict.
    public var verdict: BitmapVerdict

    /// The file that the guest writes to.
    public var image: String?

    /// The time of the inspection, in seconds since 1970-01-01T00:00:00Z.
    public var observationTime: Int64

    /// Creates an observation.
    public init(
        checkpoint: CheckpointName?, disk: String, bitmap: String, verdict: BitmapVerdict,
        image: String? = nil, observationTime: Int64
    ) {
        self.checkpoint = checkpoint
        self.disk = disk
        self.bitmap = bitmap
        self.verdict = verdict
        self.image = image
        self.observationTime = observationTime
    }
}
