/// The images of one disk, from the top down.
public struct ImageChain: Sendable, Hashable {
    /// The images, the one that the guest writes to first; never empty.
    public let images: [DiskImage]

    /// Creates a chain; nil without images.
    public init?(_ images: [DiskImage]) {
        guard !images.isEmpty else { return nil }
        self.images = images
    }

    /// Creates a chain of one image.
    public init(_ image: DiskImage) { images = [image] }

    /// The image that the guest writes to.
    public var top: DiskImage { images[0] }

    /// Whether the last image has no backing image.
    public var isComplete: Bool { images[images.count - 1].backingPath == nil }
}
