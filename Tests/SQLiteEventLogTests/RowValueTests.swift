import GRDB
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct RowValueTests {
    @Test("A column with a value of another type is damage, and does not end the process")
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
