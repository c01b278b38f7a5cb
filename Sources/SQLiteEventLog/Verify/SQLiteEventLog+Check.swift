import CShims
public import EventLog
import Foundation
import GRDB
public import Moments

extension SQLiteEventLog {
    /// Verifies everything in a store's files, and compares everything that is derived from its
    /// events with a replay from the first.
    ///
    /// It opens what nothing else opens: a log that is behind its head file, and a damaged database
    /// as far as SQLite can read it. It only reads: it takes no lease, and moves nothing out of a
    /// WAL.
    ///
    ///
    /// - Parameters:
    ///   - path: The database file.
    ///   - kept: A head that was kept elsewhere, from which the log should have grown.
    ///   - depth: The extent of the verification.
    ///   - progress: Called now and then with the number of events read so far, and of all.
    ///
    /// - Throws: ``MomentlogError`` with `storage` if there is no store, or one of another
    ///   application; with `too-new` for one of a later momentlog; with `busy` if the files
    ///   changed each time that they were read.
    /// - Complexity: O(*n*) in all that the store holds, in memory that grows with the live
    ///   checkpoints of all domains, unless only the log is verified.
    public static func check(
        path: String, against kept: StoreHead? = nil, depth: Verification.Depth = .everything,
        progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(MomentlogError) -> Verification {
        let check = StoreCheck(
            files: StoreFiles(path: path), kept: kept, depth: depth, progress: progress)
        return try await BlockingWork.shared.run { cancellation throws(MomentlogError) in
            try check.run(cancellation)
        }
    }
}

/// A check of everything in a store's files.
struct StoreCheck: Sendable {
    let files: StoreFiles
    let kept: StoreHead?
    let depth: Verification.Depth
    let progress: @Sendable (WorkProgress) -> Void

    func run(_ cancellation: Cancellation) throws(MomentlogError) -> Verification {
        var attempts = 0
        while true {
            attempts += 1
            let before = try? files.identity()
            // Before the database: what is committed in between can only make the log longer.
            let beside = ReadHeadFile(files)
            do throws(MomentlogError) {
                let found = try run(beside, cancellation)
                // A restoration replaces database and head one after the other.
                guard attempts < 8, found.faults.contains(where: { $0.kind == .headMismatch }),
                    before != (try? files.identity()) || !beside.isCurrent
                else { return found }
            } catch {
                guard attempts < 8, before != (try? files.identity()) else { throw error }
            }
            usleep(20_000)
        }
    }

    private func run(
        _ beside: ReadHeadFile, _ cancellation: Cancellation
    ) throws(MomentlogError) -> Verification {
        let presence = try files.presence()
        guard presence == .something else {
            if let failure = beside.failure { throw failure }
            guard let recorded = beside.head, recorded.size > 0 else {
                throw MomentlogError(
                    .storage, "there is no store at \(files.database)",
                    hint: "name the store's file", suggestion: .nameStore)
            }
            let contradiction = HeadMismatch(recorded: recorded, found: 0, reason: .noDatabase)
            return Verification(
                Verification.Fault(
                    .headMismatch, .headFile, sequence: 1, contradiction.error(files).message),
                kept)
        }
        let files = self.files
        let reader = StoreReader(files, retryLimit: .seconds(5)) { database in
            // Finds more damage, and keeps SQLite from trusting what it reads.
            try database.execute(sql: "PRAGMA cell_size_check = ON")
            try Self.checkSchema(database, files)
        }
        defer { reader.close() }
        // A log that is behind its head file is reported like other faults.
        reader.readsWhatIsBehind = true
        do throws(MomentlogError) {
            // One state of the database for all queries.
            if let found = try reader.readNow(unless: cancellation, { try check($0, beside) }) {
                return found
            }
        } catch {
            guard error.code == .corrupt else { throw error }
            return Verification(
                Verification.Fault(.damagedDatabase, .database, error.message), kept)
        }
        throw MomentlogError(
            .storage, "\(files.database) is empty", hint: "name the store's file",
            suggestion: .nameStore)
    }

    /// Refuses what is not a store, and has a copy made of an older one. A database with the tables
    /// of a store is one, whatever its header says.
    private static func checkSchema(_ database: Database, _ files: StoreFiles) throws {
        guard try !SchemaObject.differences(of: database).isEmpty else { return }
        switch try SchemaVersion.check(database, files) {
        case .current: return
        case .older: throw SchemaOutdated()
        case .none: throw SchemaAbsent()
        }
    }

    private func check(_ database: Database, _ beside: ReadHeadFile) throws -> Verification {
        let headings = try checkHeadings(database)
        var verifier = StoreVerifier(
            database: database, depth: depth, kept: kept, recorded: beside.head, progress: progress)
        for fault in headings { verifier.log.faults.add(fault) }
        if let fault = try beside.fault(in: database) { verifier.log.faults.add(fault) }
        for fault in readableFiles { verifier.log.faults.add(fault) }
        return try verifier.run()
    }

    /// The files with definitions, and their secrets, that others than the owner can read.
    private var readableFiles: [Verification.Fault] {
        let paths = [files.database, files.writeAheadLog, files.rollbackJournal]
        return paths.compactMap { path in
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & 0o044 != 0 else { return nil }
            let mode = String(status.st_mode & 0o7777, radix: 8)
            return Verification.Fault(
                .readableByOthers,
                StorePlace(table: path == files.database ? "database" : path), severity: .warning,
                "\(path) has mode 0\(mode), so others than its owner can read the definitions in"
                    + " it and their secrets",
                remedies: [])
        }
    }

    /// Checks the application and schema in the database's header. A header that does not match the
    /// tables of a store is a separate fault.
    private func checkHeadings(_ database: Database) throws -> [Verification.Fault] {
        let mark = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let latest = SchemaVersion.latest
        if mark == SQLiteConnection.applicationID && version == latest { return [] }
        var faults: [Verification.Fault] = []
        for (column, found, expected) in [
            ("application_id", Int(mark), Int(SQLiteConnection.applicationID)),
            ("user_version", version, latest),
        ] where found != expected {
            let place = StorePlace(table: "database", column: column)
            let message =
                "the database's \(column) is \(found), and its tables are those of \(expected)"
            guard column == "user_version", found > latest else {
                faults.append(Verification.Fault(.damagedDatabase, place, message))
                continue
            }
            // A later momentlog may have the same tables.
            faults.append(
                Verification.Fault(
                    .damagedDatabase, place,
                    message + ": if a later version wrote it, use that",
                    remedies: []))
        }
        return faults
    }
}

extension Verification {
    /// Creates the result for a store that cannot be opened.
    fileprivate init(_ fault: Fault, _ kept: StoreHead?) {
        self.init(
            head: StoreHead(origin: "", size: 0, root: MerkleTree().root), commits: 0,
            faults: [fault], faultCount: 1,
            coverage: kept.map { Coverage(of: $0, matches: false, logSize: 0) })
    }
}
