/// The rule for instructions that are submitted together.
enum CommandRule: Sendable {
    /// Each is a separate commit, independent of the others.
    case each
    /// As ``each``, but none is tried after one that failed for a reason of the store's.
    case untilFailure
    /// All are appended, or none if one is refused, skips something or finds an error.
    case allOrNone
    /// Nothing is appended: the answers are previews.
    case preview

    /// Whether the instructions are decided together, and apart from all others.
    var isWhole: Bool {
        switch self {
        case .each, .untilFailure: false
        case .allOrNone, .preview: true
        }
    }
}
