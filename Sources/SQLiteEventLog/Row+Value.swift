import EventLog
import GRDB

extension Row {
    /// The value of a column.
    ///
    /// GRDB's subscript ends the process if a damaged database contains another type; this throws.
    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ index: Int
    ) throws -> Value {
        try decode(Value.self, atIndex: index)
    }

    /// Returns a column's value; nil if damage has left another type.
    func readable<Value: DatabaseValueConvertible>(_ column: Int) -> Value? {
        Value.fromDatabaseValue(self[column])
    }
}
