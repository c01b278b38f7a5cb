/// A shell pattern for names: `*` matches any text, `?` any character, `[a-c]` one of several,
/// `[!a-c]` any other.
///
/// Names of checkpoints contain none of these characters, so every name is a pattern that matches
/// itself.
public struct NamePattern: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case any
        case one
        case byte(UInt8)
        case set([ClosedRange<UInt8>], isNegated: Bool)

        func matches(_ byte: UInt8) -> Bool {
            switch self {
            case .any, .one: true
            case .byte(let expected): byte == expected
            case .set(let ranges, isNegated: let isNegated):
                ranges.contains { $0.contains(byte) } != isNegated
            }
        }
    }

    private let parts: [Part]

    /// Whether it can match names other than itself.
    public let hasWildcards: Bool

    /// Reads a pattern. A bracket that is not closed matches itself.
    ///
    /// - Complexity: O(*n*) in the text.
    public init(_ text: String) {
        var parts: [Part] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"):
                if parts.last != .any { parts.append(.any) }
            case UInt8(ascii: "?"): parts.append(.one)
            case UInt8(ascii: "["): parts.append(Self.set(&rest) ?? .byte(byte))
            default: parts.append(.byte(byte))
            }
        }
        self.parts = parts
        hasWildcards = parts.contains {
            if case .byte = $0 { false } else { true }
        }
    }

    /// Reads what follows an opening bracket; nil if it is not closed.
    private static func set(_ rest: inout ArraySlice<UInt8>) -> Part? {
        var text = rest
        let isNegated = text.first == UInt8(ascii: "!") || text.first == UInt8(ascii: "^")
        if isNegated { text.removeFirst() }
        var ranges: [ClosedRange<UInt8>] = []
        while let first = text.popFirst() {
            if first == UInt8(ascii: "]"), !ranges.isEmpty {
                rest = text
                return .set(ranges, isNegated: isNegated)
            }
            var last = first
            if text.first == UInt8(ascii: "-"), let end = text.dropFirst().first,
                end != UInt8(ascii: "]")
            {
                last = end
                text.removeFirst(2)
            }
            if first <= last { ranges.append(first...last) }
        }
        return nil
    }

    /// Returns whether the whole name matches.
    ///
    /// - Complexity: O(*n* *m*) at most in the bytes of both. No recursion.
    public func matches(_ name: CheckpointName) -> Bool {
        let bytes = Array(name.text.utf8)
        var (part, byte) = (0, 0)
        // Where to continue if what follows the last star does not match.
        var retry: (part: Int, byte: Int)?
        while byte < bytes.count {
            if part < parts.count, parts[part] == .any {
                retry = (part + 1, byte)
                part += 1
            } else if part < parts.count, parts[part].matches(bytes[byte]) {
                (part, byte) = (part + 1, byte + 1)
            } else if let again = retry {
                retry = (again.part, again.byte + 1)
                (part, byte) = (again.part, again.byte + 1)
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == .any }
    }
}

extension MomentGraph {
    /// The checkpoints that any of several names or patterns match, each once: in the order of
    /// the patterns, and those of one pattern in the order of creation.
    ///
    /// - Throws: ``MomentlogError`` with `no-checkpoint` for a name that no checkpoint has, or a
    ///   pattern that matches none.
    /// - Complexity: O(1) expected for each name; O(*n* log *n*) in the checkpoints for patterns.
    public func names(matching patterns: [String]) throws(MomentlogError) -> [CheckpointName] {
        var found: [CheckpointName] = []
        var seen: Set<CheckpointName> = []
        var all: [CheckpointName]?
        for text in patterns {
            let pattern = NamePattern(text)
            guard pattern.hasWildcards else {
                let name = CheckpointName(text)
                guard contains(name) else { throw .noCheckpoint(name) }
                if seen.insert(name).inserted { found.append(name) }
                continue
            }
            let names = all ?? names() ?? []
            all = names
            let matching = names.filter { pattern.matches($0) }
            guard !matching.isEmpty else {
                throw MomentlogError(
                    .noCheckpoint, "no domain checkpoint matches '\(text)'",
                    hint: "see which checkpoints the domain has", suggestion: .listCheckpoints)
            }
            found += matching.filter { seen.insert($0).inserted }
        }
        return found
    }
}
