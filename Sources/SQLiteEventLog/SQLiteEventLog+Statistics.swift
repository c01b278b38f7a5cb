import EventLog
import Files
import Foundation
import GRDB
public import Moments

extension SQLiteEventLog {
    /// Returns sizes, counts and settings.
    public func statistics() async throws(MomentlogError) -> [Statistic] {
        let files = self.files
        let journalMode = self.journalMode
        return try await read { database in
            func number(_ name: String, _ sql: String) throws -> Statistic {
                Statistic(name: name, value: .number(try Int.fetchOne(database, sql: sql) ?? 0))
            }
            func text(_ name: String, _ sql: String) throws -> Statistic {
                let value = try DatabaseValue.fetchOne(database, sql: sql)
                let text = value.flatMap {
                    String.fromDatabaseValue($0) ?? Int.fromDatabaseValue($0)?.description
                }
                return Statistic(name: name, value: .text(text ?? ""))
            }
            var figures = [
                Statistic(name: "store", value: .text(files.database)),
                Statistic(name: "store-bytes", value: .number(Self.size(of: files.database))),
                Statistic(name: "wal-bytes", value: .number(Self.size(of: files.writeAheadLog))),
                Statistic(name: "wal-readers", value: .text(WALReaders(files).text)),
                try number("domains", "SELECT count(*) FROM domain WHERE is_live"),
                try number("domains-undefined", "SELECT count(*) FROM domain WHERE NOT is_live"),
                try number("events", "SELECT max(sequence) FROM event"),
                try number("commits", "SELECT max(number) FROM log_commit"),
                try number("definitions", "SELECT count(*) FROM definition"),
                try number("definition-bytes", "SELECT total(length(content)) FROM definition"),
                try number("snapshots", "SELECT count(*) FROM snapshot"),
                try number("snapshot-bytes", "SELECT total(length(content)) FROM snapshot"),
                try number(
                    "events-after-snapshots",
                    """
                    SELECT coalesce(sum(
                        (SELECT coalesce(max(revision), 0) FROM event WHERE domain = d.id)
                        - (SELECT coalesce(max(revision), 0) FROM snapshot WHERE domain = d.id)
                        ), 0) FROM domain AS d
                    """),
                Statistic(
                    name: "strip-secrets",
                    value: .flag(try StoreSettings.fetch(database).stripsSecrets)),
                try number("schema-version", "PRAGMA user_version"),
                Statistic(name: "journal-mode", value: .text(journalMode)),
                Statistic(
                    name: "synchronous",
                    value: .text(
                        Self.synchronousMode(
                            try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? -1))),
                try number("wal-autocheckpoint-pages", "PRAGMA wal_autocheckpoint"),
                try text("sqlite", "SELECT sqlite_version()"),
            ]
            let version = try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? ""
            figures.append(
                Statistic(
                    name: "sqlite-wal-reset-bug", value: .flag(Self.hasWALResetFault(version))))
            return figures
        } ?? []
    }

    /// The journal mode in the database's header: a connection to a file that does not change
    /// reports another one (<https://www.sqlite.org/fileformat2.html#file_format_version_numbers>).
    private var journalMode: String {
        guard let file = reader.file, let header = OpenFile.read(file.descriptor, 20, at: 0),
            header.count == 20
        else { return "unknown" }
        return header[18] == 2 && header[19] == 2 ? "wal" : "delete"
    }

    /// Returns whether an SQLite can lose commits when one connection checkpoints while another
    /// commits, from which the write lease protects a store.
    ///
    /// Source: <https://www.sqlite.org/wal.html#walresetbug>.
    ///
    /// - Parameter version: SQLite's version, such as `3.40.1`.
    static func hasWALResetFault(_ version: String) -> Bool {
        let parts = version.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 3 else { return true }
        return switch (parts[0], parts[1], parts[2]) {
        case (3, 44, 6...), (3, 50, 7...), (3, 51, 3...), (3, 52..., _), (4..., _, _): false
        default: true
        }
    }

    /// Returns the word for a value of `PRAGMA synchronous`
    /// (<https://www.sqlite.org/pragma.html#pragma_synchronous>).
    private static func synchronousMode(_ value: Int) -> String {
        switch value {
        case 0: "off"
        case 1: "normal"
        case 2: "full"
        case 3: "extra"
        default: "unknown"
        }
    }

    static func size(of path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.size] as? Int ?? 0
    }
}
