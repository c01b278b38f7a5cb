import CShims
import Foundation
import Moments

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The staging directory of one export, beside the folders that it will publish.
///
/// Folders are written here, flushed, and then renamed, so that each appears complete or not at
/// all. A former export is replaced by exchanging the two names in one step, and moved next to
/// the output folder afterwards.
///
/// It removes nothing but the files and directories that it has created itself, one by one. What
/// a crash leaves behind stays where it is.
///
/// It is a class because it owns a descriptor: one that was open before the first write reports
/// every failure of the kernel to write back.
final class ExportStaging {
    /// How the name of a staging directory begins.
    private static let prefix = ".momentlog-export-"

    /// The folder that the exported folders will be in, without links.
    private let parent: String
    private let path: String
    private let replaces: Bool
    private let isFlat: Bool
    private let descriptor: CInt
    private var folders: [Folder] = []

    /// One folder that is written, or published.
    private struct Folder {
        /// Where it will be.
        let target: String
        /// Its name in the folder of replaced exports.
        let replacedName: String
        /// Where it is written.
        let draft: String
        /// The files that were written.
        var files: [String] = []
        /// Whether the draft is no longer where it was written.
        var isPublished = false
    }

    /// Creates a staging directory.
    ///
    /// - Parameters:
    ///   - parent: The folder that the exported folders will be in; created if it is missing.
    ///   - replaces: Whether former exports are replaced.
    ///   - isFlat: Whether the one folder to come is the output folder itself.
    /// - Throws: ``MomentlogError`` with `output-refused`.
    init(in parent: String, replaces: Bool, isFlat: Bool) throws(MomentlogError) {
        self.parent = try Self.resolved(parent)
        self.replaces = replaces
        self.isFlat = isFlat
        for _ in 0..<8 {
            let path = "\(self.parent)/\(Self.prefix)\(UInt64.random(in: .min ... .max))"
            if mkdir(path, 0o700) != 0 {
                guard errno == EEXIST else { throw Self.failure("create", path) }
                continue
            }
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else {
                let failure = Self.failure("open", path)
                rmdir(path)
                throw failure
            }
            // Earlier versions remove such directories unless they are locked.
            _ = flock(descriptor, LOCK_EX | LOCK_NB)
            self.path = path
            self.descriptor = descriptor
            return
        }
        throw MomentlogError(.outputRefused, "other exports into \(parent) are in progress")
    }

    deinit {
        discard()
        close(descriptor)
    }

    /// Whether a folder is a staging directory that a crash has left behind. A domain's folder
    /// of such a name holds files; a staging directory holds folders alone.
    static func isLeftover(_ path: String) -> Bool {
        let name = URL(fileURLWithPath: path).lastPathComponent
        guard name.hasPrefix(prefix), UInt64(name.dropFirst(prefix.count)) != nil,
            let entries = try? FolderListing.entries(in: path)
        else { return false }
        return entries.allSatisfy { $0.kind == .folder }
    }

    // MARK: Writing

    /// Begins a folder.
    ///
    /// - Parameters:
    ///   - name: Its name in the output folder.
    ///   - replacedName: The name under which a former export that it replaces is kept.
    /// - Throws: ``MomentlogError`` with `output-refused` if something else is in its place.
    func begin(_ name: String, replacedName: String) throws(MomentlogError) {
        let target = parent + "/" + name
        _ = try occupant(of: target)
        let draft = "\(path)/\(folders.count)"
        guard mkdir(draft, 0o700) == 0 else { throw Self.failure("create", draft) }
        folders.append(Folder(target: target, replacedName: replacedName, draft: draft))
    }

    /// Writes a file that only its owner can read into the folder that was begun last.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused`.
    func write(_ bytes: [UInt8], to name: String) throws(MomentlogError) {
        guard let last = folders.indices.last else { return }
        let file = folders[last].draft + "/" + name
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("create", file) }
        defer { close(descriptor) }
        folders[last].files.append(name)
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

    // MARK: Publishing

    /// Renames all folders to where they belong.
    ///
    /// - Returns: For each folder its path, and where the former export that it has replaced is
    ///   now.
    /// - Throws: ``MomentlogError`` with `output-refused`.
    func publish(
        at time: Timestamp
    ) throws(MomentlogError) -> [(path: String, replaced: String?)] {
        try flush()
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure("examine", path) }
        var replacesAny = false
        for folder in folders where try occupant(of: folder.target) == .formerExport {
            replacesAny = true
        }
        let output = isFlat ? folders[0].target : parent
        let kept =
            replacesAny
            ? try ReplacedFolder(beside: output, of: status.st_dev, at: time) : nil
        defer { kept?.removeIfEmpty() }
        var published: [(String, String?)] = []
        for index in folders.indices {
            let replaced = try publish(index, keeping: kept)
            published.append((folders[index].target, replaced))
        }
        try Self.syncFolder(parent)
        if let kept {
            try Self.syncFolder(kept.path)
            try Self.syncFolder(URL(fileURLWithPath: kept.path).deletingLastPathComponent().path)
        }
        return published
    }

    private func publish(
        _ index: Int, keeping kept: ReplacedFolder?
    ) throws(MomentlogError) -> String? {
        let folder = folders[index]
        guard try occupant(of: folder.target) == .formerExport, let kept else {
            // This succeeds over an empty folder, but over nothing else.
            guard rename(folder.draft, folder.target) == 0 else {
                throw Self.failure("rename \(folder.draft) to", folder.target)
            }
            folders[index].isPublished = true
            return nil
        }
        guard momentlog_exchange(folder.draft, folder.target) == 0 else {
            throw Self.failure("exchange \(folder.draft) with", folder.target)
        }
        folders[index].isPublished = true
        let replaced = kept.path + "/" + folder.replacedName
        guard rename(folder.draft, replaced) == 0 else {
            let failure = Self.failure("move the former export to", replaced)
            guard momentlog_exchange(folder.draft, folder.target) == 0 else {
                throw MomentlogError(
                    .outputRefused, failure.message,
                    hint: "the former export is in \(folder.draft)")
            }
            folders[index].isPublished = false
            throw failure
        }
        return replaced
    }

    /// Flushes all that was written in one go: to sync each of many small files would take as
    /// many flushes of the disk.
    private func flush() throws(MomentlogError) {
        guard momentlog_sync_file_system(descriptor) == 0 else { throw Self.failure("sync", path) }
        for folder in folders { try Self.syncFolder(folder.draft) }
    }

    /// Removes what was written and not published.
    func discard() {
        for folder in folders where !folder.isPublished {
            for file in folder.files { unlink(folder.draft + "/" + file) }
            rmdir(folder.draft)
        }
        folders = []
        rmdir(path)
    }

    // MARK: What is in the way

    /// What is where a folder is to be.
    private enum Occupant { case nothing, emptyFolder, formerExport }

    private func occupant(of path: String) throws(MomentlogError) -> Occupant {
        var status = stat()
        guard lstat(path, &status) == 0 else { return .nothing }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFDIR else {
            throw MomentlogError(
                .outputRefused,
                "\(path) exists and is \(kind == S_IFLNK ? "a symbolic link" : "not a folder")",
                hint: "choose another output folder")
        }
        let here = FileManager.default.currentDirectoryPath
        guard here != path && !here.hasPrefix(path + "/") else {
            throw MomentlogError(
                .outputRefused,
                "\(path) is the working directory of this command, or above it",
                hint: "choose a folder below it, or run the command elsewhere")
        }
        let entries: [String]
        do {
            entries = try FolderListing.names(in: path)
        } catch {
            throw MomentlogError(
                .outputRefused, "the folder \(path) cannot be listed: \(error.reason)", cause: error
            )
        }
        if entries.isEmpty { return .emptyFolder }
        if let obstacle = FormerExport.obstacle(in: path, entries) {
            throw MomentlogError(
                .outputRefused,
                "the folder \(path) is not empty and not a former export: it \(obstacle.reason)",
                hint: "choose another output folder")
        }
        guard replaces else {
            throw MomentlogError(
                .outputRefused, "the folder \(path) holds a former export",
                hint: "replace it, which moves it next to the output folder, or choose another"
                    + " output folder")
        }
        return .formerExport
    }

    // MARK: System calls

    /// The folder that a path lies in, and its name there.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused` for a path that cannot be resolved.
    static func split(_ path: String) throws(MomentlogError) -> (parent: String, name: String) {
        var url = URL(fileURLWithPath: path)
        // Links on the way are followed as the kernel does.
        if [".", "..", "/"].contains(url.lastPathComponent) {
            url = URL(fileURLWithPath: try resolved(path))
        }
        return (url.deletingLastPathComponent().path, url.lastPathComponent)
    }

    /// A folder's path without links; the folder is created if it is missing.
    private static func resolved(_ folder: String) throws(MomentlogError) -> String {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw MomentlogError(
                .outputRefused,
                "cannot create the folder \(folder): \(error.localizedDescription)", cause: error)
        }
        guard let resolved = realpath(folder, nil) else { throw failure("resolve", folder) }
        defer { free(resolved) }
        let path = String(cString: resolved)
        return path == "/" ? "" : path
    }

    private static func syncFolder(_ folder: String) throws(MomentlogError) {
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync", folder) }
    }

    private static func failure(_ verb: String, _ path: String) -> MomentlogError {
        MomentlogError(
            .outputRefused, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
