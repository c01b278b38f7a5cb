import EventLog
import GRDB

extension Row {
    /// The value of a column.
    ///
    /// GRDB's subscript ends the process where a damaged database holds something else than it
    /// should; this throws.
    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ index: Int
    ) throws -> Value {
        try decode(Value.self, atIndex: index)
    }

    /// A column's value, whatever damage was done to it: nil if it is of another type.
    func readable<Value: DatabaseValueConvertible>(_ column: Int) -> Value? {
        Value.fromDatabaseValue(self[column])
    }
}
