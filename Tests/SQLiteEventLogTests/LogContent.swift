import Foundation
import GRDB
import Moments
import Synchronization
import Testing

@testable import EventLog
@testable import SQLiteEventLog

extension SQLiteEventLog {
    /// Opens a log that waits long for its turn: tests that run at the same time may take all
    /// threads for a while.
    static func opened(
        at path: String, busyTimeout: Duration = .seconds(3600)
    ) async throws(MomentlogError) -> SQLiteEventLog {
        try await open(
            path: path, options: Options(createsStore: true, busyTimeout: busyTimeout))
    }

    /// The lines that a query finds.
    func lines(_ query: EventQuery = EventQuery()) async throws -> [String] {
        let collected = Collected()
        try await read(query) { line throws(MomentlogError) in
            collected.texts.withLock { $0.append(line.text) }
            return true
        }
        return collected.texts.withLock { $0 }
    }

    /// The events that a query finds.
    func events(_ query: EventQuery = EventQuery()) async throws -> [RecordedEvent] {
        try await lines(query).map { try EventLine.decode($0) }
    }

    /// What an append must not change when it is refused.
    func state() async throws -> LogState {
        let head = (try? String(contentsOfFile: files.head, encoding: .utf8)) ?? ""
        let state = try await read { database in
            LogState(
                head: head,
                counts: try [
                    "event", "log_commit", "definition", "domain", "request",
                ].map { try Int.fetchOne(database, sql: "SELECT count(*) FROM \($0)") ?? 0 },
                domains: try String.fetchAll(
                    database, sql: "SELECT id || name || coalesce(uuid, '-') || is_live FROM domain"
                ))
        }
        return try #require(state)
    }

    /// One figure.
    func statistic(_ name: String) async throws -> Statistic.Value? {
        try await statistics().first { $0.name == name }?.value
    }
}

/// All of a store that a refused append must leave as it was.
struct LogState: Equatable, Sendable {
    var head: String
    var counts: [Int]
    var domains: [String]
}

/// A class because a closure that collects shares it with the test.
private final class Collected: Sendable {
    let texts = Mutex<[String]>([])
}

/// Runs SQL on a store that no log has open, as somebody who tampers with it would.
func tamper(_ path: String, _ sql: String) throws {
    let queue = try DatabaseQueue(path: path, configuration: .tampering)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
}

extension Configuration {
    /// That of a connection which pretends to hold the write lease.
    static var tampering: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            database.add(
                function: DatabaseFunction("momentlog_lease", argumentCount: 0) { _ in 1 })
        }
        return configuration
    }
}

/// Runs SQL as another program would, or an earlier momentlog that was open before.
func insertPlainly(_ path: String, _ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
}
