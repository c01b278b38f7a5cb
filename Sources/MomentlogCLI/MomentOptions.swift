import ArgumentParser
import EventLog
import Momentlog
import Moments

/// The point in time at which a command reads the record.
struct MomentOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Show how it was: at an event number, a time, at the end of a date, or an age ago.",
            discussion: """
                An age is like 2h, -1d or '2 hours ago'. A time is 12:30 of today, 'yesterday \
                12:30', or as in RFC 3339, such as 2026-11-24T14:00:00+01:00; without an offset \
                it is local. A date, 'today' and 'yesterday' include the whole day, and 'now' \
                the last commit whatever time it has. DOMAIN is the name that the domain had then.
                """,
            valueName: "when"),
        transform: When.endArgument)
    var at: When?

    /// Prints a note if the requested sequence is inside a commit.
    func noteCommit(in store: CheckpointStore) async throws(MomentlogError) {
        try await Self.noteCommit(of: at, in: store)
    }

    /// Prints a note if a sequence is inside a commit.
    static func noteCommit(
        of when: When?, in store: CheckpointStore
    ) async throws(MomentlogError) {
        guard let when, case .sequence(let sequence) = when else { return }
        let position = try await store.position(at: when)
        guard position.sequence != sequence else { return }
        Notice.note(
            "inside-commit",
            "event \(sequence) is inside a commit: the state after event"
                + " \(position.sequence), the end of the commit before it, is shown")
    }

    /// Prints a note if the domain had no events at that time.
    func noteBeginning(of domain: Domain) {
        guard let at, domain.revision == 0 else { return }
        Notice.note(
            "nothing-recorded",
            "at \(at.words) nothing had been recorded of a domain '\(domain.name)' yet")
    }
}

extension When {
    /// Returns the start of a range: for a date, its first moment.
    static func startArgument(_ text: String) throws(ValidationError) -> When {
        try argument(text, .start)
    }

    /// Returns the moment before a date begins.
    static func beforeArgument(_ text: String) throws(ValidationError) -> When {
        try argument(text, .before)
    }

    /// Returns the end of a range: for a date, its last moment.
    static func endArgument(_ text: String) throws(ValidationError) -> When {
        try argument(text, .end)
    }

    private static func argument(
        _ text: String, _ bound: DateBound
    ) throws(ValidationError) -> When {
        do {
            return try When(text, now: .now, zone: LocalTime.rules, dateBound: bound)
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// The point in words.
    var words: String {
        switch self {
        case .sequence(let sequence): "event \(sequence)"
        case .time(let time): LocalTime.text(time)
        case .now: "the last commit"
        }
    }
}
