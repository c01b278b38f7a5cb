import EventLog
import Foundation

extension StoreFiles {
    /// The text between a store's name and the time at which a restoration kept it as a backup
    /// copy.
    static let replacedMark = ".replaced-"

    /// The last store that a restoration kept, or only parts of it if the restoration was cut off;
    /// nil if there is none.
    ///
    /// - Complexity: O(*n*) in the files of the store's folder.
    var lastReplaced: StoreFiles? {
        let url = URL(fileURLWithPath: database)
        let folder = url.deletingLastPathComponent().path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        // Times of one form sort chronologically.
        let last = names.filter { $0.hasPrefix(url.lastPathComponent + Self.replacedMark) }.map {
            name in
            let ending = [".head", "-wal", "-shm", "-journal"].first { name.hasSuffix($0) }
            return String(name.dropLast(ending?.count ?? 0))
        }.max()
        return last.map { StoreFiles(path: folder + "/" + $0) }
    }
}
