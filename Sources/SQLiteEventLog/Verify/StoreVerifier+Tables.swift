import Crypto
import EventLog
import Foundation
import GRDB
import Moments

extension StoreVerifier {
    // MARK: Definitions

    /// Hashes all definitions, and looks up those that events name.
    mutating func checkDefinitions() throws {
        var missing = log.definitions
        let rows = try Row.fetchCursor(database, sql: "SELECT id, sha256, content FROM definition")
        while let row = try rows.next() {
            let digest: Data? = row.readable(1)
            let content: Data? = row.readable(2)
            if let known = digest.flatMap({ DefinitionDigest(bytes: [UInt8]($0)) }) {
                missing.remove(known)
            }
            let hash = content.map { Data(SHA256.hash(data: $0)) }
            guard hash == nil || hash != digest else { continue }
            // The events show which of the two is at fault.
            let isNamed = digest.flatMap { DefinitionDigest(bytes: [UInt8]($0)) }
                .map { log.definitions.contains($0) }
            add(
                .alteredDefinition,
                StorePlace(
                    table: "definition", row: String((row.readable(0) as Int64?) ?? 0),
                    column: isNamed == true ? "content" : "sha256"),
                "definition \((row.readable(0) as Int64?) ?? 0) does not match its digest: its"
                    + " \(isNamed == true ? "content" : "sha256") was altered")
        }
        for digest in missing.map(\.hexadecimal).sorted() {
            add(
                .alteredDefinition, StorePlace(table: "definition", row: digest),
                "definition \(digest), which events name, is missing")
        }
    }

    // MARK: Domains

    /// Compares the table of domains with the events about them.
    mutating func checkDomains() throws {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT id, name, uuid, is_live FROM domain ORDER BY id")
        var missing = log.identities
        while let row = try rows.next() {
            let number: Int64 = row.readable(0) ?? 0
            let name = (row.readable(1) as String?) ?? ""
            guard let derived = missing.removeValue(forKey: number) else {
                add(
                    .alteredTable, StorePlace(table: "domain", row: String(number)),
                    "no event belongs to the domain \(number), '\(name.clipped)'")
                continue
            }
            for (column, isSame) in [
                ("name", (row.readable(1) as String?).hasSameBytes(as: derived.name)),
                ("uuid", (row.readable(2) as String?).hasSameBytes(as: derived.uuid?.description)),
                ("is_live", (row.readable(3) as Int64?) == (derived.isLive ? 1 : 0)),
            ] where !isSame {
                add(
                    .alteredTable,
                    StorePlace(table: "domain", row: String(number), column: column),
                    "the row of domain '\(derived.name.clipped)' does not match its events: its"
                        + " \(column) was altered")
            }
        }
        for (number, derived) in missing.sorted(by: { $0.key < $1.key }) {
            add(
                .alteredTable, StorePlace(table: "domain", row: String(number)),
                "domain '\(derived.name.clipped)' has events, but no row")
        }
    }

    // MARK: Settings

    /// Compares the stored settings before the first event about them.
    mutating func checkSettings() throws {
        guard
            let row = try Row.fetchOne(database, sql: "SELECT initial_strips_secrets FROM store")
        else {
            return add(.alteredTable, StorePlace(table: "store"), "the store's own row is missing")
        }
        let initial: Int64? = row.readable(0)
        let first = log.firstSettings[.stripSecrets]
        let derived = first ?? (log.beginsWithRecorder ? false : initial == 1)
        guard initial != (derived ? 1 : 0) else { return }
        add(
            .alteredTable,
            StorePlace(table: "store", row: "1", column: "initial_strips_secrets"),
            "the store's initial_strips_secrets is \(initial ?? 0), but its events say"
                + " \(derived ? 1 : 0)")
    }

    // MARK: Observations

    /// Compares observations with their checksums. They are evidence, and what they say nothing
    /// proves.
    mutating func checkObservations() throws {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT \(StoredObservation.columns) FROM observation ORDER BY uuid")
        while let row = try rows.next() {
            guard StoredObservation(row) == nil else { continue }
            let uuid = (row.readable(0) as String?) ?? ""
            add(
                .alteredTable, StorePlace(table: "observation", row: uuid.clipped),
                severity: .warning,
                "the last observation of domain \(uuid.clipped) does not have its checksum: it is"
                    + " skipped; the next pull stores another, and may record again what was pruned in"
                    + " the record alone", remedies: [])
        }
    }

    // MARK: Requests

    /// Looks up the answers to requests in the log. What was asked for, and the fact that a request
    /// without a commit was made, are recorded nowhere else.
    mutating func checkRequests() throws {
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT \(KeptAnswer.columns), name FROM request ORDER BY name")
        while let row = try rows.next() {
            let name = (row.readable(5) as String?) ?? ""
            do {
                _ = try KeptAnswer(row, name: name).record(database)
            } catch let error as MomentlogError {
                add(.alteredTable, StorePlace(table: "request", row: name), error.message)
            }
        }
        try checkCommitsHaveRequests()
    }

    /// Finds commits whose requests are not stored: a retry would carry them out again. Those of
    /// imports may have been carried out under one key.
    private mutating func checkCommitsHaveRequests() throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT sequence, line FROM event AS e
                WHERE instr(line, ',"request":"')
                    AND NOT instr(line, '"origin":{"kind":"import"')
                ORDER BY sequence
                """)
        var last = 0
        while let row = try rows.next() {
            guard let text: String = row.readable(1),
                let line = try? LoggedLine(text: text).event(),
                line.commit != last, let name = line.provenance.request
            else { continue }
            last = line.commit
            let found = try? KeptAnswer.fetch(name, database)
            if case .commit(let number)? = found?.basis, number <= line.commit { continue }
            if case .revision? = found?.basis { continue }
            add(
                .alteredTable, StorePlace(table: "request", row: name),
                sequence: line.sequence,
                "the answer to request '\(name.clipped)' is missing, although commit \(line.commit)"
                    + " belongs to it")
        }
    }
}
