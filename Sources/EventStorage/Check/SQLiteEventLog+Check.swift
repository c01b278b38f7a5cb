import CShims
import Dispatch
import Foundation
import GRDB
public import Moments

extension SQLiteEventLog {
    /// Verifies everything in a store's files, and compares all that follows from its events
    /// with a replay from the first.
    ///
    /// It opens what nothing else opens: a log that is behind its head file, and a damaged
    /// database as far as SQLite can read it. It only reads: it takes no lease, and moves
    /// nothing out of a WAL.
    ///
    /// - Parameters:
    ///   - kept: A head that was kept elsewhere, from which the log should have grown.
    ///   - depth: How much is verified.
    ///   - migratesOlder: Whether a store of an earlier schema is brought up to date first,
    ///     which is a change; it is refused otherwise.
    ///   - progress: Called now and then with the number of events read so far.
    /// - Throws: ``MomentlogError`` with `storage` if there is no store, or one of another
    ///   application or of an earlier schema; with `too-new` for one of a later momentlog.
    /// - Complexity: O(*n*) in all that the store holds, in memory that grows with its
    ///   domains and the largest of them alone.
    public static func check(
        path: String, against kept: StoreHead? = nil, depth: Verification.Depth = .everything,
        migratesOlder: Bool = false, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws(MomentlogError) -> Verification {
        let check = StoreCheck(
            files: StoreFiles(path: path), kept: kept, depth: depth, progress: progress)
        do throws(MomentlogError) {
            return try await run(check)
        } catch {
            guard migratesOlder, error.cause is SchemaOutdated else { throw error }
            let log = try await open(
                path: path, options: Options(createsStore: false, access: .audit))
            await log.close()
        }
        return try await run(check)
    }

    private static func run(
        _ check: StoreCheck
    ) async throws(MomentlogError) -> Verification {
        let result: Result<Verification, MomentlogError> = await withCheckedContinuation {
            continuation in
            DispatchQueue(label: "momentlog.checking").async {
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
struct StoreCheck: Sendable {
    let files: StoreFiles
    let kept: StoreHead?
    let depth: Verification.Depth
    let progress: @Sendable (Int) -> Void

    func run() throws(MomentlogError) -> Verification {
        // Before the database: what is committed in between can only make the log longer.
        let beside = ReadHeadFile(files)
        let presence = try files.presence()
        guard presence == .something else {
            if let failure = beside.failure { throw failure }
            guard let told = beside.head, told.size > 0 else {
                throw MomentlogError(
                    .storage, "there is no store at \(files.database)",
                    hint: "name the store's file", suggestion: .nameStore)
            }
            let contradiction = HeadContradiction(told: told, found: 0, reason: .noDatabase)
            return Verification(
                Verification.Fault(
                    .headMismatch, .headFile, sequence: 1, contradiction.error(files).message),
                kept)
        }
        do {
            // SQLite would leave a WAL behind in the folder of a store that nobody has open.
            let stamp = try files.isOnReadOnlyFileSystem ? nil : files.stamp()
            let isUnchanging = stamp.map { !$0.hasWAL } ?? true
            let found = Result { try check(beside, isUnchanging: isUnchanging) }
            guard isUnchanging, let stamp, try files.stamp()?.database != stamp.database else {
                return try found.get()
            }
            // Somebody has opened it meanwhile.
            return try check(beside, isUnchanging: false)
        } catch {
            let failure = StorageFailure.mapped(error, files)
            guard failure.code == .corrupt else { throw failure }
            return Verification(
                Verification.Fault(.damagedDatabase, .database, failure.message), kept)
        }
    }

    private func check(_ beside: ReadHeadFile, isUnchanging: Bool) throws -> Verification {
        let queue = try DatabaseQueue(
            path: isUnchanging ? files.immutableURI() : files.database,
            configuration: configuration)
        // One state of the database for all that is asked.
        return try queue.read { try check($0, beside) }
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

    private func check(_ database: Database, _ beside: ReadHeadFile) throws -> Verification {
        let headings = try checkHeadings(database)
        var audit = LogAudit(
            database: database, depth: depth, kept: kept, told: beside.head, progress: progress)
        for fault in headings { audit.faults.add(fault) }
        if let fault = try beside.fault(in: database) { audit.faults.add(fault) }
        return try audit.run()
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
                    .storage, "\(files.database) is empty", hint: "name the store's file",
                    suggestion: .nameStore)
            }
            throw MomentlogError(
                .storage,
                "the store \(files.database) has schema version \(version), and what it holds is"
                    + " checked at version \(latest)",
                hint: "keep a copy, and open the store: that brings it up to date",
                cause: SchemaOutdated())
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
    /// The result for a store that cannot be opened.
    fileprivate init(_ fault: Fault, _ kept: StoreHead?) {
        self.init(
            head: StoreHead(origin: "", size: 0, root: MerkleTree().root), commits: 0,
            faults: [fault], faultCount: 1,
            coverage: kept.map { Coverage(of: $0, matches: false, logSize: 0) })
    }
}
