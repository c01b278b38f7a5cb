import Foundation

/// A small random generator whose whole state is its seed.
///
/// Source: G. L. Steele, D. Lea, C. H. Flood, Fast Splittable Pseudorandom Number
/// Generators, OOPSLA 2014 (<https://doi.org/10.1145/2660193.2660195>).
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Makes one whose numbers follow from a seed.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}

/// The seeds that property tests run with: `MOMENTLOG_SEED` alone if it is set,
/// else a few that stay and one that nobody has tried.
public enum Seeds {
    /// For tests that take little time.
    public static let all: [UInt64] = {
        let given = ProcessInfo.processInfo.environment["MOMENTLOG_SEED"].flatMap(UInt64.init)
        return given.map { [$0] } ?? [1, 2, 3, UInt64.random(in: 4...UInt64.max)]
    }()

    /// For tests that take much time.
    public static let few = all.count < 2 ? all : [all[0], all[all.count - 1]]
}
