import Foundation

/// A folder for stores, in memory where that can be: what is synced is counted by the harness,
/// not by a disk. It goes away with the last reference to it, and so is a class.
final class FastFolder: Sendable {
    let url: URL

    init() throws {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let parent =
            FileManager.default.isWritableFile(atPath: memory.path)
            ? memory : FileManager.default.temporaryDirectory
        url = parent.appending(path: "momentlog-faults-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The database file of a store in it.
    var store: String { url.appending(path: "store.db").path }

    /// Removes everything in it.
    func empty() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: url.path) {
            try FileManager.default.removeItem(at: url.appending(path: name))
        }
    }

    /// The files of the store, by what follows its name.
    func files() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for suffix in ["", "-wal", "-journal", ".head"] {
            let url = URL(fileURLWithPath: store + suffix)
            if let data = try? Data(contentsOf: url) { files[suffix] = data }
        }
        return files
    }

    /// Puts the files of a store in the place of what is there.
    func replace(with files: [String: Data]) throws {
        try empty()
        for (suffix, data) in files { try data.write(to: URL(fileURLWithPath: store + suffix)) }
    }

    /// All files, by their paths in the folder.
    func everything() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: url.path)
        where !name.hasSuffix("-shm") {
            let file = url.appending(path: name)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder),
                !isFolder.boolValue
            else { continue }
            files[name] = try Data(contentsOf: file)
        }
        return files
    }

    /// Puts files in the place of all that is there.
    func replaceEverything(with files: [String: Data]) throws {
        try empty()
        for (name, data) in files {
            let file = url.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: file)
        }
    }
}
