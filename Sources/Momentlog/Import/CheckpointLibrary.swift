/// The files of one domain's checkpoints, as they lie in the file system.
struct CheckpointLibrary: Sendable {
    /// Where it is, as a person would name it.
    var path: String

    /// The name of its folder.
    var folderName: String

    /// Whether the folder's name is the domain's, because the folder lies in
    /// libvirt's folder of folders.
    var isNamedByFolder: Bool

    /// Whether the caller named the folder, or a path with it: else its name is no guess at a
    /// domain's.
    var isFolderGiven = true

    /// The folder that the files are in.
    var folder: String

    /// Whether the folder was imported as a whole, rather than single files of it.
    var isWhole: Bool

    /// The files in the order of their names.
    var files: [CheckpointFile]

    /// What lies there but is no file to read: path and reason.
    var strays: [(path: String, reason: String)]

    /// What may be a checkpoint's file, but cannot be opened: path and reason.
    var unreadable: [(path: String, reason: String)] = []

    /// The domain's definitions that virtnbdbackup keeps beside the checkpoints.
    var configurations: [String] = []

    /// What the folder's files have to be; nil if nothing says so.
    var checksums: FolderChecksums?

    /// The current pointer that the folder's `ORDER` states; nil if it states none.
    var current: OrderFile.Current?

    /// Whether nothing at all is in the folder, as libvirt leaves it after the last deletion.
    var isEmpty: Bool {
        isWhole && files.isEmpty && strays.isEmpty && unreadable.isEmpty && configurations.isEmpty
    }

    /// Whether it holds a file that is a checkpoint, or may be a damaged one.
    var mayHoldCheckpoints: Bool {
        files.contains { $0.mayBeCheckpoint }
            || unreadable.contains {
                CheckpointFile(path: $0.path, isNamed: false).claimsToBeCheckpoint
            }
    }

    /// Whether it holds a file other than these that may be a checkpoint.
    func mayHold(besides barren: [String]) -> Bool {
        let barren = Set(barren)
        return !unreadable.isEmpty || files.contains { !barren.contains($0.path) }
    }

    /// The folder in virtnbdbackup's layout that holds the checkpoints.
    static let nestedFolder = "checkpoints"
}
