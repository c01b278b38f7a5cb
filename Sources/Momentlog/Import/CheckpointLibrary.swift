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

    /// What may be a checkpoint's file, but cannot be opened: path and reason.
    var unreadable: [(path: String, reason: String)] = []

    /// What the folder's files have to be; nil if nothing says so.
    var checksums: FolderChecksums?

    /// The current pointer that the folder's `ORDER` states; nil if it states none.
    var current: OrderFile.Current?
}
