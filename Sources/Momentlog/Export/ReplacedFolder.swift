import Glibc
import Moments

/// The folder that keeps what an export has replaced: `DIR.replaced-YYYYMMDDTHHMMSSZ` beside
/// the export's output folder.
struct ReplacedFolder {
    /// The folder that contains it.
    private let above: OpenFolder
    private let name: String
    private let folder: OpenFolder
    /// Its path.
    private let path: String

    /// Creates a new folder beside an output folder, with a number at its end if the name is
    /// taken.
    ///
    /// - Parameters:
    ///   - above: The folder that contains the output folder.
    ///   - path: The output folder's path.
    ///   - name: The output folder's name.
    /// - Throws: ``MomentlogError`` with `output-refused` if it cannot be created.
    init(
        in above: OpenFolder, path: String, name: String, at time: Timestamp
    ) throws(MomentlogError) {
        self.above = above
        let stamp = time.rfc3339(fractionDigits: 0).filter { $0 != "-" && $0 != ":" }
        var suffix = ".replaced-\(stamp)"
        for number in 2..<1_000 {
            let taken: OpenFolder?
            do throws(MomentlogError) {
                taken = try above.createPrivateFolder(name + suffix)
            } catch {
                throw MomentlogError(
                    .outputRefused,
                    "\(error.message); the former export would be moved there",
                    hint: "choose another output folder", cause: error)
            }
            if let folder = taken {
                self.name = name + suffix
                self.path = path + suffix
                self.folder = folder
                return
            }
            suffix = ".replaced-\(stamp)-\(number)"
        }
        throw MomentlogError(
            .outputRefused, "\(path).replaced-\(stamp) and 997 more folders exist already",
            hint: "choose another output folder")
    }

    /// Returns the path of something in it.
    func path(of name: String) -> String { path + "/" + name }

    /// Returns whether something can be moved into it from another folder.
    func isOnFileSystem(of other: OpenFolder) -> Bool {
        var (own, others) = (stat(), stat())
        return fstat(folder.descriptor, &own) == 0 && fstat(other.descriptor, &others) == 0
            && own.st_dev == others.st_dev
    }

    /// Moves a folder into it, and returns whether that was done.
    func take(_ name: String, from other: OpenFolder, as newName: String) -> Bool {
        renameat(other.descriptor, name, folder.descriptor, newName) == 0
    }

    /// Writes its own name and those in it to stable storage.
    func sync() throws(MomentlogError) {
        try folder.sync()
        try above.sync()
    }

    /// Removes the folder if nothing was moved into it.
    func removeIfEmpty() { above.remove(folder, at: name) }
}
