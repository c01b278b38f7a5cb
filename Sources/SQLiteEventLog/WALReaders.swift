import EventLog
import Foundation

/// The processes that have a transaction open in a store's WAL.
///
/// The kernel lists the locks on its index, in which SQLite has a byte for each of five positions
/// that readers can have in the WAL (<https://www.sqlite.org/walformat.html#wal_locks>).
struct WALReaders: Sendable {
    /// In rising order; nil if the kernel does not tell.
    let processes: [Int32]?

    private static let places = 123...127

    init(_ files: StoreFiles) {
        guard let index = FileDetails(path: files.sharedMemory) else {
            processes = []
            return
        }
        guard let text = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) else {
            processes = nil
            return
        }
        let inode = ":\(index.identity.inode)"
        var found: Set<Int32> = []
        for line in text.split(separator: "\n") {
            // 1: POSIX  ADVISORY  READ 4711 08:01:131 123 123
            let words = line.split(separator: " ")
            guard words.count == 8, words[3] == "READ", words[5].hasSuffix(inode),
                let process = Int32(words[4]), let first = Int(words[6]),
                Self.places.contains(first)
            else { continue }
            found.insert(process)
        }
        processes = found.sorted()
    }

    /// For people: numbers with commas between them.
    var text: String {
        guard let processes else { return "unknown" }
        return processes.isEmpty ? "none" : processes.map(String.init).joined(separator: ", ")
    }
}
