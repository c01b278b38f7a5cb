import EventLog
import Moments

/// Checks that the rows of a query without conditions on their content have no gap.
struct GaplessRows {
    private let isOfDomain: Bool
    private let step: Int
    /// The next row's place: its sequence, or its revision in a domain; nil if any may be next.
    private var expected: Int?
    /// The place of the last row; nil if it is not known.
    private let last: Int?
    private var hasGap = false

    /// - Parameter query: The query, its sequences limited to those of the log.
    init?(_ query: EventQuery) {
        guard query.checkpoint == nil, query.kinds.isEmpty, query.actor == nil,
            query.channel == nil, query.commit == nil
        else { return nil }
        isOfDomain = query.domain != nil
        step = query.isReversed ? -1 : 1
        let sequences = query.sequences
        if isOfDomain {
            // Where a domain's revisions begin among the sequences, and end, is not known.
            let first = sequences.lowerBound <= 1 ? max(query.revisions.lowerBound, 1) : nil
            expected = query.isReversed ? nil : first
            last = query.isReversed ? first : nil
        } else {
            guard query.revisions.lowerBound <= 1, query.revisions.upperBound == .max else {
                return nil
            }
            expected = query.isReversed ? sequences.upperBound : sequences.lowerBound
            last = query.isReversed ? sequences.lowerBound : sequences.upperBound
        }
    }

    /// Takes the next row; returns false after a gap.
    mutating func take(_ line: ParsedLine) -> Bool {
        guard !hasGap else { return false }
        let place = isOfDomain ? line.revision : line.sequence
        hasGap = expected.map { $0 != place } ?? false
        if !hasGap { expected = place &+ step }
        return !hasGap
    }

    /// Checks that there was no gap, and that the last row was the last one.
    func finish() throws(MomentlogError) {
        guard let expected, hasGap || last.map({ expected != $0 &+ step }) ?? false else { return }
        throw missing(expected)
    }

    private func missing(_ place: Int) -> MomentlogError {
        MomentlogError(
            .corrupt,
            isOfDomain
                ? "the domain's event of revision \(place) is missing"
                : "event \(place) is missing",
            hint: "see what is damaged before you restore a backup", suggestion: .verify)
    }
}
