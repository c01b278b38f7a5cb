import Crypto
import EventLog
import Foundation
import GRDB
import Moments

/// The stored form of a request: the position of its answer in the log.
struct KeptAnswer {
    /// What the answer is derived from.
    enum Basis {
        /// The commit that the request led to.
        case commit(Int)
        /// The domain at the time of a request that appended nothing.
        case revision(Int, of: Int64)
    }

    static let columns = "fingerprint, number, domain, revision, sha256"

    let name: String
    let fingerprint: [UInt8]
    let basis: Basis

    /// Creates the row of a request that led to a commit.
    init(_ request: RequestRecord, commit: Int) {
        name = request.name
        fingerprint = request.fingerprint
        basis = .commit(commit)
    }

    /// Creates the row of a request that appended nothing.
    ///
    /// - Throws: ``MomentlogError`` with `usage`; see ``RequestRecord/check(against:)``.
    init(_ request: RequestRecord, in database: Database) throws {
        name = request.name
        fingerprint = request.fingerprint
        let statement = try database.cachedStatement(
            sql: """
                SELECT id FROM domain WHERE name = ? ORDER BY is_live DESC, id DESC LIMIT 1
                """)
        if let id = request.domainID {
            try id.check(of: StoreIdentity(origin: try StoreHead.origin(database)))
        }
        let domain =
            try request.domainID?.number
            ?? Int64.fetchOne(statement, arguments: [request.domain])
        let revision = try database.cachedStatement(
            sql: "SELECT max(revision) FROM event WHERE domain = ?")
        try request.check(
            against: domain.flatMap { try Int.fetchOne(revision, arguments: [$0]) })
        basis = .revision(request.revision, of: domain ?? EventIndex.store)
        _ = try record(database)
    }

    private init(name: String, fingerprint: [UInt8], basis: Basis) {
        self.name = name
        self.fingerprint = fingerprint
        self.basis = basis
    }

    static func fetch(_ name: String, _ database: Database) throws -> KeptAnswer? {
        let statement = try database.cachedStatement(
            sql: "SELECT \(columns) FROM request WHERE name = ?")
        guard let row = try Row.fetchOne(statement, arguments: [name]) else { return nil }
        return try KeptAnswer(row, name: name)
    }

    /// - Parameter row: The columns of ``columns``.
    /// - Throws: ``MomentlogError`` with `corrupt`.
    init(_ row: Row, name: String) throws {
        let fingerprint: Data = try row.value(0)
        let checksum = Self.checksum(
            name, [UInt8](fingerprint), number: row.readable(1), domain: row.readable(2),
            revision: row.readable(3))
        guard row.readable(4) == checksum else {
            throw MomentlogError(
                .corrupt,
                "the answer to the request '\(name)' does not match its checksum: its row in the"
                    + " table request was altered",
                hint: "see what is damaged before you restore a backup", suggestion: .verify)
        }
        if let number: Int = row.readable(1) {
            self.init(name: name, fingerprint: [UInt8](fingerprint), basis: .commit(number))
        } else if let domain: Int64 = row.readable(2), let revision: Int = row.readable(3) {
            self.init(
                name: name, fingerprint: [UInt8](fingerprint),
                basis: .revision(revision, of: domain))
        } else {
            throw MomentlogError(
                .corrupt, "the answer to the request '\(name)' has neither commit nor revision",
                hint: "see what is damaged before you restore a backup", suggestion: .verify)
        }
    }

    func insert(into database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO request (name, fingerprint, number, domain, revision, sha256)
                VALUES (?, ?, ?, ?, ?, ?)
                """)
        let (number, domain, revision): (Int?, Int64?, Int?) =
            switch basis {
            case .commit(let number): (number, nil, nil)
            case .revision(let revision, of: let domain): (nil, domain, revision)
            }
        try statement.execute(arguments: [
            name, Data(fingerprint), number, domain, revision,
            Self.checksum(name, fingerprint, number: number, domain: domain, revision: revision),
        ])
    }

    /// The hash of a row's other columns.
    static func checksum(
        _ name: String, _ fingerprint: [UInt8], number: Int?, domain: Int64?, revision: Int?
    ) -> Data {
        var hash = SHA256()
        for bytes in [Array(name.utf8), fingerprint] {
            withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: bytes)
        }
        for value in [number.map { Int64($0) }, domain, revision.map { Int64($0) }] {
            hash.update(data: [value == nil ? 0 : 1])
            withUnsafeBytes(of: (value ?? 0).bigEndian) { hash.update(bufferPointer: $0) }
        }
        return Data(hash.finalize())
    }

    /// Derives the answer from the log.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` if the log has no such commit or revision, or
    ///   the commit belongs to another request.
    func record(_ database: Database) throws -> RequestRecord {
        switch basis {
        case .commit(let number):
            let commits = CommitTable(database: database)
            guard number > 0, number <= (try commits.last().number) else { throw missing("commit") }
            let (before, place) = try (commits.place(of: number - 1), commits.place(of: number))
            guard before.size < place.size else { throw missing("commit") }
            let answer = try commits.line(place.size) { line in
                guard line.commit == number, line.request?.hasSameBytes(as: name) == true else {
                    throw missing("commit")
                }
                return RequestRecord(
                    name: name, fingerprint: fingerprint, domain: line.nameAfterwards,
                    commit: number, sequences: before.size + 1...place.size,
                    revision: line.revision)
            }
            guard let answer else { throw missing("commit") }
            return answer
        case .revision(let revision, of: let domain):
            let statement = try database.cachedStatement(
                sql: """
                    SELECT line, sequence, domain, revision, kind FROM event
                    WHERE domain = ? AND revision = ?
                    """)
            try statement.setArguments([domain, revision])
            let row = StoredRow(UnsafeMutableRawPointer(statement.sqliteStatement))
            defer { row.reset() }
            guard domain != EventIndex.store, try row.step() else { throw missing("revision") }
            return RequestRecord(
                name: name, fingerprint: fingerprint,
                domain: try CheckedRow(row, of: domain).parsed.nameAfterwards, revision: revision)
        }
    }

    private func missing(_ column: String) -> MomentlogError {
        MomentlogError(
            .corrupt,
            "the answer to the request '\(name)' names a \(column) that does not belong to it: the table"
                + " request was altered",
            hint: "see what is damaged before you restore a backup", suggestion: .verify)
    }
}

extension ParsedLine {
    /// The domain's name after the event.
    fileprivate var nameAfterwards: String {
        if case .domainRenamed(to: let name) = payload { return name.string }
        return domain?.string ?? ""
    }
}
