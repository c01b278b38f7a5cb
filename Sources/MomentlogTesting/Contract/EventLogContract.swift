public import EventLog

/// The contract of every engine of an event log, as cases that any test framework can run.
///
/// For example, with swift-testing:
///
/// ```swift
/// @Test(arguments: EventLogContract.cases)
/// func contract(_ contractCase: EventLogContract.Case) async throws {
///     try await contractCase.check { MyLog() }
/// }
/// ```
///
/// The cases use nothing but ``EventLog``. What an engine may omit, turns and snapshots, is checked
/// only if it is provided. Durability is not checked, since that takes a crash.
public enum EventLogContract {
    /// One rule, and the check whether an engine follows it.
    public struct Case: Sendable, CustomStringConvertible {
        /// The rule: a complete sentence about behaviour.
        public let name: String

        private let logCount: Int
        private let body: @Sendable ([LogUnderTest]) async throws -> Void

        /// Creates a case about one log, which is empty at first.
        init(_ name: String, _ body: @escaping @Sendable (LogUnderTest) async throws -> Void) {
            self.name = name
            logCount = 1
            self.body = { for log in $0 { try await body(log) } }
        }

        /// Creates a case about two logs of different stores.
        init(
            ofTwoLogs name: String,
            _ body: @escaping @Sendable (LogUnderTest, LogUnderTest) async throws -> Void
        ) {
            self.name = name
            logCount = 2
            self.body = { logs in
                guard let first = logs.first, let last = logs.last else { return }
                try await body(first, last)
            }
        }

        /// The rule.
        public var description: String { name }

        /// Checks whether an engine follows the rule. Every log that is created is closed.
        ///
        /// - Parameter makeLog: Creates an empty log, of another store with every call.
        /// - Throws: ``ContractViolation`` if it does not, or the engine's errors where it should
        ///   not fail.
        public func check(
            _ makeLog: @Sendable () async throws -> any EventLog
        ) async throws {
            var logs: [LogUnderTest] = []
            do {
                for _ in 0..<logCount { logs.append(LogUnderTest(try await makeLog())) }
                try await body(logs)
            } catch {
                for log in logs { await log.log.close() }
                throw error
            }
            for log in logs { await log.log.close() }
        }
    }

    /// All cases.
    public static let cases: [Case] =
        appending + identities + requests + refusals + reading + past + verification + turns
        + observations
}
