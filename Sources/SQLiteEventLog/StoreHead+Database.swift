import EventLog
import GRDB

extension StoreHead {
    /// Returns the identity of the log in a database.
    static func origin(_ database: Database) throws -> String {
        let statement = try database.cachedStatement(sql: "SELECT uuid FROM store")
        return "momentlog/\(try String.fetchOne(statement) ?? "")"
    }
}
