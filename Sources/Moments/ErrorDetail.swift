/// One value that an error is about, for programs: they need not parse the message.
public struct ErrorDetail: Sendable, Hashable {
    /// What the value is, in camelCase with its unit last, such as `expectedRevision`.
    public let name: String

    /// The value.
    public let value: Value

    /// A text, a number or several texts.
    public enum Value: Sendable, Hashable {
        /// A name, a path or another text.
        case text(String)
        /// A count, a revision or a position.
        case number(Int)
        /// Several names.
        case texts([String])
    }

    /// Creates a detail.
    public init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

extension MomentlogError {
    /// Returns the same error with one more detail.
    public func detailing(_ name: String, _ value: ErrorDetail.Value) -> MomentlogError {
        var error = self
        error.details.append(ErrorDetail(name, value))
        return error
    }
}
