import EventLog
import Files
import Glibc
import Moments

// The head of the replaced store: what the backup lacks of it is lost.
extension StoreRestoration {
    /// Returns the head that a restored store is compared with: that of the store's head file, or
    /// of the database itself if the file is missing, damaged, or behind it.
    ///
    /// - Returns: Nil if there is a database that cannot be read, or only its WAL, and no head
    ///   file.
    /// - Throws: ``MomentlogError`` with `storage`.
    func formerHead(of store: StoreFiles) throws(MomentlogError) -> HeadFile? {
        let file = try HeadFile.read(store.head)
        guard try store.presence(acceptsDamage: true) == .something else {
            // A WAL without its database may contain commits.
            let mayHaveCommits = [store.writeAheadLog, store.rollbackJournal].contains {
                FileDetails(path: $0).map { $0.size > 0 } ?? false
            }
            return mayHaveCommits && file.recorded == nil ? nil : file
        }
        guard let own = ownHead(of: store) else { return file.recorded == nil ? nil : file }
        guard let recorded = file.recorded else { return .head(own) }
        return recorded.origin == own.origin && recorded.size < own.size ? .head(own) : file
    }

    /// Writes the head of the store into its head file if that lists fewer events: the first who
    /// opens the restored store compares them. The lease is held.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func completeHead(
        of store: StoreFiles, _ file: DatabaseFile, in folder: OpenFolder
    ) throws(MomentlogError) {
        let former = try formerHead(of: store)
        guard let head = former?.recorded, try HeadFile.read(store.head).recorded != head else {
            return
        }
        let writer = HeadWriter(store, file)
        try writer.prepare()
        guard writer.write(head), let written = OpenFile(store.head),
            fsync(written.descriptor) == 0
        else { throw failure(store) }
        // The exchange is made durable, too.
        try folder.sync()
    }

    /// Returns the head of a database as its commits state it; nil if it cannot be read.
    func ownHead(of store: StoreFiles) -> StoreHead? {
        do throws(MomentlogError) {
            let log = try SQLiteEventLog.openNow(
                path: store.database,
                options: SQLiteEventLog.Options(
                    createsStore: false, busyTimeout: busyTimeout, access: .read))
            defer { log.closeNow() }
            return try log.readNow { try StoreHead(of: $0) }
        } catch {
            return nil
        }
    }

    /// Copies the head file for the replaced store; the present one stays, and shows what is lost.
    func keepHead(
        of store: StoreFiles, at aside: StoreFiles
    ) throws(MomentlogError) {
        guard let bytes = try HeadFile.bytes(store.head), !bytes.isEmpty else { return }
        guard let copy = OpenFile(aside.head, flags: O_RDWR | O_CREAT | O_EXCL),
            copy.write(bytes), fsync(copy.descriptor) == 0
        else { throw failure(store) }
    }
}
