import Foundation
import Moments

/// The files of one domain's checkpoints, as they lie in the file system.
struct CheckpointLibrary: Sendable {
    /// Where it is, as a person would name it.
    var path: String

    /// The name of its folder.
    var folderName: String

    /// Whether the folder's name is the domain's, because the folder lies in
    /// libvirt's folder of folders.
    var isNamedByFolder: Bool

    /// The files in the order of their names.
    var files: [CheckpointFile]

    /// What lies there but is no file to read: path and reason.
    var strays: [(path: String, reason: String)]

    /// Why its folder could not be listed, if it could not.
    var failure: MomentlogError?

    /// Finds the libraries at paths: libvirt's `checkpoint` directory with a folder
    /// for each domain, one domain's folder, or files, which together are one
    /// library.
    ///
    /// A folder is a domain's if a file in it claims to be a checkpoint.
    ///
    /// - Throws: ``MomentlogError`` with `unreadable-file` for a path that is not
    ///   there or a folder that cannot be listed.
    static func find(at paths: [String]) throws(MomentlogError) -> [CheckpointLibrary] {
        var libraries: [CheckpointLibrary] = []
        var named: [CheckpointFile] = []
        for path in paths {
            guard let isFolder = isFolder(path) else {
                throw MomentlogError(
                    .unreadableFile, "there is no file or folder \(path)",
                    hint: "name libvirt's checkpoint directory, one domain's folder in it,"
                        + " or files")
            }
            if isFolder {
                libraries += try find(inFolder: path)
            } else {
                named.append(CheckpointFile(path: path, isNamed: true))
            }
        }
        if let first = named.first {
            let folder = URL(fileURLWithPath: first.path).deletingLastPathComponent()
            libraries.append(
                CheckpointLibrary(
                    path: named.count == 1 ? first.path : folder.path,
                    folderName: folder.lastPathComponent, isNamedByFolder: false,
                    files: named.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) },
                    strays: []))
        }
        return libraries
    }

    private static func find(
        inFolder path: String
    ) throws(MomentlogError) -> [CheckpointLibrary] {
        let library = try folder(path, isNamedByFolder: false)
        let folders = library.strays.filter { isFolder($0.path) == true }
        let holdsCheckpoint = library.files.contains {
            $0.claimsToBeCheckpoint || $0.name.hasSuffix(".xml.new") || $0.looksLikeCheckpoint
        }
        if holdsCheckpoint || folders.isEmpty { return [library] }
        var libraries: [CheckpointLibrary] = []
        var strays = library.files.map { ($0.path, "not a checkpoint, nor a domain's folder") }
        for folder in folders {
            if ExportFolder.isDraft(folder.path) {
                strays.append((folder.path, "what an interrupted export left; never read"))
            } else {
                libraries.append(self.domainFolder(folder.path))
            }
        }
        if libraries.isEmpty { return [library] }
        // What lies beside the domains' folders is told with the first of them.
        libraries[0].strays += strays
        return libraries
    }

    /// A folder among others, whose failure is not that of the others.
    private static func domainFolder(_ path: String) -> CheckpointLibrary {
        do throws(MomentlogError) {
            return try folder(path, isNamedByFolder: true)
        } catch {
            return CheckpointLibrary(
                path: path, folderName: URL(fileURLWithPath: path).lastPathComponent,
                isNamedByFolder: true, files: [], strays: [], failure: error)
        }
    }

    private static func folder(
        _ path: String, isNamedByFolder: Bool
    ) throws(MomentlogError) -> CheckpointLibrary {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            throw MomentlogError(
                .unreadableFile, "the folder \(path) cannot be listed", cause: error)
        }
        var library = CheckpointLibrary(
            path: path,
            folderName: URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent,
            isNamedByFolder: isNamedByFolder, files: [], strays: [])
        for name in names where name != Self.orderFile {
            let entry = path.hasSuffix("/") ? path + name : path + "/" + name
            if isFolder(entry) == true {
                library.strays.append((entry, "a folder inside a domain's folder"))
            } else {
                library.files.append(CheckpointFile(path: entry, isNamed: false))
            }
        }
        return library
    }

    /// The file that an export writes beside the checkpoints.
    static let orderFile = "ORDER"

    /// Whether a path is a folder; nil if nothing is there. A link that leads nowhere
    /// is there, and no folder.
    private static func isFolder(_ path: String) -> Bool? {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            return isFolder.boolValue
        }
        let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
        return isLink ? false : nil
    }
}
