/// A difference between an engine and the contract of ``EventLogContract``.
public struct ContractViolation: Error, Sendable, CustomStringConvertible {
    /// What was expected, and what happened.
    public let description: String

    init(_ description: String) { self.description = description }
}
