import CheckpointXML
import Files
import Foundation
import Glibc
import Moments

/// The libraries at the paths of an import.
struct FoundLibraries: Sendable {
    /// The domains' libraries.
    private(set) var libraries: [CheckpointLibrary] = []

    /// Folders that cannot be listed: path and reason.
    private(set) var failures: [(path: String, reason: MomentlogError)] = []

    /// Entries beside domains' folders that are not libraries.
    private(set) var strays: [Stray] = []

    /// An entry beside domains' folders.
    struct Stray: Sendable {
        let path: String
        let reason: String
        /// What is wrong with it; nil if it has nothing to do with checkpoints.
        let fault: Fault?

        enum Fault: Sendable {
            /// It may be a checkpoint, and cannot be read.
            case unreadable
            /// It is a checkpoint.
            case misplaced(statesDomain: Bool)
        }
    }

    /// The paths without a library: neither a checkpoint nor a folder of checkpoints. Empty folders
    /// in them are libraries nevertheless, which a known domain may have left.
    private(set) var barren: [String] = []

    /// The number of paths, each counted once.
    private(set) var pathCount = 0

    /// Finds the libraries at paths: libvirt's `checkpoint` directory with a folder
    /// for each domain, one domain's folder, virtnbdbackup's output folder, or files, of which
    /// those in one folder are one library.
    ///
    /// A folder with a file that looks like a checkpoint is a domain's. One without, but with
    /// folders that contain one, is libvirt's directory. Where both are, the definitions decide:
    /// what is left out is reported.
    ///
    /// - Throws: ``MomentlogError`` with `unreadable-file` for a missing path or a folder that
    ///   cannot be listed.
    init(at paths: [String]) throws(MomentlogError) {
        var named: [String: [CheckpointFile]] = [:]
        var folders: [String] = []
        var seen: Set<FileIdentity> = []
        for path in paths {
            guard let isFolder = Self.isFolder(path) else {
                throw MomentlogError(
                    .unreadableFile, "there is no file or folder \(path)",
                    hint: "name libvirt's checkpoint directory, one domain's folder in it,"
                        + " or files"
                ).detailing("path", .text(path))
            }
            // A file or folder that is named twice counts once.
            if let identity = FileIdentity(of: path), !seen.insert(identity).inserted { continue }
            pathCount += 1
            if isFolder {
                try add(folder: path)
            } else {
                let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
                    .standardizedFileURL.path
                if named[folder] == nil { folders.append(folder) }
                named[folder, default: []].append(CheckpointFile(path: path, isNamed: true))
            }
        }
        for folder in folders { add(named[folder] ?? [], in: folder) }
    }

    /// Adds single files of a folder.
    private mutating func add(_ named: [CheckpointFile], in folder: String) {
        let files = named.filter { !$0.isConfiguration }
        // Files that an export or virtnbdbackup puts beside checkpoints belong to them.
        let companions = [OrderFile.name, FolderChecksums.fileName]
        let checkpoints = files.filter { files.count == 1 || !companions.contains($0.name) }
        guard let first = checkpoints.first else {
            barren += named.map(\.path)
            return
        }
        barren += checkpoints.filter { !$0.mayBeCheckpoint }.map(\.path)
        // The working folder happens to be where it is.
        let isGiven = named.contains { $0.path.contains("/") }
        var library = CheckpointLibrary(
            path: checkpoints.count == 1 ? first.path : folder,
            folderName: URL(fileURLWithPath: folder).lastPathComponent, isNamedByFolder: false,
            isFolderGiven: isGiven, folder: folder, isWhole: false,
            files: checkpoints.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) },
            strays: [])
        library.configurations = Self.configurations(in: folder)
        if library.configurations.isEmpty, library.folderName == CheckpointLibrary.nestedFolder {
            library.configurations = Self.configurations(
                in: URL(fileURLWithPath: folder).deletingLastPathComponent().path)
        }
        library.readChecksumsBeside()
        if checkpoints.count < files.count, files.contains(where: { $0.name == OrderFile.name }) {
            library.readOrder()
        }
        libraries.append(library)
    }

    private mutating func add(folder path: String) throws(MomentlogError) {
        let library = try Self.library(path, isNamedByFolder: false)
        let folders = library.strays.map(\.path).filter { Self.isFolder($0) == true }
        let hasCheckpoints = library.files.contains(where: \.looksLikeCheckpoint)
        var found: [(library: CheckpointLibrary, holds: Bool)] = []
        var unlisted: [(path: String, reason: MomentlogError)] = []
        for folder in folders where !ExportStaging.isLeftover(folder) {
            do throws(MomentlogError) {
                found.append(try Self.domainLibrary(folder))
            } catch {
                unlisted.append((folder, error))
            }
        }
        if hasCheckpoints {
            let inner = found.filter(\.holds).map(\.library)
            let kind = MixedFolder(library, with: inner)
            guard kind == .directory else {
                return append(library, isClear: kind == .domain)
            }
        }
        failures += unlisted
        let holdsLibraries = found.contains { $0.holds }
        guard holdsLibraries else {
            if library.mayHoldCheckpoints {
                append(library)
            } else {
                barren.append(path)
                libraries += ([library] + found.map(\.library)).filter(\.isEmpty)
            }
            return
        }
        if found.contains(where: { $0.holds && $0.library.isNested(in: path) }) {
            // In virtnbdbackup's output folder nothing else is a checkpoint's.
            for (library, holds) in found where holds { append(library) }
            return
        }
        for (library, _) in found { append(library) }
        strays += library.files.map { file in
            if case .checkpoint(let document, _) = file.read(CheckpointReader()) {
                return Stray(
                    path: file.path,
                    reason: "a checkpoint where only domains' folders are expected; not imported",
                    fault: .misplaced(statesDomain: document.domain?.name != nil))
            }
            return file.mayBeCheckpoint
                ? Stray(
                    path: file.path,
                    reason: "not a checkpoint, where only domains' folders are expected",
                    fault: .unreadable)
                : Stray(
                    path: file.path, reason: "neither a checkpoint nor a domain's folder",
                    fault: nil)
        }
        strays += library.unreadable.map {
            Stray(path: $0.path, reason: $0.reason, fault: .unreadable)
        }
        for folder in folders where ExportStaging.isLeftover(folder) {
            strays.append(
                Stray(
                    path: folder,
                    reason: "the leftover of an interrupted export, which may contain a former"
                        + " export; not read", fault: nil))
        }
    }

    /// Returns the library of a folder among others: its own, or that in virtnbdbackup's layout;
    /// and whether it contains checkpoints.
    private static func domainLibrary(
        _ path: String
    ) throws(MomentlogError) -> (CheckpointLibrary, Bool) {
        let own = try library(path, isNamedByFolder: true)
        if own.mayHoldCheckpoints { return (own, true) }
        let nested = path + "/" + CheckpointLibrary.nestedFolder
        if isFolder(nested) == true {
            let inner = try library(nested, isNamedByFolder: true)
            if inner.mayHoldCheckpoints { return (inner, true) }
        }
        return (own, false)
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
                cause: error
            ).detailing("path", .text(path))
        }
        let url = URL(fileURLWithPath: path).standardizedFileURL
        var library = CheckpointLibrary(
            path: path, folderName: url.lastPathComponent,
            isNamedByFolder: isNamedByFolder, folder: url.path, isWhole: true, files: [],
            strays: [])
        var folders: Set<String> = []
        for (name, kind) in entries {
            let entry = path.hasSuffix("/") ? path + name : path + "/" + name
            let isFolder = kind == .unknown ? isFolder(entry) : kind == .folder
            // A domain may have the name of either file, and a folder of that name.
            if isFolder == false, name == OrderFile.name { continue }
            if isFolder == false, name == FolderChecksums.fileName {
                library.readChecksums(at: entry)
                continue
            }
            switch isFolder {
            case true?:
                folders.insert(name)
                library.strays.append((entry, "a folder inside a domain's folder; not read"))
            case false?:
                let file = CheckpointFile(path: entry, isNamed: false)
                if file.isConfiguration, let reason = file.reasonUnread {
                    library.strays.append((entry, reason))
                } else if file.isConfiguration {
                    library.configurations.append(entry)
                } else {
                    library.files.append(file)
                }
            case nil:
                let isOther = name.unicodeScalars.contains("\u{FFFD}")
                library.unreadable.append(
                    (
                        entry,
                        isOther ? "its name is not in UTF-8" : "it has been removed in the meantime"
                    ))
            }
        }
        if library.configurations.isEmpty, library.folderName == CheckpointLibrary.nestedFolder {
            library.configurations = configurations(in: url.deletingLastPathComponent().path)
        }
        library.noteWhatIsMissing(in: entries.map(\.name).filter { !folders.contains($0) })
        return library
    }

    /// Adds a domain's library, and reports whether the folders in it contain checkpoints.
    ///
    /// - Parameter isClear: Whether it is known that such folders are not other domains'.
    private mutating func append(_ library: CheckpointLibrary, isClear: Bool = true) {
        var library = library
        var strays: [(path: String, reason: String)] = []
        for stray in library.strays {
            let names = (try? FolderListing.names(in: stray.path)) ?? []
            let holds = names.prefix(1_000).contains {
                CheckpointFile(path: stray.path + "/" + $0, isNamed: false).looksLikeCheckpoint
            }
            let reason =
                "a folder with checkpoints, which are not read here; it can be imported by itself"
            if holds, !isClear {
                library.unreadable.append((stray.path, reason))
            } else {
                strays.append(holds ? (stray.path, reason) : stray)
            }
        }
        library.strays = strays
        libraries.append(library)
    }

    /// Returns the definitions that virtnbdbackup keeps in a folder.
    private static func configurations(in folder: String) -> [String] {
        let names = (try? FolderListing.names(in: folder)) ?? []
        return names.map { CheckpointFile(path: folder + "/" + $0, isNamed: false) }
            .filter(\.isConfiguration).map(\.path)
    }

    /// Returns whether a path is a folder; nil if it does not exist. A broken link exists, and is
    /// not a folder.
    static func isFolder(_ path: String) -> Bool? {
        guard !path.utf8.contains(0) else { return nil }
        var status = stat()
        if stat(path, &status) == 0 { return status.st_mode & S_IFMT == S_IFDIR }
        let isLink = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
        return isLink ? false : nil
    }
}

extension CheckpointLibrary {
    /// Whether it is the folder of checkpoints directly inside another folder, in virtnbdbackup's
    /// layout.
    fileprivate func isNested(in path: String) -> Bool {
        let outer = URL(fileURLWithPath: path).standardizedFileURL.path
        return folderName == Self.nestedFolder && !configurations.isEmpty
            && URL(fileURLWithPath: folder).deletingLastPathComponent().path == outer
    }
}
