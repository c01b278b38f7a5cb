public import EventLog
import Foundation
import GRDB
public import Moments

extension SQLiteEventLog {
    /// The log's head; see ``EventLog/head()``.
    public func head() async throws(MomentlogError) -> StoreHead {
        let found = try await read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT (SELECT uuid FROM store), size, root FROM log_commit
                    ORDER BY number DESC LIMIT 1
                    """)
            let uuid: String? =
                try row.map { try $0.value(0) }
                ?? String.fetchOne(database, sql: "SELECT uuid FROM store")
            return try StoreHead(
                origin: "momentlog/\(uuid ?? "")", size: row.map { try $0.value(1) } ?? 0,
                root: row.map { [UInt8](try $0.value(2) as Data) } ?? MerkleTree().root)
        }
        guard let found else {
            throw MomentlogError(.storage, "there is no store at \(files.database) yet")
        }
        return found
    }

    /// Verifies the log and its head file; see ``EventLog/verify(against:progress:)``.
    public func verify(
        against kept: StoreHead?, progress: @escaping @Sendable (Int) -> Void
    ) async throws(MomentlogError) -> Verification {
        // Before the database: what is committed in between can only make the log longer.
        let beside = ReadHeadFile(files)
        let verification = try await read { database in
            var audit = LogAudit(
                database: database, kept: kept, told: beside.head, progress: progress)
            if let fault = try beside.fault(in: database) { audit.faults.add(fault) }
            return try audit.run()
        }
        guard let verification else {
            throw MomentlogError(.storage, "there is no store at \(files.database) yet")
        }
        return verification
    }
}
