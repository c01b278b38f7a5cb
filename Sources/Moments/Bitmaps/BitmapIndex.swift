/// An index of the bitmaps in one disk's images, by name.
struct BitmapIndex {
    /// A bitmap, and the index of its image in the chain.
    struct Entry {
        let depth: Int
        let bitmap: DirtyBitmap
    }

    let report: ImageReport.Entry
    /// What is known of the guest from everything that was inspected.
    let guest: GuestState
    /// By the names' bytes; from the top image down.
    private let entries: [[UInt8]: [Entry]]

    var chain: ImageChain { report.chain }

    /// - Complexity: O(*n*) expected in the bitmaps.
    init(_ report: ImageReport.Entry, guest: GuestState) {
        self.report = report
        self.guest = guest
        var entries: [[UInt8]: [Entry]] = [:]
        for (depth, image) in report.chain.images.enumerated() {
            for bitmap in image.bitmaps {
                entries[Array(bitmap.name.utf8), default: []]
                    .append(Entry(depth: depth, bitmap: bitmap))
            }
        }
        self.entries = entries
    }

    /// The names of all bitmaps, as bytes, in no order.
    var names: some Sequence<[UInt8]> { entries.keys }

    /// The bitmaps of that name, from the top image down.
    subscript(name: [UInt8]) -> [Entry] { entries[name] ?? [] }

    /// Returns the image that holds a bitmap.
    func image(of entry: Entry) -> DiskImage { chain.images[entry.depth] }
}
