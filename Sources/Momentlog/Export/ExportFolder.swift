import CShims
import Foundation
import Moments

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A folder that appears under its name only when all its files are written and on
/// stable storage.
///
/// Files are written into a folder beside it, whose name begins with a dot; that
/// one is synced and then renamed. Over a folder that holds something it is put by
/// exchanging the two names in one step, so that at no moment nothing is there.
///
/// It does not copy, because it owns the descriptor of the folder aside: one that
/// was open before the first write hears of every failure to write back.
struct ExportFolder: ~Copyable {
    /// Where the folder will be.
    let path: String

    private let draft: String
    private let replacement: Replacement
    private let descriptor: CInt

    /// How the name of a folder aside begins.
    private static let draftPrefix = ".momentlog-export-"

    /// Whether a folder is one that an export wrote aside.
    static func isDraft(_ path: String) -> Bool {
        URL(fileURLWithPath: path).lastPathComponent.hasPrefix(draftPrefix)
    }

    /// Begins a folder.
    ///
    /// - Parameters:
    ///   - path: Where it will be. Folders above it are made.
    ///   - replacement: What may be there before.
    /// - Throws: ``MomentlogError`` with `output-refused`.
    static func begin(
        at path: String, replacing replacement: Replacement
    ) throws(MomentlogError) -> ExportFolder {
        let (parent, name) = try place(of: path)
        let target = parent + "/" + name
        try checkTarget(target, replacement)
        removeAbandoned(in: parent)
        for _ in 0..<8 {
            let draft = "\(parent)/\(draftPrefix)\(UInt64.random(in: .min ... .max))"
            guard mkdir(draft, 0o700) == 0 else { throw failure("make", draft) }
            let descriptor = open(draft, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            // Held as long as this export lives, so that others leave its files alone.
            // One that looked before may have taken it for abandoned: then anew.
            if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0,
                access(draft, F_OK) == 0
            {
                return ExportFolder(
                    path: target, draft: draft, replacement: replacement, descriptor: descriptor)
            }
            if descriptor >= 0 { close(descriptor) }
        }
        throw MomentlogError(.outputRefused, "other exports into \(parent) are in the way")
    }

    /// What a folder may take the place of.
    enum Replacement {
        /// Only nothing, or an empty folder.
        case nothing
        /// A folder and all that is in it.
        case anything
        /// A folder that holds files alone: it is the one that was named itself, and
        /// may be a mistake.
        case files
    }

    /// The folder that a path lies in, made if need be, and its name there.
    private static func place(of path: String) throws(MomentlogError) -> (String, String) {
        let url = URL(fileURLWithPath: path)
        let isDot = [".", "..", "/"].contains(url.lastPathComponent)
        let parent = isDot ? path : url.deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true)
        } catch {
            throw MomentlogError(
                .outputRefused,
                "the folder \(parent) cannot be made: \(error.localizedDescription)", cause: error)
        }
        // Links on the way are followed as the kernel does.
        guard let resolved = realpath(parent, nil) else { throw failure("resolve", parent) }
        defer { free(resolved) }
        let folder = String(cString: resolved)
        guard isDot else { return (folder == "/" ? "" : folder, url.lastPathComponent) }
        let whole = URL(fileURLWithPath: folder)
        return (whole.deletingLastPathComponent().path, whole.lastPathComponent)
    }

    private init(path: String, draft: String, replacement: Replacement, descriptor: CInt) {
        self.path = path
        self.draft = draft
        self.replacement = replacement
        self.descriptor = descriptor
    }

    /// Removes what exports that were killed left aside: nobody holds its lock.
    private static func removeAbandoned(in parent: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for name in names where name.hasPrefix(draftPrefix) {
            let path = parent + "/" + name
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                try? FileManager.default.removeItem(atPath: path)
            }
            close(descriptor)
        }
    }

    private static func checkTarget(
        _ path: String, _ replacement: Replacement
    ) throws(MomentlogError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFDIR else {
            throw MomentlogError(
                .outputRefused,
                "\(path) is there and is \(kind == S_IFLNK ? "a symbolic link" : "no folder")",
                hint: "name another --output, or remove it")
        }
        let here = FileManager.default.currentDirectoryPath
        guard here != path && !here.hasPrefix(path + "/") else {
            throw MomentlogError(
                .outputRefused, "\(path) is the folder that this command runs in, or above it",
                hint: "name a folder below it: a new folder takes the place of the old one")
        }
        let entries: [String]
        do {
            entries = try FolderListing.names(in: path)
        } catch {
            throw MomentlogError(
                .outputRefused, "the folder \(path) cannot be listed: \(error.reason)",
                cause: error)
        }
        if entries.isEmpty { return }
        switch replacement {
        case .anything: return
        case .nothing:
            throw MomentlogError(
                .outputRefused, "the folder \(path) holds something already",
                hint: "--replace swaps it whole; stale files would bring deleted checkpoints back")
        case .files:
            var isFolder: ObjCBool = false
            for entry in entries
            where FileManager.default.fileExists(atPath: path + "/" + entry, isDirectory: &isFolder)
                && isFolder.boolValue
            {
                throw MomentlogError(
                    .outputRefused,
                    "the folder \(path) holds a folder, \(entry), and would go whole",
                    hint: "move it away if \(path) is the one to replace")
            }
        }
    }

    /// Writes a file that only its owner can read.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused`.
    func write(_ bytes: [UInt8], to name: String) throws(MomentlogError) {
        let file = draft + "/" + name
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("make", file) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write", file) }
            written += count
        }
    }

    /// Lets the folder appear under its name.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused`; nothing has appeared then.
    func publish() throws(MomentlogError) {
        try syncFiles()
        try Self.checkTarget(path, replacement)
        // Over an empty folder, or none, a rename is enough.
        if rename(draft, path) != 0 {
            guard errno == ENOTEMPTY || errno == EEXIST else { throw Self.failure("rename", path) }
            guard momentlog_exchange(draft, path) == 0 else { throw Self.failure("exchange", path) }
        }
        try syncFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        discard()
    }

    /// Removes what was written aside; after an exchange, what was there before.
    func discard() {
        try? FileManager.default.removeItem(atPath: draft)
    }

    /// Brings all that was written to stable storage in one go: to sync each of many
    /// small files would take as many flushes of the disk.
    private func syncFiles() throws(MomentlogError) {
        guard momentlog_sync_file_system(descriptor) == 0 else { throw Self.failure("sync", draft) }
        try syncFolder(draft)
    }

    private func syncFolder(_ folder: String) throws(MomentlogError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.failure("sync", folder) }
    }

    private static func failure(_ verb: String, _ path: String) -> MomentlogError {
        MomentlogError(
            .outputRefused, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
