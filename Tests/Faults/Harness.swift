import TestSupport

/// The ways in which things are made to fail.
enum Harness: String, CaseIterable {
    case calls, power, memory

    /// - Parameter isFull: Whether everything is tried, rather than a part that takes seconds.
    func run(isFull: Bool, seed: UInt64) async throws -> [Tally] {
        switch self {
        case .calls:
            try await FailingCalls(stride: isFull ? 1 : 11).run()
        case .memory:
            try await FailingMemory(stride: isFull ? 11 : 701).run()
        case .power:
            try await PowerLoss(
                seed: seed % 1_000_000, stepCount: isFull ? 150 : 40, reopens: isFull ? 25 : 8,
                stride: isFull ? 1 : 16, variants: isFull ? 3 : 2
            ).run()
        }
    }
}
