import ArgumentParser
import EventLog
import Momentlog
import Moments

/// The selection, order and columns of a list of checkpoints.
struct ListOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only checkpoints created then or later.", valueName: "time"),
        transform: { try Self.time($0, .start) })
    var since: CreationTime?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only checkpoints created before then.", valueName: "time"),
        transform: { try Self.time($0, .start) })
    var before: CreationTime?
    @Option(
        help: ArgumentHelp(
            "How to sort: creation (the default), name, or topological.", valueName: "order"),
        completion: .list(["creation", "name", "topological"]), transform: Listing.Order.argument)
    var sort: Listing.Order?
    @Option(
        help: ArgumentHelp(
            "The columns of the table, with commas between them, of "
                + ListColumn.allCases.map(\.rawValue).joined(separator: ", ") + ".",
            valueName: "columns"),
        transform: ListColumn.list)
    var columns: [ListColumn]?

    /// Returns the second in which a time begins, or the next if it is within one.
    private static func time(_ text: String, _ bound: When.DateBound) throws -> CreationTime {
        let when: When
        do {
            when = try When(text, now: .now, zone: LocalTime.rules, dateBound: bound)
        } catch {
            throw ValidationError(error.description)
        }
        switch when {
        case .now: return CreationTime(seconds: Timestamp.now.microseconds / 1_000_000 + 1)
        case .time(let time):
            let (seconds, rest) = time.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
            return CreationTime(seconds: rest > 0 ? seconds + 1 : seconds)
        case .sequence:
            throw ValidationError(
                "'\(text)' is an event's number; checkpoints are created at a time, such as a date")
        }
    }
}

extension Listing.Order {
    fileprivate static func argument(_ text: String) throws(ValidationError) -> Listing.Order {
        switch text {
        case "creation": return .creation
        case "name": return .name
        case "topological": return .topological
        default:
            throw ValidationError(
                "unknown order '\(text)'; use creation, name or topological")
        }
    }
}
