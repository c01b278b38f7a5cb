/// What was seen of a domain's disk images: the chain of each disk that was looked at.
public struct ImageReport: Sendable, Hashable {
    /// One disk's images.
    public struct Entry: Sendable, Hashable {
        /// The disk's target, such as `vda`.
        public let disk: String
        /// Its images.
        public let chain: ImageChain
    }

    /// The disks that were looked at, in the order in which they were added.
    public private(set) var entries: [Entry] = []
    private var places: [[UInt8]: Int] = [:]

    /// Makes a report in which nothing was seen yet.
    public init() {}

    /// Adds the images of a disk.
    ///
    /// - Throws: ``MomentlogError`` with `duplicate-disk` if there are some already.
    public mutating func add(_ chain: ImageChain, of disk: String) throws(MomentlogError) {
        guard self[disk] == nil else {
            throw MomentlogError(
                .duplicateDisk, "images of disk '\(disk)' are given twice",
                hint: "name each disk once; --backing-chain shows all of its images")
        }
        places[Array(disk.utf8)] = entries.count
        entries.append(Entry(disk: disk, chain: chain))
    }

    /// The images of a disk, if they were seen.
    ///
    /// - Complexity: O(1) expected.
    public subscript(disk: String) -> ImageChain? {
        places[Array(disk.utf8)].map { entries[$0].chain }
    }
}
