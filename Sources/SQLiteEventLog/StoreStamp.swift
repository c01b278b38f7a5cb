import CShims
import EventLog
import Files
import Foundation
import Moments

/// The state of a store's database and write-ahead log at a moment.
///
/// Connections that take no locks depend on it: while the database is the same, and the write-ahead
/// log has at most grown, they read one state of the store.
struct StoreStamp: Sendable, Hashable {
    /// The details that show whether a file was changed.
    struct File: Sendable, Hashable {
        let identity: FileIdentity
        let size: Int
        let contentChange: Int64
        let change: Int64

        /// - Parameter isLog: Whether it is the WAL, whose owner does not count: as root, SQLite
        ///   sets it to that of the database each time that it opens it, which changes nothing
        ///   else.
        init(_ details: FileDetails, isLog: Bool = false) {
            identity = details.identity
            size = details.size
            contentChange = details.contentChange
            change = isLog ? details.contentChange : details.change
        }

        /// Returns whether it was changed at or after a time, by the kernel's clock for files,
        /// which moves in steps: two changes within one step have the same time.
        func isChanged(since time: Int64, until end: Int64) -> Bool {
            let times = [contentChange, change]
            // Some file systems store whole seconds, or every second one.
            let isCoarse = times.allSatisfy { $0 % 1_000_000_000 == 0 }
            let start = isCoarse ? time - 2_000_000_000 : time
            return times.contains { (start...max(start, end)).contains($0) }
        }
    }

    let database: File
    /// Nil if there is none, or one without commits.
    let writeAheadLog: File?
    /// The WAL's first bytes, which differ after each restart of the WAL
    /// (<https://www.sqlite.org/walformat.html#recovery>).
    let walHeader: [UInt8]
    /// The time at which it was taken, by the kernel's clock for files.
    let time: Int64

    static let walHeaderSize = 32

    /// Whether there may be commits in the write-ahead log.
    var hasCommits: Bool { writeAheadLog != nil }

    /// Returns whether a write-ahead log is long enough for a commit. For one with only its header,
    /// SQLite cannot create an index that it then trusts.
    static func mayHaveCommits(_ log: OpenFile) -> Bool {
        log.details.map { $0.size > walHeaderSize } ?? false
    }

    /// Inspects open files.
    init?(database: CInt, writeAheadLog: OpenFile?) {
        time = momentlog_file_time()
        guard let details = FileDetails(descriptor: database) else { return nil }
        self.database = File(details)
        guard let log = writeAheadLog else {
            (self.writeAheadLog, walHeader) = (nil, [])
            return
        }
        guard let details = log.details, let header = log.read(Self.walHeaderSize) else {
            return nil
        }
        self.writeAheadLog =
            details.size > Self.walHeaderSize ? File(details, isLog: true) : nil
        walHeader = header
    }

    /// Returns whether what was read since then is one state of the store.
    ///
    /// A WAL that has grown does no harm: the first commits stay where they are, until the WAL
    /// restarts with another header, for which all of it has to be in the database first.
    func stands(database: CInt, writeAheadLog log: OpenFile?) -> Bool {
        guard let now = StoreStamp(database: database, writeAheadLog: log) else { return false }
        return now.database == self.database && now.walHeader == walHeader
            && !now.database.isChanged(since: time, until: now.time)
            && (now.writeAheadLog?.size ?? 0) >= (writeAheadLog?.size ?? 0)
    }

    /// Returns whether nothing was appended or changed since then at the paths of a store.
    func isCurrent(_ files: StoreFiles) -> Bool {
        let now = momentlog_file_time()
        guard let database = FileDetails(path: files.database), File(database) == self.database
        else { return false }
        let log = FileDetails(path: files.writeAheadLog)
            .flatMap { $0.size > Self.walHeaderSize ? File($0, isLog: true) : nil }
        guard log == writeAheadLog else { return false }
        return ![self.database, log].contains { $0?.isChanged(since: time, until: now) ?? false }
    }
}
