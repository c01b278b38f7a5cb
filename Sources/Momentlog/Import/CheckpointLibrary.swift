import Moments

/// The files of one domain's checkpoints in the file system.
struct CheckpointLibrary: Sendable {
    /// Its path, for messages.
    var path: String

    /// The name of its folder.
    var folderName: String

    /// Whether the folder's name is the domain's, because the folder is in libvirt's folder of
    /// folders.
    var isNamedByFolder: Bool

    /// Whether the caller named the folder, or a path with it: else its name is no guess at a
    /// domain's.
    var isFolderGiven = true

    /// The folder of the files.
    var folder: String

    /// Whether the folder was imported as a whole, rather than single files of it.
    var isWhole: Bool

    /// The files in the order of their names.
    var files: [CheckpointFile]

    /// Entries that are not files to read: path and reason.
    var strays: [(path: String, reason: String)]

    /// Files that may be checkpoints, but cannot be opened: path and reason.
    var unreadable: [(path: String, reason: String)] = []

    /// The domain's definitions that virtnbdbackup keeps beside the checkpoints.
    var configurations: [String] = []

    /// The checksums of the folder's files; nil if there are none.
    var checksums: FolderChecksums?

    /// The current pointer that the folder's `ORDER` states; nil if it states none.
    var current: OrderFile.Current?

    /// Whether the folder is empty, as libvirt leaves it after the last deletion.
    var isEmpty: Bool {
        isWhole && files.isEmpty && strays.isEmpty && unreadable.isEmpty && configurations.isEmpty
    }

    /// Whether it contains a file that is a checkpoint, or may be a damaged one.
    var mayHoldCheckpoints: Bool {
        files.contains { $0.mayBeCheckpoint }
            || unreadable.contains {
                CheckpointFile(path: $0.path, isNamed: false).claimsToBeCheckpoint
            }
    }

    /// Returns whether it contains a file besides these that may be a checkpoint.
    func mayHold(besides barren: [String]) -> Bool {
        let barren = Set(barren)
        return !unreadable.isEmpty || files.contains { !barren.contains($0.path) }
    }

    /// Whether it is the folder of the guest whose name it has.
    var isGuest: Bool { isNamedByFolder && DocumentOwner.canBeName(folderName) }

    /// The folder in virtnbdbackup's layout that holds the checkpoints.
    static let nestedFolder = "checkpoints"
}
