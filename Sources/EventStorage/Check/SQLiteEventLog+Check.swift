import CShims
import Dispatch
import Foundation
import GRDB
public import Moments

extension SQLiteEventLog {
    /// Looks at everything in a store's files, and compares all that follows from its events
    /// with a replay from the first.
    ///
    /// It opens what nothing else opens: a log that is behind its head file, and a damaged
    /// database as far as SQLite can read it. It only reads: it takes no lease, brings no schema
    /// up to date, and moves nothing out of a WAL.
    ///
    /// - Parameter progress: Called now and then with the events looked at so far.
    /// - Throws: ``MomentlogError`` with `storage` if there is no store, or one of another
    ///   application or of an earlier schema; with `too-new` for one of a later momentlog.
    /// - Complexity: O(*n*) in all that the store holds, in memory that grows with its
    ///   domains and the largest of them alone.
    public static func check(
        path: String, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws(MomentlogError) -> Verification {
        let result: Result<Verification, MomentlogError> = await withCheckedContinuation {
            continuation in
            DispatchQueue(label: "momentlog.checking").async {
                let check = StoreCheck(files: StoreFiles(path: path), progress: progress)
                do throws(MomentlogError) {
                    continuation.resume(returning: .success(try check.run()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}

/// A check of all that a store's files hold.
struct StoreCheck {
    let files: StoreFiles
    let progress: @Sendable (Int) -> Void

    func run() throws(MomentlogError) -> Verification {
        // Before the database: what is committed in between can only make the log longer.
        let head: ReadHead
        do throws(MomentlogError) {
            head = ReadHead(bytes: try HeadFile.bytes(files.head), failure: nil)
        } catch {
            head = ReadHead(bytes: nil, failure: error)
        }
        let presence = try files.presence()
        guard presence == .something else {
            if let failure = head.failure { throw failure }
            guard case .head(let told) = head.content, told.size > 0 else {
                throw MomentlogError(
                    .storage, "there is no store at \(files.database)",
                    hint: "--store names the store")
            }
            let contradiction = HeadContradiction(told: told, found: 0, reason: .noDatabase)
            return Verification(
                Verification.Fault(
                    .headMismatch, .headFile, sequence: 1, contradiction.error(files).message))
        }
        do {
            // SQLite would leave a WAL behind in the folder of a store that nobody has open.
            let stamp = try files.isOnReadOnlyFileSystem ? nil : files.stamp()
            let isUnchanging = stamp.map { !$0.hasWAL } ?? true
            let found = Result { try check(head, isUnchanging: isUnchanging) }
            guard isUnchanging, let stamp, try files.stamp()?.database != stamp.database else {
                return try found.get()
            }
            // Somebody has opened it meanwhile.
            return try check(head, isUnchanging: false)
        } catch {
            let failure = StorageFailure.mapped(error, files)
            guard failure.code == .corrupt else { throw failure }
            return Verification(Verification.Fault(.damagedDatabase, .database, failure.message))
        }
    }

    private func check(_ head: ReadHead, isUnchanging: Bool) throws -> Verification {
        let queue = try DatabaseQueue(
            path: isUnchanging ? files.immutableURI() : files.database,
            configuration: configuration)
        // One state of the database for all that is asked.
        return try queue.read { try check($0, head) }
    }

    private var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "momentlog.check"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // Finds more, and keeps SQLite from trusting what it reads.
            try database.execute(
                sql: "PRAGMA cell_size_check = ON; PRAGMA wal_autocheckpoint = 0")
            guard let connection = database.sqliteConnection,
                momentlog_sqlite3_checkpoints_on_close(UnsafeMutableRawPointer(connection), 0) == 0
            else {
                throw MomentlogError(
                    .storage, "this SQLite cannot be told not to checkpoint on close")
            }
        }
        return configuration
    }

    /// The head file as it was before the database was looked at.
    private struct ReadHead {
        let bytes: [UInt8]?
        /// Why it could not be read; nil if it could.
        let failure: MomentlogError?

        var content: HeadFile { HeadFile(bytes) }
    }

    private func check(_ database: Database, _ head: ReadHead) throws -> Verification {
        let headings = try checkHeadings(database)
        var told: StoreHead?
        if case .head(let head) = head.content { told = head }
        var audit = LogAudit(
            database: database, depth: .everything, told: told, progress: progress)
        for fault in headings { audit.faults.add(fault) }
        switch head.content {
        case _ where head.failure != nil: audit.faults.add(unreadableHead(head.failure?.message))
        // Who takes the lease makes an empty one.
        case _ where head.bytes?.isEmpty ?? true:
            audit.remarks.append("the store has no head file; the next commit writes it")
        case .absent, .damaged: audit.faults.add(damagedHead)
        case .head(let told) where head.bytes != Array(told.text.utf8):
            audit.faults.add(damagedHead)
        case .head: break
        }
        return try audit.run()
    }

    private func unreadableHead(_ why: String?) -> Verification.Fault {
        Verification.Fault(
            .damagedHead, .headFile,
            (why ?? "the head file cannot be read")
                + "; nothing else opens the store until it can be", remedies: [])
    }

    private var damagedHead: Verification.Fault {
        Verification.Fault(
            .damagedHead, .headFile, severity: .warning,
            "\(files.head) does not hold a head as momentlog writes it: it cannot show whether"
                + " the end of the log is lost, as a head kept elsewhere can; the next commit"
                + " writes it anew", remedies: [])
    }

    /// What the database's header says of its application and schema. A header that does not
    /// agree with the tables of a store is a fault of its own.
    private func checkHeadings(_ database: Database) throws -> [Verification.Fault] {
        let mark = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let latest = SchemaVersion.latest
        if mark == SQLiteConnection.applicationID && version == latest { return [] }
        guard try SchemaObject.differences(of: database).isEmpty else {
            guard case .older(let version) = try SchemaVersion.check(database, files) else {
                throw MomentlogError(
                    .storage, "\(files.database) is empty", hint: "--store names the store")
            }
            throw MomentlogError(
                .storage,
                "the store \(files.database) has schema version \(version), and what it holds is"
                    + " checked at version \(latest)",
                hint: "keep a copy; 'momentlog verify' brings the store up to date")
        }
        var faults: [Verification.Fault] = []
        for (column, found, expected) in [
            ("application_id", Int(mark), Int(SQLiteConnection.applicationID)),
            ("user_version", version, latest),
        ] where found != expected {
            faults.append(
                Verification.Fault(
                    .damagedDatabase, StorePlace(table: "database", column: column),
                    "the database's \(column) is \(found), and its tables are those of"
                        + " \(expected)"))
        }
        return faults
    }
}

extension Verification {
    /// That of a store that cannot be looked into.
    fileprivate init(_ fault: Fault) {
        self.init(
            head: StoreHead(origin: "", size: 0, root: MerkleTree().root), commits: 0,
            faults: [fault], faultCount: 1, grown: nil, remarks: [])
    }
}
