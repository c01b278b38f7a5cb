import CShims
import EventLog
import Files
import Foundation
import Glibc
import Moments

/// A new staging folder beside a path, which only its creator can use, for files that are to be
/// moved there when they are complete.
///
/// All operations are relative to open folders: the owner of the surrounding folder may move it, or
/// replace it, without effect.
///
/// It is a class because it owns descriptors, and the folder.
final class PrivateFolder: Sendable {
    /// The open parent folder.
    let parent: OpenFolder
    private let folder: OpenFolder
    private let name: String

    /// Creates it beside a file, with missing parent folders.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    init(beside path: String) throws(MomentlogError) {
        let url = URL(fileURLWithPath: path)
        let above = url.deletingLastPathComponent().path
        try NewFolder.make(above)
        parent = try OpenFolder(above)
        name = ".\(url.lastPathComponent).new-\(UUID().uuidString)"
        guard mkdirat(parent.descriptor, name, 0o700) == 0 else {
            throw OpenFolder.failure("make", parent.path + "/" + name)
        }
        folder = try OpenFolder(name, in: parent)
        guard let details = FileDetails(descriptor: folder.descriptor),
            details.owner == geteuid(), details.mode & 0o077 == 0
        else {
            throw MomentlogError(
                .storage, "another folder was put at \(folder.path)",
                hint: "use a folder that nobody else can change")
        }
    }

    deinit {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.ownPath)) ?? [] {
            unlinkat(folder.descriptor, name, 0)
        }
        // By its name: if another folder has it now, that is not empty, or of no use to anybody.
        unlinkat(parent.descriptor, name, AT_REMOVEDIR)
    }

    /// Creates an empty file in it that only its owner can read.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func create(_ name: String) throws(MomentlogError) -> OpenFile {
        let descriptor = openat(
            folder.descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw OpenFolder.failure("make", folder.path + "/" + name)
        }
        let file = OpenFile(descriptor)
        // Set the mode regardless of the umask.
        guard fchmod(descriptor, 0o600) == 0 else {
            throw OpenFolder.failure("make", folder.path + "/" + name)
        }
        return file
    }

    /// Moves a file out of it to an unused name beside it; -1 with `errno` if that fails.
    func move(_ name: String, to target: String) -> CInt {
        momentlog_rename_to_new(folder.descriptor, name, parent.descriptor, target)
    }

    /// Moves back what was moved out.
    func moveBack(_ target: String, to name: String) {
        _ = momentlog_rename_to_new(parent.descriptor, target, folder.descriptor, name)
    }

    /// Exchanges a file in it with one beside it; -1 with `errno` if that fails.
    func exchange(_ name: String, with target: String) -> CInt {
        momentlog_exchange(folder.descriptor, name, parent.descriptor, target)
    }
}

/// A folder that is open until its last reference is released.
///
/// It is a class because it owns a descriptor.
final class OpenFolder: Sendable {
    let descriptor: CInt
    /// For messages.
    let path: String

    /// Opens a folder.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    init(_ path: String) throws(MomentlogError) {
        self.path = path
        descriptor = OpenFile.uninterrupted { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw Self.failure("open", path) }
    }

    /// Opens a folder in a folder, without following a link.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    init(_ name: String, in folder: OpenFolder) throws(MomentlogError) {
        path = folder.path + "/" + name
        descriptor = OpenFile.uninterrupted {
            openat(folder.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
        guard descriptor >= 0 else { throw Self.failure("open", path) }
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    /// A path of the folder for this process, even if it is moved.
    var ownPath: String { "/proc/self/fd/\(descriptor)" }

    /// Returns the identity of the file with a name in it; nil with `errno` if it is not known.
    ///
    /// - Parameter path: Any path of it; its last part counts.
    func identity(of path: String) -> FileIdentity? {
        FileDetails(path: ownPath + "/" + Self.name(path))?.identity
    }

    /// Gives a file of the folder, named by any path of it, an unused name; false with `errno`.
    func rename(_ path: String, to target: String) -> Bool {
        momentlog_rename_to_new(descriptor, Self.name(path), descriptor, Self.name(target)) == 0
    }

    /// Exchanges two files of the folder, given by any paths of them; false with `errno`.
    func exchange(_ path: String, with target: String) -> Bool {
        momentlog_exchange(descriptor, Self.name(path), descriptor, Self.name(target)) == 0
    }

    /// Removes a file of the folder, given by any path of it.
    func remove(_ path: String) { unlinkat(descriptor, Self.name(path), 0) }

    private static func name(_ path: String) -> String {
        URL(fileURLWithPath: path).lastPathComponent
    }

    /// Writes the folder's entries to stable storage.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func sync() throws(MomentlogError) {
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw Self.failure("sync", path) }
    }

    static func failure(_ verb: String, _ path: String) -> MomentlogError {
        let code = errno
        return MomentlogError(
            .storage, "cannot \(verb) \(path): \(String(cString: strerror(code)))",
            hint: code == ENOSPC
                ? "free some space, and try again" : "check the permissions of the folder")
    }
}
