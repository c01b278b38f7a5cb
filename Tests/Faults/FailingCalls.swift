import Foundation
import Momentlog
import Moments

/// Each call to the file system fails, the n-th of its kind, once and then for ever, for all n
/// until a run ends without a fault.
struct FailingCalls {
    /// Every so many-th n is tried.
    let stride: Int

    /// What a run begins with.
    private struct Stage {
        let name: String
        let files: [String: Data]
        /// How many steps are in it.
        let acknowledged: Int
        /// How many more may be in it.
        let uncertain: Int
    }

    private static let lastStep = 9

    func run() async throws -> [Tally] {
        let judge = try await Judge(Workload(seed: 1, count: 14))
        var tallies: [Tally] = []
        for stage in try await stages(judge) {
            var tally = Tally("failing calls, \(stage.name)")
            for call in FailingCall.ofFiles {
                for isForEver in [false, true] {
                    try await sweep(call, isForEver, stage, judge, &tally)
                }
            }
            tallies.append(tally)
        }
        return tallies
    }

    /// An empty place; a closed store; what a killed process left.
    private func stages(_ judge: Judge) async throws -> [Stage] {
        let folder = try FastFolder()
        var store = try await CheckpointStore.open(at: folder.store)
        for step in judge.steps[..<3] { try await store.perform(step.instruction) }
        await store.close()
        let closed = try folder.files()
        store = try await CheckpointStore.open(at: folder.store)
        for step in judge.steps[3..<5] { try await store.perform(step.instruction) }
        let killed = try folder.files()
        await store.close()
        return [
            Stage(name: "making a store", files: [:], acknowledged: 0, uncertain: 0),
            Stage(name: "in a closed store", files: closed, acknowledged: 3, uncertain: 0),
            Stage(name: "in recovery", files: killed, acknowledged: 5, uncertain: 0),
        ]
    }

    private func sweep(
        _ call: FailingCall, _ isForEver: Bool, _ stage: Stage, _ judge: Judge,
        _ tally: inout Tally
    ) async throws {
        let folder = try FastFolder()
        var nth = 1
        while true {
            try folder.replace(with: stage.files)
            var (done, uncertain) = (stage.acknowledged, stage.uncertain)
            call.arm(nth, isForEver: isForEver)
            do throws(MomentlogError) {
                let store = try await CheckpointStore.open(at: folder.store)
                while done < Self.lastStep {
                    do throws(MomentlogError) {
                        try await store.perform(judge.steps[done].instruction)
                        (done, uncertain) = (done + 1, 0)
                    } catch {
                        if error.code == .outcomeUnknown { uncertain = 1 }
                        // As an operator would: again, in the store as it is.
                        if isForEver || uncertain > 0 { break }
                        guard (try? await store.perform(judge.steps[done].instruction)) != nil
                        else { break }
                        done += 1
                    }
                }
                await store.close()
            } catch {}
            let failed = FailingCall.disarm()
            guard failed > 0 else { return }
            let trial = await judge.judge(folder.store, acknowledged: done, uncertain: uncertain)
            tally.count(
                trial, "\(stage.name), \(call) \(nth)\(isForEver ? " and all after it" : "")")
            nth += stride
        }
    }
}
