/// The result of inspecting a domain's disk images: the chain of each disk.
public struct ImageReport: Sendable, Hashable {
    /// One disk's images.
    public struct Entry: Sendable, Hashable {
        /// The disk's target, such as `vda`.
        public let disk: String
        /// Its images, from the one that the guest writes to.
        public let chain: ImageChain
        /// What is known of the guest.
        public let guest: GuestState
        /// The image that the domain's definition names, if a running guest writes to another one
        /// above it; else nil.
        public let definedPath: String?
        /// Whether a running guest's image was found by the domain's definition, rather than named
        /// by the caller.
        public let isDefined: Bool
    }

    /// The disks that were inspected, in the order in which they were added.
    public private(set) var entries: [Entry] = []
    private var indexes: [[UInt8]: Int] = [:]
    private var reasons: [[UInt8]: String] = [:]

    /// Creates an empty report.
    public init() {}

    /// Adds the images of a disk.
    ///
    /// - Parameters:
    ///   - chain: The images, from the one that the guest writes to.
    ///   - disk: The disk's target.
    ///   - guest: What is known of the guest.
    ///   - definedPath: The image that the domain's definition names, if a running guest
    ///     writes to another one.
    ///   - isDefined: Whether a running guest's image was found by the domain's definition.
    /// - Throws: ``MomentlogError`` with `duplicate-disk` if the disk was added before.
    public mutating func add(
        _ chain: ImageChain, of disk: String, guest: GuestState = .unknown,
        definedPath: String? = nil, isDefined: Bool = false
    ) throws(MomentlogError) {
        guard self[disk] == nil else {
            throw MomentlogError(
                .duplicateDisk, "images of disk '\(disk)' are given twice",
                hint: "name each disk once; a backing chain is one disk's")
        }
        indexes[Array(disk.utf8)] = entries.count
        entries.append(
            Entry(
                disk: disk, chain: chain, guest: guest, definedPath: definedPath,
                isDefined: isDefined))
    }

    /// Adds the reason why a disk's images could not be inspected.
    public mutating func skip(_ disk: String, because reason: String) {
        reasons[Array(disk.utf8)] = reason
    }

    /// Returns what the report proves of the guest with an entry: that it is shut off is not
    /// accepted if another disk's images show it running.
    func guest(of entry: Entry) -> GuestState {
        guard entry.guest == .shutOff, entries.contains(where: { $0.guest == .running }) else {
            return entry.guest
        }
        return .unknown
    }

    /// The images of a disk, if they were inspected.
    ///
    /// - Complexity: O(1) expected.
    public subscript(disk: String) -> ImageChain? {
        indexes[Array(disk.utf8)].map { entries[$0].chain }
    }

    /// Returns why a disk's images could not be inspected; nil if nobody tried.
    public func reason(for disk: String) -> String? { reasons[Array(disk.utf8)] }
}
