import Foundation
import Glibc

/// What another process does to one file of a store.
struct StoreOpponent: Sendable {
    /// A file of a store, by what follows the database's name.
    enum Part: String, CaseIterable, Sendable {
        case database = ""
        case writeAheadLog = "-wal"
        case sharedMemory = "-shm"
        case head = ".head"
    }

    enum Move: String, CaseIterable, Sendable {
        /// The file gets another name in the same folder.
        case rename
        case remove
        /// The file gets a second name.
        case link
        /// Another store's file is put in its place.
        case replace
        /// A symbolic link to a file that is not the store's is put in its place.
        case linkSymbolically
        /// A second name of a file that is not the store's is put in its place.
        case linkForeign
    }

    let part: Part
    let move: Move
    /// Where the opponent keeps what it takes away and puts in place; on the same file system.
    let vault: FastFolder

    private static let foreign = Data("This is no file of the store.\n".utf8)

    /// - Parameter other: The file of another store, if that has one.
    init(_ part: Part, _ move: Move, other: Data?) throws {
        self.part = part
        self.move = move
        vault = try FastFolder()
        let foreign = vault.url.appending(path: "foreign")
        try Self.foreign.write(to: foreign)
        chmod(foreign.path, 0o640)
        try (other ?? Data()).write(to: vault.url.appending(path: "other"))
    }

    /// Makes the move; returns whether anything was changed.
    func act(on folder: FastFolder) -> Bool {
        let file = folder.store + part.rawValue
        let original = vault.url.appending(path: "original").path
        switch move {
        case .rename: return Glibc.rename(file, file + ".moved") == 0
        case .link: return Glibc.link(file, file + ".link") == 0
        case .remove: return Glibc.link(file, original) == 0 && unlink(file) == 0
        case .replace:
            _ = Glibc.rename(file, original)
            return Glibc.rename(vault.url.appending(path: "other").path, file) == 0
        case .linkSymbolically:
            _ = Glibc.rename(file, original)
            return symlink(vault.url.appending(path: "foreign").path, file) == 0
        case .linkForeign:
            _ = Glibc.rename(file, original)
            return Glibc.link(vault.url.appending(path: "foreign").path, file) == 0
        }
    }

    /// The file that the command began with, whatever its name is now; nil if there was none.
    func original(in folder: FastFolder) -> Data? {
        let file = folder.store + part.rawValue
        let path =
            switch move {
            case .rename: file + ".moved"
            case .link: file + ".link"
            default: vault.url.appending(path: "original").path
            }
        return FileManager.default.contents(atPath: path)
    }

    /// Whether SQLite opens the file by its path and writes to it at once, so that a file that was
    /// put there right before it cannot be protected; see RELIABILITY.md.
    var isBeyondControl: Bool { part == .sharedMemory && move == .linkForeign }

    /// What was changed outside of the store's folder; nil if nothing was.
    var damage: String? {
        let file = vault.url.appending(path: "foreign").path
        guard FileManager.default.contents(atPath: file) == Self.foreign else {
            return "a file that is not the store's was written to"
        }
        var status = stat()
        guard lstat(file, &status) == 0, status.st_mode & 0o777 == 0o640 else {
            return "the mode of a file that is not the store's was changed"
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: vault.url.path)) ?? []
        let strange = Set(names).subtracting(["foreign", "other", "original"])
        return strange.isEmpty ? nil : "\(strange.sorted()) appeared outside of the store"
    }
}
