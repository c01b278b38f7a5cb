import GRDB
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct RowValueTests {
    @Test("A column that holds something else than it should is damage, and ends no process")
    func damagedColumn() throws {
        let queue = try DatabaseQueue()
        let row = try #require(try queue.read { try Row.fetchOne($0, sql: "SELECT NULL, 'x', 7") })
        #expect(throws: RowDecodingError.self) { _ = try row.value(0) as Int }
        #expect(try row.value(0) as Int? == nil)
        #expect(try row.value(2) as Int == 7)
        do {
            _ = try row.value(0) as Int
        } catch {
            #expect(StorageFailure.mapped(error, StoreFiles(path: "s.db")).code == .corrupt)
        }
    }
}
