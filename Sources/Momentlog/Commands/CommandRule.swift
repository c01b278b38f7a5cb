/// What holds for instructions that come in together.
enum CommandRule: Sendable {
    /// Each is a commit of its own, whatever becomes of the others.
    case each
    /// As ``each``, but none is tried after one that failed for a reason of the store's.
    case untilFailure
    /// All are appended, or none if one is refused, leaves something out or finds an error.
    case allOrNone
    /// Nothing is appended: the answers say what would be.
    case preview

    /// Whether the instructions are decided together, and apart from all others.
    var isWhole: Bool {
        switch self {
        case .each, .untilFailure: false
        case .allOrNone, .preview: true
        }
    }
}
