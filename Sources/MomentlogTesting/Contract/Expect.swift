import EventLog
import Moments

/// The expectations of a contract's case: the first that fails ends the case.
enum Expect {
    /// Expects a condition to hold.
    static func that(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        guard condition else { throw ContractViolation("not so: \(what())") }
    }

    /// Expects two values to be equal.
    static func equal<Value: Equatable>(
        _ actual: Value, _ expected: Value, _ what: @autoclosure () -> String
    ) throws {
        guard actual == expected else {
            throw ContractViolation("\(what()): expected \(expected), got \(actual)")
        }
    }

    /// Expects a value; returns it.
    static func some<Value>(_ value: Value?, _ what: @autoclosure () -> String) throws -> Value {
        guard let value else { throw ContractViolation("\(what()): expected a value, got nil") }
        return value
    }

    /// Expects a call to be refused with a code, and with a message.
    static func refusal<Value>(
        _ code: MomentlogError.Code, _ what: @autoclosure () -> String,
        _ body: () async throws -> Value
    ) async throws {
        do {
            _ = try await body()
        } catch let error as MomentlogError {
            guard error.code == code, !error.message.isEmpty else {
                throw ContractViolation(
                    "\(what()): expected \(code), got \(error.code): \(error)")
            }
            return
        }
        throw ContractViolation("\(what()): expected \(code), but it was not refused")
    }
}
