import Synchronization

/// What this process has done that stays, even if it cannot print that it has.
enum Effects {
    private static let wereMade = Atomic(false)

    /// Whether anything was done.
    static var areThere: Bool { wereMade.load(ordering: .relaxed) }

    /// Notes that something was done.
    static func note() { wereMade.store(true, ordering: .relaxed) }
}
