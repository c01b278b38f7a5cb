public import EventLog

/// What every engine of an event log keeps to, as cases that any test framework can run.
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
/// The cases use nothing but ``EventLog``. What an engine may leave out, turns and snapshots, is
/// checked only where it is offered. Durability is not checked: it takes a crash to do so.
public enum EventLogContract {
    /// One rule, and the check whether an engine keeps to it.
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

        /// Creates a case about two logs that are not of one store.
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

        /// Checks whether an engine keeps to the rule. Every log that is made is closed.
        ///
        /// - Parameter makeLog: Makes an empty log, of another store with every call.
        /// - Throws: ``ContractViolation`` if it does not, or what the engine throws where it
        ///   should not.
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
