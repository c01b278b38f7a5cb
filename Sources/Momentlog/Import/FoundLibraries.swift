import Foundation
import Moments

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What lies at the paths that an import was given.
struct FoundLibraries: Sendable {
    /// The domains' libraries.
    private(set) var libraries: [CheckpointLibrary] = []

    /// Folders that cannot be listed: path and reason.
    private(set) var failures: [(path: String, reason: MomentlogError)] = []

    /// What lies beside domains' folders and is none: path, reason, and whether it
    /// should be something that can be read.
    private(set) var strays: [(path: String, reason: String, isError: Bool)] = []

    /// Finds the libraries at paths: libvirt's `checkpoint` directory with a folder
    /// for each domain, one domain's folder, or files, which together are one
    /// library.
    ///
    /// A folder with a file that looks like a checkpoint is a domain's. One without,
    /// but with folders, is libvirt's directory.
    ///
    /// - Throws: ``MomentlogError`` with `unreadable-file` for a path that is not
    ///   there or a folder that cannot be listed.
    init(at paths: [String]) throws(MomentlogError) {
        var named: [CheckpointFile] = []
        var seen: Set<FileIdentity> = []
        for path in paths {
            guard let isFolder = Self.isFolder(path) else {
                throw MomentlogError(
                    .unreadableFile, "there is no file or folder \(path)",
                    hint: "name libvirt's checkpoint directory, one domain's folder in it,"
                        + " or files")
            }
            // A file or folder that is named twice is there once.
            if let identity = FileIdentity(of: path), !seen.insert(identity).inserted { continue }
            if isFolder {
                try add(folder: path)
            } else {
                named.append(CheckpointFile(path: path, isNamed: true))
            }
        }
        guard let first = named.first else { return }
        let folder = URL(fileURLWithPath: first.path).deletingLastPathComponent()
        libraries.append(
            CheckpointLibrary(
                path: named.count == 1 ? first.path : folder.path,
                folderName: folder.lastPathComponent, isNamedByFolder: false,
                files: named.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) },
                strays: []))
    }

    private mutating func add(folder path: String) throws(MomentlogError) {
        let library = try Self.library(path, isNamedByFolder: false)
        let folders = library.strays.filter { Self.isFolder($0.path) == true }
        let isDomains =
            folders.isEmpty || library.files.contains { $0.looksLikeCheckpoint }
            || (library.files.contains { $0.claimsToBeCheckpoint }
                && !folders.contains { Self.holdsCheckpoint($0.path) })
        if isDomains {
            libraries.append(library)
            return
        }
        strays += library.files.map { file in
            let isError = file.claimsToBeCheckpoint
            return (
                file.path,
                isError
                    ? "not a checkpoint, where only domains' folders are expected"
                    : "neither a checkpoint nor a domain's folder", isError
            )
        }
        strays += library.unreadable.map { ($0.path, $0.reason, true) }
        for folder in folders {
            if ExportStaging.isLeftover(folder.path) {
                strays.append((folder.path, "what an interrupted export left; never read", false))
                continue
            }
            do throws(MomentlogError) {
                libraries.append(try Self.library(folder.path, isNamedByFolder: true))
            } catch {
                failures.append((folder.path, error))
            }
        }
    }

    private static func library(
        _ path: String, isNamedByFolder: Bool
    ) throws(MomentlogError) -> CheckpointLibrary {
        let entries: [(name: String, kind: FolderListing.Kind)]
        do {
            entries = try FolderListing.entries(in: path)
        } catch {
            throw MomentlogError(
                .unreadableFile, "the folder \(path) cannot be listed: \(error.reason)",
                cause: error)
        }
        var library = CheckpointLibrary(
            path: path,
            folderName: URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent,
            isNamedByFolder: isNamedByFolder, files: [], strays: [])
        for (name, kind) in entries where name != OrderFile.name {
            let entry = path.hasSuffix("/") ? path + name : path + "/" + name
            if name == FolderChecksums.fileName {
                library.readChecksums(at: entry)
                continue
            }
            switch kind == .unknown ? isFolder(entry) : kind == .folder {
            case true?: library.strays.append((entry, "a folder inside a domain's folder"))
            case false?: library.files.append(CheckpointFile(path: entry, isNamed: false))
            case nil:
                let isOther = name.unicodeScalars.contains("\u{FFFD}")
                library.unreadable.append(
                    (entry, isOther ? "its name is not in UTF-8" : "it went away meanwhile"))
            }
        }
        library.noteWhatIsMissing(in: entries.map(\.name))
        return library
    }

    /// Whether a folder holds a file that claims to be a checkpoint or looks like one.
    private static func holdsCheckpoint(_ path: String) -> Bool {
        let library = try? library(path, isNamedByFolder: true)
        return library?.files.contains { $0.claimsToBeCheckpoint || $0.looksLikeCheckpoint }
            ?? false
    }

    /// Whether a path is a folder; nil if nothing is there. A link that leads nowhere
    /// is there, and no folder.
    private static func isFolder(_ path: String) -> Bool? {
        guard !path.utf8.contains(0) else { return nil }
        var status = stat()
        if stat(path, &status) == 0 { return status.st_mode & S_IFMT == S_IFDIR }
        let isLink = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
        return isLink ? false : nil
    }
}

/// What makes two paths name one file.
private struct FileIdentity: Hashable {
    private let device: UInt64
    private let inode: UInt64

    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}
