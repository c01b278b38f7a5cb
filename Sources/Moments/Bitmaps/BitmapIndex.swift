/// The bitmaps of one disk's images by their names, so that each is found at once.
struct BitmapIndex {
    /// A bitmap, and the place of its image in the chain.
    struct Entry {
        let place: Int
        let bitmap: DirtyBitmap
    }

    let chain: ImageChain
    /// By the names' bytes; from the top image down.
    private let entries: [[UInt8]: [Entry]]

    /// - Complexity: O(*n*) expected in the bitmaps.
    init(_ chain: ImageChain) {
        self.chain = chain
        var entries: [[UInt8]: [Entry]] = [:]
        for (place, image) in chain.images.enumerated() {
            for bitmap in image.bitmaps {
                entries[Array(bitmap.name.utf8), default: []]
                    .append(Entry(place: place, bitmap: bitmap))
            }
        }
        self.entries = entries
    }

    /// The names of all bitmaps, as bytes, in no order.
    var names: some Sequence<[UInt8]> { entries.keys }

    /// The bitmaps of that name, from the top image down.
    subscript(name: [UInt8]) -> [Entry] { entries[name] ?? [] }

    /// What becomes of a checkpoint whose data the bitmap of that name should hold, and why.
    ///
    /// The bitmap has to be in the top image, and in the images below that have it without a
    /// gap; all of them persistent, recording, and not inconsistent.
    ///
    /// Source: `qemuBlockBitmapChainIsValid` in libvirt 9.0.
    ///
    /// - Complexity: O(1) expected, plus the images that hold it.
    func verdict(on name: String) -> (verdict: BitmapVerdict, message: String) {
        let found = self[Array(name.utf8)]
        let top = chain.top
        guard top.holdsBitmaps else {
            let version = top.isOfEarlyVersion ? " of version 2 (compat 0.10)" : ""
            return (
                .unsupportedFormat,
                "'\(top.path)' is \(top.format)\(version), which holds no bitmaps"
            )
        }
        guard let first = found.first, first.place == 0 else {
            let below = found.first.map { ", though '\(path($0))' below it does" } ?? ""
            return (.missing, "'\(top.path)' holds no bitmap '\(name)'" + below)
        }
        if let entry = found.first(where: \.bitmap.isInconsistent) {
            return (
                .inconsistent,
                "bitmap '\(name)' in '\(path(entry))' was not saved when the guest ended"
            )
        }
        if let gap = found.indices.dropFirst().first(where: {
            // A report may name one twice in an image.
            found[$0].place > found[$0 - 1].place + 1
        }) {
            let between = chain.images[found[gap].place - 1].path
            return (
                .gapInChain,
                "'\(path(found[gap]))' holds bitmap '\(name)', but '\(between)' on top of it does"
                    + " not"
            )
        }
        if let entry = found.first(where: { !$0.bitmap.isPersistent }) {
            return (
                .missing,
                "bitmap '\(name)' of '\(path(entry))' is only in memory: it is lost when the"
                    + " guest stops"
            )
        }
        if let entry = found.first(where: { !$0.bitmap.isRecording }) {
            return (
                .notRecording,
                "bitmap '\(name)' in '\(path(entry))' is disabled: it lacks what was written since"
            )
        }
        return (.valid, "bitmap '\(name)' is in '\(top.path)'" + remark(found))
    }

    /// What else there is to say of a bitmap that is sound.
    private func remark(_ found: [Entry]) -> String {
        var remark = ""
        if found.count > 1 {
            let below = found.count - 1
            remark += " and in \(below) image\(below == 1 ? "" : "s") below"
        }
        if let backing = chain.images[chain.images.count - 1].backingPath {
            remark += "; '\(backing)' below was not looked at"
        }
        if found.contains(where: \.bitmap.isBusy) { remark += "; something works with it now" }
        return remark
    }

    private func path(_ entry: Entry) -> String { chain.images[entry.place].path }
}
