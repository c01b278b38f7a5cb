import Glibc
import Moments

/// A folder that was opened, with the missing parent folders that were created for it.
struct CreatedFolders {
    let folder: OpenFolder

    /// The folders that were created, the outermost first.
    private let created: [(above: OpenFolder, name: String, folder: OpenFolder)]

    /// Opens the folder that a path leads to; what is missing of the path is created, and each
    /// new name written to stable storage.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused`; what was created is removed then.
    init(_ path: String) throws(MomentlogError) {
        var (folder, missing) = try Self.existing(path)
        var created: [(above: OpenFolder, name: String, folder: OpenFolder)] = []
        do throws(MomentlogError) {
            while let name = missing.popLast() {
                let above = folder
                if mkdirat(above.descriptor, name, 0o777) == 0 {
                    do throws(MomentlogError) {
                        folder = try above.folder(name)
                    } catch {
                        unlinkat(above.descriptor, name, AT_REMOVEDIR)
                        throw error
                    }
                    created.append((above, name, folder))
                    try above.sync()
                } else if errno == EEXIST {
                    folder = try OpenFolder(above.path(of: name))
                } else {
                    throw OpenFolder.failure("create the folder", above.path(of: name))
                }
            }
        } catch {
            Self.remove(created)
            throw error
        }
        self.folder = folder
        self.created = created
    }

    /// Returns the innermost existing folder of a path, and the names below it, the last first.
    private static func existing(
        _ path: String
    ) throws(MomentlogError) -> (folder: OpenFolder, missing: [String]) {
        var rest = path.utf8[...]
        var missing: [String] = []
        let slash = UInt8(ascii: "/")
        while true {
            let above = rest.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : String(Substring(rest))
            if let folder = try OpenFolder.existing(above) { return (folder, missing) }
            guard !rest.isEmpty else { throw OpenFolder.failure("open", above) }
            while rest.last == slash { rest.removeLast() }
            let start = rest.lastIndex(of: slash).map { rest.index(after: $0) } ?? rest.startIndex
            missing.append(String(Substring(rest[start...])))
            rest = rest[..<start]
            while rest.last == slash { rest.removeLast() }
        }
    }

    /// Removes the folders that were created, those that are still empty and where they were.
    func remove() { Self.remove(created) }

    private static func remove(
        _ created: [(above: OpenFolder, name: String, folder: OpenFolder)]
    ) {
        for (above, name, folder) in created.reversed() { above.remove(folder, at: name) }
    }
}
