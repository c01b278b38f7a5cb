import GRDB
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct TamperingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func makeStore() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1", definition: [1]))
        _ = try await log.append(.appending(Event.creating("c1"), after: first, named: "vm1"))
        _ = try await log.append(
            [],
            keeping: [RequestRecord(name: "r1", fingerprint: [1], domain: "vm1", revision: 1)])
        await log.close()
    }

    @Test(
        "The past is neither changed nor deleted",
        arguments: [
            ("UPDATE event SET line = '{}' WHERE sequence = 1", "an event is never changed"),
            ("UPDATE event SET kind = 1", "an event is never changed"),
            ("UPDATE OR REPLACE event SET revision = 1", "an event is never changed"),
            ("DELETE FROM event WHERE sequence = 2", "an event is never deleted"),
            ("DELETE FROM event", "an event is never deleted"),
            ("UPDATE log_commit SET nodes = x''", "a commit is never changed"),
            ("DELETE FROM log_commit WHERE number = 1", "a commit is never deleted"),
            ("UPDATE definition SET content = x'02'", "a definition is never changed"),
            ("DELETE FROM definition", "a definition is never deleted"),
            (
                "INSERT OR REPLACE INTO event SELECT * FROM event WHERE sequence = 1",
                "an event only continues the log"
            ),
            (
                "INSERT OR REPLACE INTO event (sequence, domain, revision, kind, line)"
                    + " VALUES (4, 1, 1, 1, '')", "an event only continues the log"
            ),
            (
                "INSERT INTO event (sequence, domain, revision, kind, line)"
                    + " VALUES (9, 1, 4, 1, '')", "an event only continues the log"
            ),
            (
                "INSERT OR REPLACE INTO log_commit SELECT * FROM log_commit",
                "a commit only continues the log"
            ),
            (
                "INSERT OR REPLACE INTO definition (sha256, content) SELECT sha256, x'02'"
                    + " FROM definition", "a definition is never replaced"
            ),
            ("UPDATE request SET fingerprint = x'02'", "a request is never changed"),
            ("DELETE FROM request", "a request is never deleted"),
            (
                "INSERT OR REPLACE INTO request"
                    + " (name, fingerprint, domain, revision, sha256)"
                    + " VALUES ('r1', x'02', 1, 2, x'')", "a request is never replaced"
            ),
        ])
    func triggers(sql: String, reason: String) async throws {
        try await makeStore()
        let before = try bytes(of: folder.store)
        #expect {
            try tamper(folder.store, sql)
        } throws: { error in
            (error as? DatabaseError)?.message == reason
        }
        #expect(try bytes(of: folder.store) == before)
    }
}
