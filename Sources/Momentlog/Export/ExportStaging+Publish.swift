import CShims
import Files
import Foundation
import Glibc
import Moments

extension ExportStaging {
    /// Renames all folders to their final paths.
    ///
    /// - Returns: For each folder its path, and the present path of the former export that it has
    ///   replaced.
    /// - Throws: ``MomentlogError`` with `output-refused`, the folders that were published before it
    ///   in its detail `published`; with `outcome-unknown` if all was published, but may not be on
    ///   stable storage.
    func publish(
        at time: Timestamp
    ) throws(MomentlogError) -> [(path: String, replaced: String?)] {
        try flush()
        try checkPlace()
        var replacesAny = false
        for folder in folders where try occupant(of: folder.name).isFormerExport {
            replacesAny = true
        }
        let kept = replacesAny ? try replacedFolder(at: time) : nil
        defer { kept?.removeIfEmpty() }
        var published: [(String, String?)] = []
        for index in folders.indices {
            do throws(MomentlogError) {
                let replaced = try publish(index, keeping: kept)
                published.append((target(folders[index].name), replaced))
            } catch {
                guard !published.isEmpty else { throw error }
                throw error.detailing("published", .texts(published.map(\.0)))
            }
        }
        do throws(MomentlogError) {
            try output.folder.sync()
            try kept?.sync()
        } catch {
            throw MomentlogError(
                .outcomeUnknown,
                "the export is in \(published.map(\.0).joined(separator: ", ")), but may not be on"
                    + " stable storage: \(error.message)",
                hint: "check the disk, and export again", cause: error)
        }
        return published
    }

    private func replacedFolder(at time: Timestamp) throws(MomentlogError) -> ReplacedFolder {
        if isFlat {
            return try ReplacedFolder(
                in: output.folder, path: target(folders[0].name), name: folders[0].name, at: time)
        }
        let url = URL(fileURLWithPath: outputPath)
        let above = try OpenFolder(url.deletingLastPathComponent().path)
        let name = outputPath == "/" ? "" : url.lastPathComponent
        guard outputPath == "/" || above.holds(output.folder, at: name) else {
            throw output.folder.replaced
        }
        let kept = try ReplacedFolder(in: above, path: outputPath, name: name, at: time)
        guard kept.isOnFileSystem(of: staging) else {
            kept.removeIfEmpty()
            throw MomentlogError(
                .outputRefused,
                "cannot move the former export out of \(outputPath): the folder above it is on"
                    + " another file system",
                hint: "choose another output folder")
        }
        return kept
    }

    private func publish(
        _ index: Int, keeping kept: ReplacedFolder?
    ) throws(MomentlogError) -> String? {
        let folder = folders[index]
        let target = target(folder.name)
        let (old, new) = (staging.descriptor, output.folder.descriptor)
        try checkPlace()
        switch try occupant(of: folder.name) {
        case .nothing:
            guard momentlog_rename_to_new(old, folder.draft, new, folder.name) == 0 else {
                throw OpenFolder.failure("rename \(staging.path(of: folder.draft)) to", target)
            }
            try notePublished(index)
            return nil
        case .emptyFolder(let status):
            try adopt(status, for: folder)
            // This succeeds over an empty folder, but over nothing else.
            guard renameat(old, folder.draft, new, folder.name) == 0 else {
                throw OpenFolder.failure("rename \(staging.path(of: folder.draft)) to", target)
            }
            try notePublished(index)
            return nil
        case .formerExport(let status):
            guard let kept else {
                throw MomentlogError(
                    .outputRefused, "the folder \(target) has appeared during the export",
                    hint: "try again")
            }
            try adopt(status, for: folder)
            return try exchange(index, keeping: kept)
        }
    }

    private func exchange(
        _ index: Int, keeping kept: ReplacedFolder
    ) throws(MomentlogError) -> String {
        let folder = folders[index]
        let (old, new) = (staging.descriptor, output.folder.descriptor)
        guard momentlog_exchange(old, folder.draft, new, folder.name) == 0 else {
            throw OpenFolder.failure(
                "exchange \(staging.path(of: folder.draft)) with", target(folder.name))
        }
        folders[index].isPublished = true
        let replaced = kept.path(of: folder.replacedName)
        guard kept.take(folder.draft, from: staging, as: folder.replacedName) else {
            let failure = OpenFolder.failure("move the former export to", replaced)
            guard momentlog_exchange(old, folder.draft, new, folder.name) == 0 else {
                hasPublished = true
                throw MomentlogError(
                    .outputRefused, failure.message,
                    hint: "the former export is in \(staging.path(of: folder.draft))")
            }
            folders[index].isPublished = false
            throw failure
        }
        try notePublished(index)
        return replaced
    }

    /// - Throws: ``MomentlogError`` with `output-refused` if the folder that was written is not the
    ///   one at its path.
    private func notePublished(_ index: Int) throws(MomentlogError) {
        folders[index].isPublished = true
        hasPublished = true
        let folder = folders[index]
        let target = target(folder.name)
        var status = stat()
        guard output.folder.holds(folder.identity, at: folder.name),
            lstat(target, &status) == 0, FileIdentity(status) == folder.identity
        else {
            throw MomentlogError(
                .outputRefused,
                "\(target) is not what was exported: another process has replaced or moved it",
                hint: "choose a folder that no other user can write to")
        }
    }

    /// Gives a new folder the owner and the mode of the one that it replaces.
    private func adopt(_ status: stat, for folder: Folder) throws(MomentlogError) {
        let draft = try staging.folder(folder.draft)
        var own = stat()
        guard draft.identity == folder.identity, fstat(draft.descriptor, &own) == 0 else {
            throw staging.replaced
        }
        if own.st_uid != status.st_uid || own.st_gid != status.st_gid,
            fchown(draft.descriptor, status.st_uid, status.st_gid) != 0
        {
            var failure = OpenFolder.failure("keep the owner of", target(folder.name))
            failure.hint = "choose another output folder, or run the command as that owner"
            throw failure
        }
        guard fchmod(draft.descriptor, status.st_mode & 0o7777) == 0 else {
            throw OpenFolder.failure("keep the mode of", target(folder.name))
        }
        try draft.sync()
    }
}
