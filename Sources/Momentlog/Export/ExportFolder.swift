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
    private let replaces: Bool
    private let descriptor: CInt

    /// What stands in the name of a folder aside, behind a dot and the name to come.
    private static let draftMark = ".momentlog-"

    /// Whether a folder is one that an export wrote aside.
    static func isDraft(_ path: String) -> Bool {
        let name = URL(fileURLWithPath: path).lastPathComponent
        return name.hasPrefix(".") && name.contains(draftMark)
    }

    /// Begins a folder.
    ///
    /// - Parameters:
    ///   - path: Where it will be. Folders above it are made.
    ///   - replaces: Whether it may take the place of one that holds something.
    /// - Throws: ``MomentlogError`` with `output-refused`.
    static func begin(
        at path: String, replaces: Bool
    ) throws(MomentlogError) -> ExportFolder {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        let parent = url.deletingLastPathComponent().path
        let prefix = "." + url.lastPathComponent + draftMark
        let draft = "\(parent)/\(prefix)\(getpid())-\(UInt32.random(in: .min ... .max))"
        try checkTarget(url.path, replaces: replaces)
        do {
            try FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true)
        } catch {
            throw MomentlogError(
                .outputRefused, "the folder \(parent) cannot be made", cause: error)
        }
        removeAbandoned(in: parent, prefix: prefix)
        guard mkdir(draft, 0o700) == 0 else { throw failure("make", draft) }
        let descriptor = open(draft, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", draft) }
        // Held as long as this export lives, so that others leave its files alone.
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
        return ExportFolder(
            path: url.path, draft: draft, replaces: replaces, descriptor: descriptor)
    }

    private init(path: String, draft: String, replaces: Bool, descriptor: CInt) {
        self.path = path
        self.draft = draft
        self.replaces = replaces
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Removes what exports that were killed left aside: nobody holds its lock.
    private static func removeAbandoned(in parent: String, prefix: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for name in names where name.hasPrefix(prefix) {
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
        _ path: String, replaces: Bool
    ) throws(MomentlogError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw MomentlogError(
                .outputRefused, "\(path) is there and is no folder",
                hint: "name another --output, or remove it")
        }
        let entries: [String]
        do {
            entries = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw MomentlogError(
                .outputRefused, "the folder \(path) cannot be listed", cause: error)
        }
        guard entries.isEmpty || replaces else {
            throw MomentlogError(
                .outputRefused, "the folder \(path) holds something already",
                hint: "--replace swaps it whole; stale files would bring deleted checkpoints back")
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
        try Self.checkTarget(path, replaces: replaces)
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
