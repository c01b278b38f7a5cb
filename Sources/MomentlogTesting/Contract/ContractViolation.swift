/// What an engine does otherwise than the contract of ``EventLogContract`` says.
public struct ContractViolation: Error, Sendable, CustomStringConvertible {
    /// What was expected, and what happened.
    public let description: String

    init(_ description: String) { self.description = description }
}
