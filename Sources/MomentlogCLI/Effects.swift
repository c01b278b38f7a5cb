import Synchronization

/// The changes of this process that remain, even if it cannot print them.
enum Effects {
    private static let wereRecorded = Atomic(false)

    /// Whether there are any.
    static var exist: Bool { wereRecorded.load(ordering: .relaxed) }

    /// Notes that there are some.
    static func record() { wereRecorded.store(true, ordering: .relaxed) }
}
