import Foundation
import TestSupport

/// The ways in which things are made to fail.
enum Harness: String, CaseIterable {
    case calls, power, memory, files, kills, commands, syscalls, damage, simulation
    case load, hostile, recovery, tampering, extremes, opponent, arguments

    /// - Parameter isFull: Whether everything is tried, rather than a part that takes seconds.
    func run(isFull: Bool, seed: UInt64) async throws -> [Tally] {
        let stores = Fixtures.repository.appending(path: "Tests/Fixtures/stores")
        switch self {
        case .calls:
            return try await FailingCalls(stride: isFull ? 1 : 23).run()
        case .memory:
            return try await FailingMemory(stride: isFull ? 11 : 701).run()
        case .power:
            return try await PowerLoss(
                seed: seed % 1_000_000, stepCount: isFull ? 150 : 40, reopens: isFull ? 25 : 8,
                stride: isFull ? 1 : 16, variants: isFull ? 3 : 2
            ).run()
        case .files:
            return try await FewFiles(stride: isFull ? 1 : 9).run(stores: stores)
        case .damage:
            return try await Damage(seed: seed, count: isFull ? 1_000 : 30).run()
                + BundleDamage(seed: seed, count: isFull ? 1_000 : 40).run()
        case .simulation:
            return try await Simulation(
                seed: seed % 1_000_000_007, count: isFull ? 1_000_000 : 1_500, historyLength: 500,
                processes: isFull ? ProcessInfo.processInfo.activeProcessorCount : 1
            ).run()
        case .tampering:
            return try await Tampering(
                kind: .random, seed: seed % 1_000_000_007, count: isFull ? 10_000 : 300,
                storeTrialCount: isFull ? 250 : 150,
                processes: isFull ? ProcessInfo.processInfo.activeProcessorCount : 2
            ).run()
        case .extremes:
            let count = isFull ? 8_000 : 100
            return try await Tampering(
                kind: .extremes, seed: seed % 1_000_000_007, count: count, storeTrialCount: count,
                processes: 1
            ).run()
        case .load: return try await DayLoad(count: isFull ? 1_000_000 : 6_000).run()
        case .hostile: return try await HostileInput(size: isFull ? 1 << 30 : 1 << 24).run()
        case .recovery:
            return try await Recovery(
                eventCount: isFull ? 1_000_000 : 4_000, rounds: isFull ? 11 : 2
            ).run()
        case .kills:
            return try await Kills(seed: seed, rounds: isFull ? 260 : 6).run()
        case .commands:
            return try await CommandKills(seed: seed, count: isFull ? 40 : 1).run(stores: stores)
        case .arguments:
            return try RandomCalls(
                seed: seed, processes: isFull ? 200 : 3, calls: isFull ? 5_000 : 400
            ).run()
        case .opponent:
            return try await OpponentSweep(
                stride: isFull ? 23 : 1_201, seed: seed, isFull: isFull
            ).run(stores: stores)
        case .syscalls:
            return try await SyscallSweep(
                stride: isFull ? 41 : 1_201,
                whole: isFull ? ["create", "delete a subtree", "import", "export"] : [],
                seed: seed
            ).run(stores: stores)
        }
    }
}
