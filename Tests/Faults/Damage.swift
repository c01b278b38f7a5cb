import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport

/// One bit is another, or a file ends early: of the database, its WAL, its head file. Each is
/// told of, or does no harm; none makes an answer wrong without anything that tells.
struct Damage {
    let seed: UInt64
    let count: Int

    /// What all questions to the store are answered with.
    private struct Answers: Equatable {
        var lines: [String] = []
        var domains: [String: PlainDomain] = [:]
        var documents: [[UInt8]] = []
        var past: [String: PlainDomain] = [:]
        var head = ""
    }

    /// What came of one.
    private enum Effect: String, CaseIterable {
        case refused = "refused when the store is opened"
        case error = "told by an error of the question"
        case verified = "told by 'verify' alone, the answers being wrong"
        case harmlessTold = "harmless, and told by 'verify'"
        case harmless = "harmless: all answers are right"
        case quiet = "quiet and wrong"
    }

    func run() async throws -> [Tally] {
        let folder = try FastFolder()
        let workload = try Workload(seed: 5, count: 60, domains: 3)
        var store = try await CheckpointStore.open(at: folder.store)
        for step in workload.steps[..<50] { try await store.perform(step.instruction) }
        _ = try await store.keepSnapshots()
        await store.close()
        let closed = try folder.files()
        store = try await CheckpointStore.open(at: folder.store)
        for step in workload.steps[50...] { try await store.perform(step.instruction) }
        let open = try folder.files()
        await store.close()
        return [
            try await trials("bits and cuts, closed store", closed, cuts: false),
            try await trials("bits and cuts, store with a WAL", open, cuts: false),
            try await trials("cuts, closed store", closed, cuts: true),
            try await trials("cuts, store with a WAL", open, cuts: true),
        ]
    }

    private func trials(
        _ name: String, _ files: [String: Data], cuts: Bool
    ) async throws -> Tally {
        var tally = Tally(cuts ? name : name.replacing("bits and cuts", with: "flipped bits"))
        var random = SplitMix64(seed: seed)
        let folder = try FastFolder()
        try folder.replace(with: files)
        guard case .success(let right) = await ask(folder) else {
            throw HarnessFailure("the store cannot be read undamaged")
        }
        var effects: [Effect: Int] = [:]
        let names = files.filter { !$0.value.isEmpty }.keys.sorted()
        for _ in 0..<(cuts ? count / 5 : count) {
            var damaged = files
            // As often the small head file as the others.
            let file = names.randomElement(using: &random) ?? ""
            let place = Int.random(in: 0..<(files[file]?.count ?? 1), using: &random)
            if cuts {
                damaged[file] = files[file]?.prefix(place)
            } else {
                damaged[file]?[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
            try folder.replace(with: damaged)
            let effect = try await effect(folder, right)
            effects[effect, default: 0] += 1
            var trial = Trial()
            if effect == .quiet { trial.failures.append("the answers are wrong") }
            tally.count(trial, "seed \(seed), store.db\(file) at \(place)")
        }
        for effect in Effect.allCases {
            if let count = effects[effect] { tally.remarks.append("\(count) \(effect.rawValue)") }
        }
        return tally
    }

    private func effect(_ folder: FastFolder, _ right: Answers) async throws -> Effect {
        let store: CheckpointStore
        do throws(MomentlogError) {
            store = try await CheckpointStore.open(
                at: folder.store, options: .init(createsStore: false))
        } catch {
            return .refused
        }
        let answers = await ask(store)
        let verification = try? await store.verify()
        await store.close()
        let isSound = verification?.isSound ?? false
        switch answers {
        case .failure: return .error
        case .success(right): return isSound ? .harmless : .harmlessTold
        case .success: return isSound ? .quiet : .verified
        }
    }

    private func ask(_ folder: FastFolder) async -> Result<Answers, MomentlogError> {
        do throws(MomentlogError) {
            let store = try await CheckpointStore.open(
                at: folder.store, options: .init(createsStore: false))
            let answers = await ask(store)
            await store.close()
            return answers
        } catch {
            return .failure(error)
        }
    }

    private func ask(_ store: CheckpointStore) async -> Result<Answers, MomentlogError> {
        do throws(MomentlogError) {
            var answers = Answers()
            answers.lines = try await store.lines()
            answers.domains = try await store.plainDomains()
            for (name, domain) in answers.domains.sorted(by: { $0.key < $1.key }) {
                for checkpoint in domain.parents.keys.sorted() {
                    answers.documents.append(
                        try await store.document(of: checkpoint, in: name, parts: .everything))
                }
                let past = try await store.domain(name, at: .sequence(answers.lines.count / 2))
                answers.past[name] = PlainDomain(past.graph)
            }
            answers.head = try await store.head().text
            return .success(answers)
        } catch {
            return .failure(error)
        }
    }
}
