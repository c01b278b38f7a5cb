import EventLog
import Foundation

extension StoreFiles {
    /// What stands between a store's name and the time at which a restoration put it aside.
    static let asideMark = ".replaced-"

    /// The store that a restoration put aside last and that is still there; nil if there is
    /// none.
    ///
    /// - Complexity: O(*n*) in the files of the store's folder.
    var lastAside: StoreFiles? {
        let url = URL(fileURLWithPath: database)
        let folder = url.deletingLastPathComponent().path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        // Times of one form sort as they follow each other.
        let last = names.filter { name in
            name.hasPrefix(url.lastPathComponent + Self.asideMark)
                && ![".head", "-wal", "-shm"].contains { name.hasSuffix($0) }
        }.max()
        return last.map { StoreFiles(path: folder + "/" + $0) }
    }
}
