import EventLog
import Moments

/// The conditions of a filter that the log cannot evaluate: several values of one kind, and
/// patterns.
struct EventConditions: Sendable {
    fileprivate let checkpoints: [CheckpointName]
    fileprivate let actors: [String]
    fileprivate let origins: Set<Origin.Channel>
    fileprivate let commits: Set<Int>
    private let patterns: [String]

    /// - Throws: ``MomentlogError`` with `usage` for an invalid pattern.
    init(_ filter: EventFilter) throws(MomentlogError) {
        // The log evaluates a single value.
        checkpoints = filter.checkpoints.count > 1 ? filter.checkpoints : []
        actors = filter.actors.count > 1 ? filter.actors : []
        origins = filter.origins.count > 1 ? filter.origins : []
        commits = filter.commits.count > 1 ? filter.commits : []
        patterns = filter.patterns
        _ = try expressions
    }

    /// Whether there are no conditions.
    var isEmpty: Bool { !hasValues && patterns.isEmpty }

    fileprivate var hasValues: Bool {
        !checkpoints.isEmpty || !actors.isEmpty || !origins.isEmpty || !commits.isEmpty
    }

    /// Compares events with the conditions. It cannot be shared between tasks.
    var matcher: EventMatcher {
        get throws(MomentlogError) { EventMatcher(self, try expressions) }
    }

    private var expressions: [Regex<AnyRegexOutput>] {
        get throws(MomentlogError) {
            var expressions: [Regex<AnyRegexOutput>] = []
            for pattern in patterns { expressions.append(try Self.expression(pattern)) }
            return expressions
        }
    }

    private static let maximumPatternLength = 10_000
    private static let maximumNesting = 32

    /// Whether the parser of regular expressions, which recurses at each bracket within another,
    /// could exhaust the stack.
    private static func isTooNested(_ pattern: String) -> Bool {
        guard pattern.utf8.count <= maximumPatternLength else { return true }
        var (depth, deepest) = (0, 0)
        for byte in pattern.utf8 {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "("): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: ")"): depth -= 1
            default: continue
            }
            deepest = max(deepest, depth)
        }
        return deepest > maximumNesting
    }

    /// Without a capital letter in it, matching ignores case.
    private static func expression(
        _ pattern: String
    ) throws(MomentlogError) -> Regex<AnyRegexOutput> {
        guard !isTooNested(pattern) else {
            throw MomentlogError(
                .usage, "a pattern of \(pattern.utf8.count) bytes is too long or too deeply nested",
                hint: "use at most \(maximumPatternLength) bytes, and at most \(maximumNesting)"
                    + " brackets within each other")
        }
        do {
            let expression = try Regex(pattern).matchingSemantics(.unicodeScalar)
            return pattern.contains(where: \.isUppercase)
                ? expression : expression.ignoresCase()
        } catch {
            throw MomentlogError(
                .usage, "invalid pattern '\(pattern)'",
                hint:
                    "use a regular expression; a backslash goes before ( ) [ ] { } . * + ? ^ $"
                    + " | and \\ to match these characters", cause: error)
        }
    }
}

/// Compares events with conditions.
struct EventMatcher {
    private let conditions: EventConditions
    private let expressions: [Regex<AnyRegexOutput>]

    fileprivate init(_ conditions: EventConditions, _ expressions: [Regex<AnyRegexOutput>]) {
        self.conditions = conditions
        self.expressions = expressions
    }

    /// Returns whether an event satisfies the conditions. The patterns are matched against its line.
    func admits(_ line: LoggedLine) throws(MomentlogError) -> Bool {
        if !expressions.isEmpty, !expressions.contains(where: { line.text.contains($0) }) {
            return false
        }
        guard conditions.hasValues else { return true }
        let recorded = try line.event()
        let checkpoint = recorded.event.checkpointName
        let actor = recorded.provenance.actor
        let (checkpoints, actors) = (conditions.checkpoints, conditions.actors)
        return (checkpoints.isEmpty || checkpoints.contains { checkpoint == $0 })
            && (actors.isEmpty || actors.contains { actor.hasSameBytes(as: $0) })
            && (conditions.origins.isEmpty || conditions.origins.contains(recorded.origin.channel))
            && (conditions.commits.isEmpty || conditions.commits.contains(recorded.commit))
    }
}
