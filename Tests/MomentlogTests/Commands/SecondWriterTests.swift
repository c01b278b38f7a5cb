import EventLog
import MomentlogTesting
import Moments
import Synchronization
import TestSupport
import Testing

@testable import Momentlog

/// Two processes that write at once end as if one had come after the other, whenever the second
/// acts between any two calls that the first makes to the log.
struct SecondWriterTests {
    /// Why a command was refused.
    private struct Refusal: Error, Equatable { let code: MomentlogError.Code }

    /// What two commands led to: their answers, and all domains.
    private struct Ending: Equatable {
        var answers: [Result<CommandOutcome, Refusal>]
        var domains: [[String]]
        var graphs: [MomentGraph]
    }

    /// A log with a history, created for each use.
    private func log(_ history: [[Instruction]]) async throws -> MemoryEventLog {
        let log = MemoryEventLog()
        let store = CheckpointStore(log: log)
        for batch in history { _ = await store.perform(batch) }
        return log
    }

    private func answer(
        _ instruction: Instruction, _ log: any EventLog
    ) async -> Result<CommandOutcome, Refusal> {
        let answers = await CheckpointStore(log: log).perform([instruction])
        return answers.first?.mapError { Refusal(code: $0.code) }
            ?? .failure(Refusal(code: .storage))
    }

    private func ending(
        _ log: any EventLog, _ answers: [Result<CommandOutcome, Refusal>]
    ) async throws -> Ending {
        var ending = Ending(answers: answers, domains: [], graphs: [])
        for entry in try await log.domains() {
            let domain = try await log.replay(entry.id)
            ending.domains.append([
                entry.name, "\(entry.uuid as Any)", "\(entry.isLive)", "\(domain.revision)",
            ])
            ending.graphs.append(domain.graph)
        }
        return ending
    }

    private func inTurn(
        _ first: Instruction, _ second: Instruction, _ history: [[Instruction]], swapped: Bool
    ) async throws -> Ending {
        let log = try await log(history)
        let one = await answer(first, log)
        let two = await answer(second, log)
        return try await ending(log, swapped ? [two, one] : [one, two])
    }

    @Test(
        "Whatever two commands do, they end as one after the other would.", arguments: Seeds.few)
    func serial(seed: UInt64) async throws {
        var random = RandomInstructions(seed: seed)
        var (acted, reordered) = (0, 0)
        for pair in 0..<60 {
            // The clock would tell the runs apart.
            let history = try (0..<6).map { _ in
                try random.batch().map { Self.timed($0, 50) }
            }
            let (first, second) = (
                Self.timed(try random.next(), 100), Self.timed(try random.next(), 101)
            )
            let counts = try await expectSerial(
                first, second, after: history, "seed \(seed), pair \(pair)")
            acted += counts.acted
            reordered += counts.reordered
        }
        // A second writer that is never in the way shows nothing.
        #expect(acted > 200 && reordered > 10, "seed \(seed): \(acted), \(reordered)")
    }

    @Test(
        "A command never reaches a domain that lost its name while the command looked it up",
        arguments: ["renamed", "undefined", "undefined with its checkpoints", "given a UUID"])
    func domainOfAnotherName(change: String) async throws {
        let by = StoreFixture.submission
        func guest(_ name: String, uuid: Bool = true) throws -> Instruction {
            let guest = CheckpointText.guest(name, digit: "a", disks: ["vda"])
            return try .define(
                SourceDocument(uuid ? guest : guest.replacing(/<uuid>.*<\/uuid>/, with: "")),
                by: by)
        }
        func document(_ name: String) -> SourceDocument {
            SourceDocument(CheckpointText.document(name, parent: nil, time: 3, extra: ""))
        }
        let history: [[Instruction]] = [
            [try guest("vm0", uuid: change != "given a UUID")],
            [.create(CheckpointRequest(name: "c1"), in: "vm0", by: by)],
            [.create(CheckpointRequest(name: "c2"), in: "vm0", by: by)],
        ].map { batch in batch.map { Self.timed($0, 50) } }
        let second: Instruction =
            switch change {
            case "renamed": .rename("vm0", to: "vm1", by: by)
            case "undefined": .undefine("vm0", deletingCheckpoints: false, by: by)
            case "given a UUID": try guest("vm0")
            default: .undefine("vm0", deletingCheckpoints: true, by: by)
            }
        let commands: [Instruction] = [
            .create(CheckpointRequest(name: "c3"), in: "vm0", by: by),
            try .redefine([document("c4")], in: "vm0", by: by),
            try .record([document("c5")], in: "vm0", by: by),
            .delete("c2", from: "vm0", by: by),
            .setCurrent("c1", in: "vm0", by: by),
            .repair(Repair(parents: ["c1": "c2"]), in: "vm0", by: by),
            try guest("vm0"), .rename("vm0", to: "vm2", by: by),
            .undefine("vm0", deletingCheckpoints: true, by: by),
        ]
        for command in commands {
            let counts = try await expectSerial(
                Self.timed(command, 100), Self.timed(second, 101), after: history, change)
            #expect(counts.acted >= 8, "\(command.command)")
        }
    }

    @Test("Each of a batch gets its answer if another process carries out one of them meanwhile")
    func carriedOutMeanwhile() async throws {
        let by = StoreFixture.submission
        func guest(_ name: String) throws -> Instruction {
            try .define(SourceDocument("<domain><name>\(name)</name></domain>"), by: by)
        }
        let shared = try await log([[try guest("vm0")], [try guest("vm5")]])
        let keyed = Self.timed(
            .setCurrent(nil, in: "vm0", by: Submission(actor: "me", request: "r1")), 100)
        let interfering = InterferingLog(shared)
        let hasActed = Mutex(false)
        interfering.beforeCall = { call in
            guard call.name == "replay",
                !hasActed.withLock({ acted in
                    defer { acted = true }
                    return acted
                })
            else { return }
            _ = await answer(keyed, shared)
            _ = await answer(.rename("vm0", to: "vm1", by: by), shared)
        }
        let answers = await CheckpointStore(log: interfering).perform([
            keyed, .delete("none", from: "vm5", by: by), .rename("vm5", to: "vm6", by: by),
        ])
        #expect(hasActed.withLock { $0 })
        let codes = answers.map { answer in
            switch answer {
            case .success(let outcome): outcome.isRepeated ? "repeated" : "done"
            case .failure(let error): error.code.rawValue
            }
        }
        #expect(codes == ["repeated", "no-checkpoint", "done"])
    }

    private static func timed(_ instruction: Instruction, _ seconds: Int64) -> Instruction {
        var instruction = instruction
        instruction.creationTime = CreationTime(seconds: seconds)
        return instruction
    }

    /// Lets the second command act before and after each call that the first makes to the log.
    ///
    /// - Returns: How often it acted, and how often this was as if it had come first.
    private func expectSerial(
        _ first: Instruction, _ second: Instruction, after history: [[Instruction]],
        _ what: String
    ) async throws -> (acted: Int, reordered: Int) {
        var (acted, reordered) = (0, 0)
        let inOrder = try await inTurn(first, second, history, swapped: false)
        let swapped = try await inTurn(second, first, history, swapped: true)
        for isAfter in [false, true] {
            var number = 0
            while true {
                number += 1
                let shared = try await log(history)
                let interfering = InterferingLog(shared)
                let answered = Mutex<Result<CommandOutcome, Refusal>?>(nil)
                let act: InterferingLog.Action = { [number] call in
                    guard call.number == number else { return }
                    let answer = await answer(second, shared)
                    answered.withLock { $0 = answer }
                }
                if isAfter { interfering.afterCall = act } else { interfering.beforeCall = act }
                let one = await answer(first, interfering)
                guard let two = answered.withLock({ $0 }) else { break }
                let ended = try await ending(shared, [one, two])
                #expect(
                    ended == inOrder || ended == swapped,
                    """
                    \(what), \(isAfter ? "after" : "before") call \(number): \
                    \(first.command) beside \(second.command) gave \(ended)
                    """)
                acted += 1
                if inOrder != swapped, ended == swapped { reordered += 1 }
            }
        }
        return (acted, reordered)
    }
}
