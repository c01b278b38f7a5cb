public import Moments

/// Checkpoints of everything that XML can hold.
public struct RandomCheckpoint {
    /// What chance there is comes from here.
    public var random: SplitMix64

    /// Makes one whose checkpoints follow from a seed.
    public init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private static let pieces = [
        "a", "B", "0", " ", "  ", "\t", "\n", "\r", "\r\n", "<", ">", "&", "\"", "'", "]]>",
        "&amp;",
        "<!--", "ü", "e\u{301}", "\u{E9}", "🎉", "👩‍👩‍👧", "שלום", "\u{202E}", "\u{85}", "\u{2028}",
        "\u{FEFF}", "\u{FFFD}", "\u{10FFFF}", "\u{7F}", "\u{9B}",
    ]

    /// The next checkpoint.
    ///
    /// - Parameter parents: Names that its parent may have, or some other.
    public mutating func checkpoint(below parents: [CheckpointName] = []) -> Checkpoint {
        let times: [Int64] = [0, 1, 1_700_000_000, .max]
        return Checkpoint(
            name: name(), description: pick([nil, "", text()]),
            parent: pick([nil, name(), parents.isEmpty ? nil : pick(parents)]),
            creationTime: CreationTime(seconds: pick(times)),
            disks: (0..<Int.random(in: 0...3, using: &random)).map { _ in disk() })
    }

    /// One of these definitions, or none.
    public mutating func definition(among definitions: [String]) -> [UInt8]? {
        pick([nil] + definitions.map { Optional(Array($0.utf8)) })
    }

    private mutating func disk() -> Disk {
        let path = text().filter { !$0.isNewline && $0 != "\r" }
        let mode = pick(Disk.Mode.allCases)
        return Disk(
            name: pick(["vda", "xvdz_1", "ioemu:hda", "/a" + path]), mode: mode,
            bitmap: mode == .no ? nil : pick([nil, "", text()]))
    }

    private mutating func name() -> CheckpointName {
        let rest = (0..<Int.random(in: 0...6, using: &random)).map { _ in
            pick(["a", "Z", "9", "_", "-", "."])
        }
        return CheckpointName("n" + rest.joined())
    }

    private mutating func text() -> String {
        (0..<Int.random(in: 0...12, using: &random)).map { _ in pick(Self.pieces) }.joined()
    }

    /// One of these values.
    public mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }
}
