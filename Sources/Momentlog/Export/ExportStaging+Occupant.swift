import Files
import Foundation
import Glibc
import Moments

extension ExportStaging {
    /// What is at the path of a folder that is to be published.
    enum Occupant {
        case nothing
        /// An empty folder, with its owner and mode.
        case emptyFolder(stat)
        /// A former export that may be replaced, with its owner and mode.
        case formerExport(stat)

        var isFormerExport: Bool {
            if case .formerExport = self { true } else { false }
        }
    }

    /// Returns what has a name in the output folder.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused` for what must not be replaced.
    func occupant(of name: String) throws(MomentlogError) -> Occupant {
        let path = target(name)
        guard let status = output.folder.status(of: name) else { return .nothing }
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
        let folder = try output.folder.folder(name)
        let entries: [String]
        do throws(FileBytes.Failure) {
            entries = try FolderListing.entries(in: folder).map(\.name)
        } catch {
            throw MomentlogError(
                .outputRefused, "the folder \(path) cannot be listed: \(error.reason)", cause: error
            )
        }
        if entries.isEmpty { return .emptyFolder(status) }
        if let obstacle = FormerExport.obstacle(in: folder, entries) {
            throw MomentlogError(
                .outputRefused,
                "the folder \(path) is not empty and not a former export: it \(obstacle.reason)",
                hint: "choose another output folder")
        }
        guard replaces else {
            throw MomentlogError(
                .outputRefused, "the folder \(path) contains a former export",
                hint: "replace it, which moves it next to the output folder, or choose another"
                    + " output folder")
        }
        return .formerExport(status)
    }
}
