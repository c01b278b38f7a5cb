import CFaultVFS

/// The calls of SQLite to the file system that can be made to fail.
enum FailingCall: Int32, CaseIterable {
    case read, write, shortWrite, full, sync, open, truncate, delete, lock, shmMap, shmLock
    case size, access, memory

    static let ofFiles = allCases.filter { $0 != .memory }

    /// Lets the n-th of them fail from now on, or it and all after it.
    func arm(_ nth: Int, isForEver: Bool) { faultvfs_arm(rawValue, nth, isForEver ? 1 : 0) }

    /// Lets nothing fail any more; returns how often something did.
    static func disarm() -> Int { faultvfs_disarm() }
}
