import GRDB

extension Int {
    /// The sequence of the last event; 0 if there is none.
    static func lastSequence(_ database: Database) throws -> Int {
        let statement = try database.cachedStatement(sql: "SELECT max(sequence) FROM event")
        return try Int.fetchOne(statement) ?? 0
    }
}
