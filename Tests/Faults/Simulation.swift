import Foundation
import Momentlog
import TestSupport

/// Whole histories from a seed: several clients of one store whose commands come one by one,
/// calls that fail between and inside of them, reopenings and dead processes; a plain model has
/// the word.
struct Simulation {
    let seed: UInt64
    /// How many commands in all, and in a history.
    let count: Int
    let historyLength: Int
    /// How many processes take part, each with its own seeds: what is to fail is set for a
    /// whole process.
    let processes: Int

    static let clientCount = 3
    static let domainCount = 3

    /// One thing that happens; what it is about follows from numbers and from what is there.
    enum Action: CustomStringConvertible, Sendable {
        case command(client: Int, kind: Int, choice: Int)
        case look(client: Int, domain: Int)
        case fault(call: FailingCall, nth: Int, isForEver: Bool)
        case reopen(client: Int)
        /// All clients die at once.
        case kill
        case compact(client: Int)

        var description: String {
            switch self {
            case .command(let client, let kind, let choice):
                "command \(kind) with \(choice) of client \(client)"
            case .look(let client, let domain): "client \(client) looks at domain \(domain)"
            case .fault(let call, let nth, let isForEver):
                "\(call) \(nth) fails\(isForEver ? ", and all after it" : "")"
            case .reopen(let client): "client \(client) opens the store again"
            case .kill: "all clients are killed"
            case .compact(let client): "client \(client) compacts"
            }
        }
    }

    func run() async throws -> [Tally] {
        let cases = await SimulationCase.tally()
        guard processes > 1 else {
            return [cases, try await part(first: seed, step: 1, count: count)]
        }
        var tally = Tally("simulation")
        try await withThrowingTaskGroup(of: Tally.self) { group in
            for number in 0..<processes {
                group.addTask { try await partOfItsOwn(number) }
            }
            for try await part in group { tally.add(part) }
        }
        return [cases, tally]
    }

    /// The first argument of this executable for a part of the histories.
    static let partArgument = "simulation-part"

    private func partOfItsOwn(_ number: Int) async throws -> Tally {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        process.arguments =
            [Self.partArgument]
            + [Int(seed) + number, processes, count / processes, historyLength].map(String.init)
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard let tally = try? JSONDecoder().decode(Tally.self, from: data) else {
            throw HarnessFailure("a part of it ended with \(process.terminationStatus)")
        }
        return tally
    }

    /// Carries out a part, and prints what came of it for the process that asked for it.
    static func runPart(_ arguments: [String]) async throws -> Int32 {
        let numbers = arguments.compactMap { Int($0) }
        guard numbers.count == 4 else { return 64 }
        let simulation = Simulation(
            seed: UInt64(numbers[0]), count: numbers[2], historyLength: numbers[3], processes: 1)
        let tally = try await simulation.part(
            first: simulation.seed, step: UInt64(numbers[1]), count: simulation.count)
        FileHandle.standardOutput.write(try JSONEncoder().encode(tally))
        return 0
    }

    /// Histories of every so many-th seed, until so many commands were carried out.
    private func part(first: UInt64, step: UInt64, count: Int) async throws -> Tally {
        var tally = Tally("simulation")
        var (commands, seed, number) = (0, first, 0)
        while commands < count {
            let actions = Self.history(seed: seed, length: historyLength)
            let history = SimulatedHistory()
            let failure = await history.run(actions)
            commands += history.commandCount
            for _ in 0..<max(0, history.faultCount - 1) { tally.count(Trial(), "") }
            var trial = Trial()
            trial.resolved = history.resolvedCount
            if let failure { trial.failures.append(failure) }
            tally.count(trial, "seed \(seed)")
            number += 1
            if failure != nil {
                let shrunk = await Self.shrink(actions)
                for action in shrunk { tally.remarks.append("shrunk: \(action)") }
                break
            }
            seed += step
            if number.isMultiple(of: 50) {
                FileHandle.standardError.write(Data("simulation: \(commands) commands\n".utf8))
            }
        }
        let every = step > 1 ? ", every \(step) of them" : ""
        tally.remarks.append(
            "\(commands) commands in \(number) histories from seed \(first)\(every)")
        return tally
    }

    /// What happens, by a seed.
    static func history(seed: UInt64, length: Int) -> [Action] {
        var random = SplitMix64(seed: seed)
        return (0..<length).map { _ in
            let client = Int.random(in: 0..<clientCount, using: &random)
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<8:
                let call = FailingCall.ofFiles.randomElement(using: &random) ?? .write
                return .fault(
                    call: call, nth: Int.random(in: 1...12, using: &random),
                    isForEver: Bool.random(using: &random))
            case 8..<10: return .reopen(client: client)
            case 10: return .kill
            case 11: return .compact(client: client)
            case 12..<18:
                return .look(
                    client: client, domain: Int.random(in: 0..<domainCount, using: &random))
            default:
                return .command(
                    client: client, kind: Int.random(in: 0..<14, using: &random),
                    choice: Int.random(in: 0..<1_000_000, using: &random))
            }
        }
    }

    /// As few actions as still fail, with a bounded number of attempts.
    private static func shrink(_ actions: [Action]) async -> [Action] {
        var (actions, attempts) = (actions, 0)
        var size = actions.count / 2
        while size > 0, attempts < 300 {
            var place = 0
            while place < actions.count, attempts < 300 {
                var fewer = actions
                fewer.removeSubrange(place..<min(place + size, actions.count))
                attempts += 1
                if await SimulatedHistory().run(fewer) != nil {
                    actions = fewer
                } else {
                    place += size
                }
            }
            size /= 2
        }
        return actions
    }
}
