import Foundation
import GRDB
import Moments
import TestSupport
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// The lines of stores of earlier schemas, and the domains that those builds wrote beside them.
struct EarlierDomainAssignmentTests {
    @Test("The lines of an earlier store tell the domains in its column", arguments: 1...9)
    func column(schema: Int) throws {
        let folder = try TestSupport.TemporaryFolder("assignment")
        let copy = folder.path("store.db")
        try FileManager.default.copyItem(
            atPath: Fixtures.repository.path + "/Tests/Fixtures/stores/schema-\(schema).db",
            toPath: copy)
        let queue = try DatabaseQueue(path: copy)
        let rows = try queue.read { database in
            try Row.fetchAll(database, sql: "SELECT domain, line FROM event ORDER BY sequence")
        }
        try queue.close()
        var assignment = DomainAssignment()
        for row in rows {
            let line = LoggedLine(text: row[1])
            let domain = try line.parsed { line throws(MomentlogError) in
                try assignment.assign(line)
            }
            #expect(domain == row[0] as Int, "\(line.text)")
        }
        #expect(rows.count > 10 && assignment.count > 1)
    }
}
