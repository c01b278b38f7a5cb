import EventLog
import Files
import Foundation
import Glibc
import Moments

extension StoreFiles {
    /// Creates an empty database file that only its owner can read, whatever the umask, and its
    /// parent folders, on stable storage.
    ///
    /// `-wal` and `-shm` take their mode from the database.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func create() throws(MomentlogError) {
        try checkNeighbours()
        let folder = URL(fileURLWithPath: database).deletingLastPathComponent().path
        try NewFolder.make(folder)
        try DatabaseFile.create(database)
        try NewFolder.sync(folder)
    }
}

/// Creates folders for a store.
enum NewFolder {
    /// Creates a folder that only its owner can use, and its parents, and syncs each into its
    /// parent.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    static func make(_ path: String) throws(MomentlogError) {
        var missing: [String] = []
        var place = path
        var isMade = mkdir(place, 0o700) == 0
        while !isMade, errno != EEXIST {
            guard errno == ENOENT, place != "/" else { throw failure("make", place) }
            missing.append(place)
            place = parent(of: place)
            isMade = mkdir(place, 0o700) == 0
        }
        if isMade { try sync(parent(of: place)) }
        for path in missing.reversed() {
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("make", path) }
            try sync(parent(of: path))
        }
    }

    /// Writes a folder's entries to stable storage.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    static func sync(_ path: String) throws(MomentlogError) {
        let descriptor = OpenFile.uninterrupted {
            open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        // A user who may add to a folder may not be allowed to read it, and then cannot sync it.
        if descriptor < 0, errno == EACCES { return }
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { _ = close(descriptor) }
        // Some file systems cannot sync folders.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure("sync", path) }
    }

    private static func parent(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }

    private static func failure(_ verb: String, _ path: String) -> MomentlogError {
        MomentlogError(
            .storage, "cannot \(verb) the folder \(path): \(String(cString: strerror(errno)))",
            hint: "name a folder in which you may write")
    }
}
