import CShims
import Files
import Foundation
import Glibc
import Moments

/// The staging directory of one export, beside the folders that it will publish.
///
/// Folders are written here, flushed, and then renamed, so that each appears complete or not at
/// all. A former export is replaced by exchanging the two names in one step, and moved next to
/// the output folder afterwards.
///
/// All operations are relative to open folders: the owner of the output folder can replace these by
/// other folders or links, but cannot redirect what is written. It removes nothing but the files
/// and directories that it has created itself, one by one. Leftovers of a crash are not removed.
///
/// It is a class because it owns open folders: a descriptor that was open before the first write
/// reports every failure of the kernel to write back.
final class ExportStaging {
    /// The prefix of the name of a staging directory.
    private static let prefix = ".momentlog-export-"

    /// The folder of the exported folders.
    let output: CreatedFolders
    /// Its path without links.
    let outputPath: String
    let staging: OpenFolder
    private let name: String
    let replaces: Bool
    let isFlat: Bool
    var folders: [Folder] = []
    /// The folder that was begun last: one is open at a time.
    private var draft: OpenFolder?
    /// Whether anything was published, so that the output folder has to stay.
    var hasPublished = false

    /// One folder that is written, or published.
    struct Folder {
        /// Its name in the output folder.
        let name: String
        /// Its name in the folder of replaced exports.
        let replacedName: String
        /// Its name in the staging directory.
        let draft: String
        let identity: FileIdentity
        /// The files that were written.
        var files: [String] = []
        /// Whether the draft is no longer where it was written.
        var isPublished = false
    }

    /// Creates a staging directory.
    ///
    /// - Parameters:
    ///   - path: The folder of the exported folders; created if it is missing.
    ///   - replaces: Whether former exports are replaced.
    ///   - isFlat: Whether the one folder is the output folder itself.
    /// - Throws: ``MomentlogError`` with `output-refused`.
    init(in path: String, replaces: Bool, isFlat: Bool) throws(MomentlogError) {
        output = try CreatedFolders(path)
        self.replaces = replaces
        self.isFlat = isFlat
        do throws(MomentlogError) {
            outputPath = try Self.resolved(path)
            (staging, name) = try output.folder.createStagingFolder(Self.prefix)
        } catch {
            output.remove()
            throw error
        }
        // Earlier versions remove such directories unless they are locked.
        _ = flock(staging.descriptor, LOCK_EX | LOCK_NB)
    }

    deinit { discard() }

    /// Returns whether a folder is a staging directory that a crash has left. A domain's folder of
    /// such a name contains files; a staging directory contains only folders.
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
        _ = try occupant(of: name)
        draft = nil
        let draftName = "\(folders.count)"
        guard let folder = try staging.createPrivateFolder(draftName) else {
            throw staging.replaced
        }
        draft = folder
        folders.append(
            Folder(
                name: name, replacedName: replacedName, draft: draftName, identity: folder.identity)
        )
    }

    /// Writes a file that only its owner can read into the folder that was begun last.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused`.
    func write(_ bytes: [UInt8], to name: String) throws(MomentlogError) {
        guard let draft, let last = folders.indices.last else { return }
        // A file that cannot be written has to be removed as well.
        folders[last].files.append(name)
        try draft.write(bytes, to: name)
    }

    /// Flushes everything at once: syncing each of many small files would take as many flushes of
    /// the disk.
    func flush() throws(MomentlogError) {
        draft = nil
        guard momentlog_sync_file_system(staging.descriptor) == 0 else {
            throw OpenFolder.failure("sync", staging.path)
        }
        for folder in folders { try staging.folder(folder.draft).sync() }
    }

    /// Removes what was written and not published.
    func discard() {
        draft = nil
        for folder in folders where !folder.isPublished {
            // It may have the mode of the folder that it was to replace.
            fchmodat(staging.descriptor, folder.draft, 0o700, 0)
            for file in folder.files { staging.removeFile(folder.draft + "/" + file) }
            unlinkat(staging.descriptor, folder.draft, AT_REMOVEDIR)
        }
        folders = []
        output.folder.remove(staging, at: name)
        if !hasPublished { output.remove() }
    }

    /// - Throws: ``MomentlogError`` with `output-refused` if the staging directory is no longer
    ///   where it was created, or the output folder no longer where its path leads.
    func checkPlace() throws(MomentlogError) {
        guard output.folder.holds(staging, at: name) else { throw staging.replaced }
        guard FileIdentity(of: outputPath) == output.folder.identity else {
            throw output.folder.replaced
        }
    }

    // MARK: Paths

    /// The paths where the folders would be published, with nothing replaced.
    var targets: [(path: String, replaced: String?)] {
        folders.map { (target($0.name), nil) }
    }

    /// Returns the path of an exported folder.
    func target(_ name: String) -> String {
        outputPath == "/" ? "/" + name : outputPath + "/" + name
    }

    /// Returns the folder that contains a path, and the name in it.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused` for a path that cannot be resolved, and
    ///   for the root.
    static func split(_ path: String) throws(MomentlogError) -> (parent: String, name: String) {
        var url = URL(fileURLWithPath: path)
        // Links on the way are followed as the kernel does.
        if [".", "..", "/"].contains(url.lastPathComponent) {
            let path = try resolved(path)
            guard path != "/" else {
                throw MomentlogError(
                    .outputRefused, "an export cannot replace /",
                    hint: "choose a folder below it")
            }
            url = URL(fileURLWithPath: path)
        }
        return (url.deletingLastPathComponent().path, url.lastPathComponent)
    }

    /// Returns a folder's path without links.
    private static func resolved(_ folder: String) throws(MomentlogError) -> String {
        guard let resolved = realpath(folder, nil) else {
            throw OpenFolder.failure("resolve", folder)
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
