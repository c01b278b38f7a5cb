/// How much of a long operation is done.
public struct WorkProgress: Sendable, Hashable {
    /// The number of units that are done: events, files or pages, as the operation says.
    public let completed: Int

    /// The number of units in all; nil if it is not known before the end.
    public let total: Int?

    /// Creates the progress of an operation.
    public init(completed: Int, total: Int? = nil) {
        self.completed = completed
        self.total = total
    }
}
