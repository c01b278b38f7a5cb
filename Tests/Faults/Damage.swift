import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport

/// Flips one bit, or cuts off the end, of the database, its WAL or its head file. Each damage is
/// reported or harmless; none makes an answer wrong without a report.
struct Damage {
    let seed: UInt64
    let count: Int

    /// The answers of the store to all queries.
    private struct Answers: Equatable {
        var lines: [String] = []
        var domains: [String: PlainDomain] = [:]
        var documents: [[UInt8]] = []
        var past: [String: PlainDomain] = [:]
        var head = ""
    }

    /// The outcome of one trial.
    private enum Effect: String, CaseIterable {
        case refused = "refused when the store is opened"
        case error = "reported as an error of the query"
        case verified = "reported by 'verify' only: the answers are wrong"
        case harmlessReported = "harmless, and reported by 'verify'"
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
        case .success(right): return isSound ? .harmless : .harmlessReported
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
                        try await store.document(
                            of: checkpoint, in: DomainReference(name), parts: .everything))
                }
                let past = try await store.domain(
                    DomainReference(name), at: .sequence(answers.lines.count / 2))
                answers.past[name] = PlainDomain(past.graph)
            }
            answers.head = try await store.head().text
            return .success(answers)
        } catch {
            return .failure(error)
        }
    }
}
