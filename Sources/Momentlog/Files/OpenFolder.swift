import CShims
import Files
import Glibc
import Moments

/// An open folder. Operations through its descriptor affect this folder, even if another process
/// renames or replaces it.
///
/// It is a class because it owns a descriptor.
package final class OpenFolder {
    let descriptor: CInt
    /// Its path when it was opened; `/` for the root.
    package let path: String
    let identity: FileIdentity

    private init(_ descriptor: CInt, _ path: String) throws(MomentlogError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let failure = Self.failure("examine", path)
            close(descriptor)
            throw failure
        }
        self.descriptor = descriptor
        self.path = path
        identity = FileIdentity(status)
    }

    /// Opens the folder that a path leads to.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused`.
    package convenience init(_ path: String) throws(MomentlogError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        try self.init(descriptor, path)
    }

    /// Opens the folder that a path leads to; nil if there is none.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused`.
    static func existing(_ path: String) throws(MomentlogError) -> OpenFolder? {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw failure("open", path) }
            return nil
        }
        return try OpenFolder(descriptor, path)
    }

    deinit { close(descriptor) }

    /// Returns the path of something in it.
    package func path(of name: String) -> String {
        path.hasSuffix("/") ? path + name : path + "/" + name
    }

    static func failure(_ verb: String, _ path: String) -> MomentlogError {
        MomentlogError(
            .outputRefused, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }

    // MARK: What is in it

    /// Returns the status of a name in it, without following a link; nil if there is none.
    func status(of name: String) -> stat? {
        var status = stat()
        return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    /// Returns whether a name in it leads to this very file or folder.
    package func holds(_ folder: OpenFolder, at name: String) -> Bool {
        holds(folder.identity, at: name)
    }

    func holds(_ identity: FileIdentity, at name: String) -> Bool {
        status(of: name).map(FileIdentity.init) == identity
    }

    /// Opens a folder in it; a link is not followed.
    func folder(_ name: String) throws(MomentlogError) -> OpenFolder {
        let found = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard found >= 0 else { throw Self.failure("open", path(of: name)) }
        return try OpenFolder(found, path(of: name))
    }

    // MARK: Writing

    /// Creates a folder in it that only its owner can read and enter; nil if the name is taken.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused`, also if another process has replaced it.
    package func createPrivateFolder(_ name: String) throws(MomentlogError) -> OpenFolder? {
        guard mkdirat(descriptor, name, 0o700) == 0 else {
            guard errno == EEXIST else { throw Self.failure("create", path(of: name)) }
            return nil
        }
        do throws(MomentlogError) {
            let folder = try self.folder(name)
            try folder.checkOwnership()
            return folder
        } catch {
            // It is empty, or belongs to somebody else and stays.
            unlinkat(descriptor, name, AT_REMOVEDIR)
            throw error
        }
    }

    /// - Throws: ``MomentlogError`` with `output-refused` unless the folder is this user's, and as
    ///   private as the file system permits.
    private func checkOwnership() throws(MomentlogError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure("examine", path) }
        guard status.st_uid == geteuid() else {
            throw MomentlogError(
                .outputRefused,
                "\(path) was created just now and belongs to another user: another process has"
                    + " replaced it, or its file system keeps no owners",
                hint: "choose a folder that no other user can write to")
        }
        guard status.st_mode & 0o077 != 0 else { return }
        // Its file system has the same mode for all folders, or another folder has replaced it.
        guard try isEmpty else { throw replaced }
        _ = fchmod(descriptor, 0o700)
    }

    /// Creates a staging folder with a random name in it.
    ///
    /// - Parameter prefix: The prefix of its name.
    package func createStagingFolder(
        _ prefix: String
    ) throws(MomentlogError) -> (folder: OpenFolder, name: String) {
        for _ in 0..<8 {
            let name = "\(prefix)\(UInt64.random(in: .min ... .max))"
            if let folder = try createPrivateFolder(name) { return (folder, name) }
        }
        throw MomentlogError(.outputRefused, "cannot create a staging folder in \(path)")
    }

    private var isEmpty: Bool {
        get throws(MomentlogError) {
            do throws(FileBytes.Failure) {
                return try FolderListing.entries(in: self).isEmpty
            } catch {
                throw MomentlogError(
                    .outputRefused, "cannot list \(path): \(error.reason)", cause: error)
            }
        }
    }

    /// The error of a folder that another process has replaced.
    var replaced: MomentlogError {
        MomentlogError(
            .outputRefused, "\(path) was moved or replaced by another process",
            hint: "choose a folder that no other user can write to")
    }

    /// Creates a file in it that only its owner can read.
    ///
    /// - Parameter isDurable: Whether it is on stable storage afterwards.
    /// - Throws: ``MomentlogError`` with `output-refused`; what was created stays.
    /// - Returns: The file's identity.
    @discardableResult
    func write(
        _ bytes: [UInt8], to name: String, isDurable: Bool = false
    ) throws(MomentlogError) -> FileIdentity {
        let path = path(of: name)
        let file = openat(
            descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure("create", path) }
        var isOpen = true
        defer { if isOpen { close(file) } }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(file, buffer.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write", path) }
            written += count
        }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw Self.failure("examine", path) }
        if isDurable, fsync(file) != 0 { throw Self.failure("sync", path) }
        isOpen = false
        guard close(file) == 0 else { throw Self.failure("write", path) }
        return FileIdentity(status)
    }

    /// Writes the names in it to stable storage.
    package func sync() throws(MomentlogError) {
        guard fsync(descriptor) == 0 else { throw Self.failure("sync", path) }
    }

    /// Removes a file in it.
    func removeFile(_ name: String) { unlinkat(descriptor, name, 0) }

    /// Removes an empty folder in it, unless another has replaced it.
    package func remove(_ folder: OpenFolder, at name: String) {
        if holds(folder, at: name) { unlinkat(descriptor, name, AT_REMOVEDIR) }
    }
}
