import EventLog
import GRDB

extension StoreHead {
    /// What tells the log in a database from all others.
    static func origin(_ database: Database) throws -> String {
        let statement = try database.cachedStatement(sql: "SELECT uuid FROM store")
        return "momentlog/\(try String.fetchOne(statement) ?? "")"
    }
}
