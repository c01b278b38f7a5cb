/// The images of one disk, each on top of the next.
public struct ImageChain: Sendable, Hashable {
    /// The images, the one that the guest writes to first; never empty.
    public let images: [DiskImage]

    /// Makes a chain; nil of no image.
    public init?(_ images: [DiskImage]) {
        guard !images.isEmpty else { return nil }
        self.images = images
    }

    /// Makes a chain of one image.
    public init(_ image: DiskImage) { images = [image] }

    /// The image that the guest writes to.
    public var top: DiskImage { images[0] }

    /// Whether nothing is below the last image that is shown.
    public var isComplete: Bool { images[images.count - 1].backingPath == nil }
}
