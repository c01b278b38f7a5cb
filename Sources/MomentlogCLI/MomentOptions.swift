import ArgumentParser
import Momentlog

/// At which point in time a command that looks is to look.
struct MomentOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Show how it was: at a sequence, a time, a date, or so long ago, such as -2h.",
            discussion: """
                A time is as in RFC 3339, such as 2026-11-24T14:00:00+01:00; without an offset \
                it is local, and a date means its first moment. DOMAIN is the name that the \
                domain bore then.
                """,
            valueName: "when"),
        transform: When.argument)
    var at: When?

    /// Says so on standard error if nothing had happened yet to the domain that is shown.
    func noteBeginning(of domain: Domain) {
        guard let at, domain.revision == 0 else { return }
        StandardError.write(
            "momentlog: note: at \(at.words) nothing had been recorded of a domain"
                + " '\(Terminal.harmless(domain.name))' yet\n")
    }
}

extension When {
    /// The point in time that an argument names.
    static func argument(_ text: String) throws(ValidationError) -> When {
        do {
            return try When(text, now: .now, zone: LocalTime.rules)
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// The point as people call it.
    var words: String {
        switch self {
        case .sequence(let sequence): "event \(sequence)"
        case .time(let time): LocalTime.text(time)
        }
    }
}
