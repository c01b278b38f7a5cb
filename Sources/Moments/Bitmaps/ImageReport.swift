/// What was found of a domain's disk images: the chain of each disk that was inspected.
public struct ImageReport: Sendable, Hashable {
    /// One disk's images.
    public struct Entry: Sendable, Hashable {
        /// The disk's target, such as `vda`.
        public let disk: String
        /// Its images, from the one that the guest writes to.
        public let chain: ImageChain
        /// What is known of the guest.
        public let guest: GuestState
        /// The image that the domain's definition names, where a running guest writes to
        /// another one above it; else nil.
        public let definedPath: String?
    }

    /// The disks that were inspected, in the order in which they were added.
    public private(set) var entries: [Entry] = []
    private var indexes: [[UInt8]: Int] = [:]
    private var reasons: [[UInt8]: String] = [:]

    /// Creates a report in which nothing was inspected yet.
    public init() {}

    /// Adds the images of a disk.
    ///
    /// - Parameters:
    ///   - chain: The images, from the one that the guest writes to.
    ///   - disk: The disk's target.
    ///   - guest: What is known of the guest.
    ///   - definedPath: The image that the domain's definition names, if a running guest
    ///     writes to another one.
    /// - Throws: ``MomentlogError`` with `duplicate-disk` if there are some already.
    public mutating func add(
        _ chain: ImageChain, of disk: String, guest: GuestState = .unknown,
        definedPath: String? = nil
    ) throws(MomentlogError) {
        guard self[disk] == nil else {
            throw MomentlogError(
                .duplicateDisk, "images of disk '\(disk)' are given twice",
                hint: "name each disk once; a backing chain is one disk's")
        }
        indexes[Array(disk.utf8)] = entries.count
        entries.append(
            Entry(disk: disk, chain: chain, guest: guest, definedPath: definedPath))
    }

    /// Adds the reason why a disk's images could not be inspected.
    public mutating func skip(_ disk: String, because reason: String) {
        reasons[Array(disk.utf8)] = reason
    }

    /// The images of a disk, if they were inspected.
    ///
    /// - Complexity: O(1) expected.
    public subscript(disk: String) -> ImageChain? {
        indexes[Array(disk.utf8)].map { entries[$0].chain }
    }

    /// Why a disk's images could not be inspected; nil if nobody tried.
    public func reason(for disk: String) -> String? { reasons[Array(disk.utf8)] }
}
