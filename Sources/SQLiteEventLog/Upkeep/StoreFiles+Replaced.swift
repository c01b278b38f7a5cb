import EventLog
import Foundation

extension StoreFiles {
    /// The text between a store's name and the time at which a restoration kept it as a backup
    /// copy.
    static let replacedMark = ".replaced-"

    /// The last store that a restoration kept and that still exists; nil if there is none.
    ///
    /// - Complexity: O(*n*) in the files of the store's folder.
    var lastReplaced: StoreFiles? {
        let url = URL(fileURLWithPath: database)
        let folder = url.deletingLastPathComponent().path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        // Times of one form sort chronologically.
        let last = names.filter { name in
            name.hasPrefix(url.lastPathComponent + Self.replacedMark)
                && ![".head", "-wal", "-shm"].contains { name.hasSuffix($0) }
        }.max()
        return last.map { StoreFiles(path: folder + "/" + $0) }
    }
}
