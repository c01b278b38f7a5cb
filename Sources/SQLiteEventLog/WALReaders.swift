import CShims
import EventLog
import Files
import Foundation

/// The processes that have a transaction open in a store's WAL.
///
/// In the WAL's index, SQLite has a byte for each of five positions that readers can have in the
/// WAL (<https://www.sqlite.org/walformat.html#wal_locks>). Two sources are combined: the kernel
/// names one holder of each byte reliably, and lists all holders of all locks, but may omit some
/// while others change.
struct WALReaders: Sendable {
    /// In ascending order; nil if the kernel does not show them.
    let processes: [Int32]?

    private static let places = 123...127

    /// - Complexity: O(*n*) in the locks of the machine and the descriptors of this process.
    init(_ files: StoreFiles) {
        guard let index = FileDetails(path: files.sharedMemory)?.identity else {
            processes = []
            return
        }
        let listed = Self.listed(index)
        let certain = Self.certain(index)
        guard listed != nil || certain != nil else {
            processes = nil
            return
        }
        let found = (listed ?? []).union(certain ?? [])
        // It cannot be named: it is in another namespace of processes.
        processes = found == [-1] ? nil : found.filter { $0 > 0 }.sorted()
    }

    /// Returns one holder of each position; nil if this process does not have the index open.
    ///
    /// The descriptor is SQLite's own: closing another one would release SQLite's locks
    /// (<https://man7.org/linux/man-pages/man2/F_GETLK.2const.html>).
    private static func certain(_ index: FileIdentity) -> Set<Int32>? {
        guard let descriptor = StoreParts.openDescriptors(of: [index])?[index] else { return nil }
        return Set(places.map { momentlog_lock_holder(descriptor, $0) }.filter { $0 != 0 })
    }

    /// Returns those in the kernel's list, which is read in pages that are not of one moment.
    private static func listed(_ index: FileIdentity) -> Set<Int32>? {
        guard let text = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) else {
            return nil
        }
        let inode = ":\(index.inode)"
        var found: Set<Int32> = []
        for line in text.split(separator: "\n") {
            // 1: POSIX  ADVISORY  READ 4711 08:01:131 123 123
            let words = line.split(separator: " ")
            guard words.count == 8, words[3] == "READ", words[5].hasSuffix(inode),
                let process = Int32(words[4]), let first = Int(words[6]), places.contains(first)
            else { continue }
            found.insert(process)
        }
        return found
    }

    /// The numbers, separated by commas, for messages.
    var text: String {
        guard let processes else { return "unknown" }
        return processes.isEmpty ? "none" : processes.map(String.init).joined(separator: ", ")
    }
}
