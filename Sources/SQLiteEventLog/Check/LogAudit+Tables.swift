import Crypto
import EventLog
import Foundation
import GRDB
import Moments

extension LogAudit {
    // MARK: Definitions

    mutating func checkDefinitions() throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT id, sha256, content FROM definition")
        while let row = try rows.next() {
            let digest: Data? = row.readable(1)
            let content: Data? = row.readable(2)
            let hash = content.map { Data(SHA256.hash(data: $0)) }
            guard hash == nil || hash != digest else { continue }
            let number: Int64 = row.readable(0) ?? 0
            let event = try Row.fetchOne(
                database,
                sql: """
                    SELECT sequence, line FROM event WHERE sequence =
                        (SELECT min(sequence) FROM event WHERE definition = ?)
                    """, arguments: [number])
            // The line is the third that tells which of two is at fault.
            let told = event.flatMap { event in
                (event.readable(1) as String?).map { $0.lowercased() }
            }
            let isDigestTold = told.flatMap { told in
                digest.map { told.contains(Hexadecimal.text([UInt8]($0))) }
            }
            let column = isDigestTold.map { $0 ? "content" : "sha256" }
            add(
                .alteredDefinition,
                StorePlace(table: "definition", row: String(number), column: column),
                event.flatMap { $0.readable(0) as Int? },
                "definition \(number) is not what its digest says"
                    + (column.map { ": its \($0) was altered" } ?? ""))
        }
    }

    // MARK: Domains

    mutating func checkDomains() throws {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT id, name, uuid, is_live FROM domain ORDER BY id")
        var kept = Set<Int64>()
        while let row = try rows.next() {
            let number: Int64 = row.readable(0) ?? 0
            kept.insert(number)
            let name = (row.readable(1) as String?) ?? ""
            guard let told = lines.domains[number], number > 0 else {
                add(
                    .alteredTable, StorePlace(table: "domain", row: String(number)), nil,
                    "no event is of the domain \(number), '\(name.clipped)'")
                continue
            }
            guard !told.isDoubtful else { continue }
            for (column, isSame) in [
                ("name", (row.readable(1) as String?).hasSameBytes(as: told.name)),
                ("uuid", (row.readable(2) as String?).hasSameBytes(as: told.uuid)),
                ("is_live", (row.readable(3) as Int64?) == (told.isLive ? 1 : 0)),
            ] where !isSame {
                add(
                    .alteredTable,
                    StorePlace(table: "domain", row: String(number), column: column), nil,
                    "what is kept of domain '\((told.name ?? name).clipped)' is not what its"
                        + " events tell: its \(column) was altered")
            }
        }
        // One that lost its first event tells that a row names another domain's.
        let isBegun = lines.domains.allSatisfy { $0.key == 0 || $0.value.first != nil }
        for (number, domain) in lines.domains.sorted(by: { $0.key < $1.key })
        where domain.name != nil && !kept.contains(number) && !domain.isDoubtful {
            add(
                .alteredTable, StorePlace(table: "domain", row: String(number)), nil,
                "domain '\((domain.name ?? "").clipped)' is not kept, and events tell of it")
            guard !isBegun, let first = domain.first.map({ Int($0) }) else { continue }
            add(
                .alteredEvent, .event(first, "domain"), first,
                "event \(first) begins domain \(number), which is not kept, and another domain's"
                    + " first event is missing")
        }
    }

    // MARK: Requests

    /// Holds the answers to requests against the commits that they name. What was asked for,
    /// and what a request that led to no commit was answered, nothing else in the store tells.
    mutating func checkRequests() throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT r.name, r.number, r.first, r.last, r.revision, r.domain, r.checkpoint,
                    length(r.fingerprint), c.request, c.size, coalesce(b.size, 0),
                    e.revision, e.domain, e.line
                FROM request AS r LEFT JOIN log_commit AS c ON c.number = r.number
                    LEFT JOIN log_commit AS b ON b.number = r.number - 1
                    LEFT JOIN event AS e ON e.sequence = c.size
                ORDER BY r.name
                """)
        while let row = try rows.next() {
            let name = (row.readable(0) as String?) ?? ""
            for column in try columnsAtFault(ofRequest: row, name) {
                add(
                    .alteredTable, StorePlace(table: "request", row: name, column: column), nil,
                    "the answer kept to request '\(name.clipped)' is not what events tell: its"
                        + " \(column) was altered")
            }
        }
        try checkCommitsHaveRequests()
    }

    private func columnsAtFault(ofRequest row: Row, _ name: String) throws -> [String] {
        let ends: (first: Int?, last: Int?) = (row.readable(2), row.readable(3))
        guard (row.readable(1) as Int?) != nil else {
            return ends.first == nil && ends.last == nil ? [] : ["number"]
        }
        guard (row.readable(8) as String?).hasSameBytes(as: name) else {
            // Either names another: where no commit is of this name, it is the name.
            let isOfAny = try Bool.fetchOne(
                database, sql: "SELECT 1 FROM log_commit WHERE request = ?", arguments: [name])
            return [isOfAny == true ? "number" : "name"]
        }
        var columns: [String] = []
        let size: Int? = row.readable(9)
        if ends.first != (row.readable(10) as Int?).map({ $0 + 1 }) { columns.append("first") }
        if ends.last != size { columns.append("last") }
        if (row.readable(4) as Int?) != row.readable(11) as Int? { columns.append("revision") }
        // An earlier momentlog kept no fingerprint, and no domain.
        let fingerprint: Int? = row.readable(7)
        if fingerprint != 0, let line: String = row.readable(13),
            let last = try? EventLine.decode(line)
        {
            var domain = last.domain
            if case .domainRenamed(to: let newName) = last.event { domain = newName }
            if !(row.readable(5) as String?).hasSameBytes(as: domain) { columns.append("domain") }
        }
        if let checkpoint: String = row.readable(6), let size, let domain: Int64 = row.readable(12),
            try !isNamed(checkpoint, through: size, first: ends.first ?? size, of: domain)
        {
            columns.append("checkpoint")
        }
        return columns
    }

    /// Whether an event of a domain names a checkpoint: mostly one of the commit does.
    private func isNamed(
        _ checkpoint: String, through last: Int, first: Int, of domain: Int64
    ) throws -> Bool {
        let ofCommit = try database.cachedStatement(
            sql: "SELECT 1 FROM event WHERE sequence BETWEEN ? AND ? AND checkpoint = ? LIMIT 1")
        if try Int.fetchOne(ofCommit, arguments: [first, last, checkpoint]) != nil { return true }
        let ofDomain = try database.cachedStatement(
            sql: """
                SELECT 1 FROM event WHERE domain = ? AND sequence <= ? AND checkpoint = ? LIMIT 1
                """)
        return try Int.fetchOne(ofDomain, arguments: [domain, last, checkpoint]) != nil
    }

    /// Commits whose requests are not known: repeated, they would be carried out again. Those
    /// of imports never are.
    private mutating func checkCommitsHaveRequests() throws {
        guard depth == .everything else { return }
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT c.number, c.request, c.size FROM log_commit AS c
                WHERE c.request IS NOT NULL
                    AND NOT EXISTS
                        (SELECT 1 FROM request AS r
                         WHERE r.name = c.request AND (r.number <= c.number OR r.number IS NULL))
                    AND NOT EXISTS
                        (SELECT 1 FROM event AS e WHERE e.sequence = c.size
                         AND instr(e.line, '"origin":{"kind":"import"'))
                ORDER BY c.number
                """)
        while let row = try rows.next() {
            let name = (row.readable(1) as String?) ?? ""
            add(
                .alteredTable, StorePlace(table: "request", row: name), row.readable(2),
                "the answer to request '\(name.clipped)' is not kept, and commit"
                    + " \((row.readable(0) as Int?) ?? 0) is of it")
        }
    }
}

extension Row {
    /// A column's value, whatever damage was done to it: nil if it is of another type.
    func readable<Value: DatabaseValueConvertible>(_ column: Int) -> Value? {
        Value.fromDatabaseValue(self[column])
    }
}
