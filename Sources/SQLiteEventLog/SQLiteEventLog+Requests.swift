public import EventLog
import Foundation
import GRDB
public import Moments

extension SQLiteEventLog {
    /// The requests of these names that were carried out; see ``EventLog/requests(_:)``.
    public func requests(
        _ names: [String]
    ) async throws(MomentlogError) -> [RequestRecord] {
        try checkOpen()
        guard !names.isEmpty else { return [] }
        return try await read { database in
            try names.compactMap { try RequestRecord.fetch($0, database) }
        } ?? []
    }
}

extension RequestRecord {
    fileprivate static func fetch(_ name: String, _ database: Database) throws -> RequestRecord? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT fingerprint, domain, number, first, last, revision, checkpoint
                FROM request WHERE name = ?
                """)
        guard let row = try Row.fetchOne(statement, arguments: [name]) else { return nil }
        let (first, last): (Int?, Int?) = try (row.value(3), row.value(4))
        var sequences: ClosedRange<Int>?
        if let first, let last {
            guard first <= last else {
                throw MomentlogError(
                    .corrupt, "the answer to the request '\(name)' ends before it begins")
            }
            sequences = first...last
        }
        return try RequestRecord(
            name: name, fingerprint: [UInt8](row.value(0) as Data), domain: row.value(1),
            commit: row.value(2),
            sequences: sequences, revision: row.value(5), checkpoint: row.value(6))
    }

    func isNew(in database: Database) throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT 1 FROM request WHERE name = ?")
        return try Int.fetchOne(statement, arguments: [name]) == nil
    }

    func insert(into database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO request
                    (name, fingerprint, domain, number, first, last, revision, checkpoint)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            name, Data(fingerprint), domain, commit, sequences?.lowerBound,
            sequences?.upperBound, revision, checkpoint,
        ])
    }
}
