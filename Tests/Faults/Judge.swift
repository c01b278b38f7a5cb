import EventLog
import Momentlog
import Moments
import TestSupport

/// Holds a store after a fault against what was acknowledged before it.
struct Judge: Sendable {
    let steps: [Workload.Step]
    /// The events of each step, from a run without faults.
    let events: [[Event]]

    /// Carries out a workload without faults, to know what it leads to.
    init(_ workload: Workload) async throws {
        steps = workload.steps
        let folder = try FastFolder()
        var store = try await CheckpointStore.open(at: folder.store)
        for step in steps { try await store.perform(step.instruction) }
        await store.close()
        store = try await CheckpointStore.open(at: folder.store)
        let content = try await StoreContent(store)
        let domains = try await store.plainDomains()
        await store.close()
        events = content.commits.map(\.events)
        guard events.count == steps.count, domains == steps.last?.domains else {
            throw HarnessFailure("the workload does not lead to what the plain model says")
        }
    }

    /// Looks at the store, repeats what is not known to be done, goes on to the step after it,
    /// and looks again.
    ///
    /// - Parameters:
    ///   - acknowledged: How many steps were acknowledged.
    ///   - uncertain: How many of the next ones may be there, too.
    func judge(
        _ path: String, acknowledged: Int, uncertain: Int = 1
    ) async -> Trial {
        var trial = Trial()
        do throws(MomentlogError) {
            // What no acknowledgement came of may not even have been made.
            let options = CheckpointStore.Options(createsStore: acknowledged == 0)
            var store = try await CheckpointStore.open(at: path, options: options)
            let found = try await StoreContent(store)
            compare(found, acknowledged, uncertain, &trial)
            guard trial.isGood else {
                await store.close()
                return trial
            }
            // Again from the first that is not known to be done.
            let end = min(steps.count, acknowledged + max(uncertain, 1) + 1)
            for index in min(acknowledged, end)..<end {
                let outcome = try await store.perform(steps[index].instruction)
                if outcome.commit != index + 1 {
                    trial.failures.append("step \(index + 1) was commit \(outcome.commit ?? 0)")
                }
            }
            if uncertain > 0, acknowledged < steps.count { trial.resolved += 1 }
            await store.close()
            store = try await CheckpointStore.open(at: path, options: options)
            compare(try await StoreContent(store), end, 0, &trial)
            if end > 0, try await store.plainDomains() != steps[end - 1].domains {
                trial.failures.append("the graphs are not as the plain model has them")
            }
            let verification = try await store.verify()
            if let fault = verification.faultsOfRecord.first {
                trial.failures.append(fault.message)
            }
            await store.close()
        } catch {
            trial.failures.append("\(error.code): \(error.message)")
        }
        return trial
    }

    /// What of a log was lost or is there in part.
    private func compare(
        _ content: StoreContent, _ acknowledged: Int, _ uncertain: Int, _ trial: inout Trial
    ) {
        let commits = content.commits
        for index in commits.count..<max(acknowledged, commits.count) {
            trial.lost += events[index].count
        }
        if commits.count > acknowledged + uncertain {
            trial.failures.append(
                "\(commits.count) commits, where \(acknowledged) were acknowledged")
        }
        for (index, commit) in commits.enumerated() where index < steps.count {
            guard commit.request == steps[index].request else {
                trial.failures.append("commit \(index + 1) is of \(commit.request ?? "nobody")")
                continue
            }
            guard commit.events != events[index] else { continue }
            if commit.events.count < events[index].count {
                trial.torn += 1
                if index < acknowledged {
                    trial.lost += events[index].count - commit.events.count
                }
            } else {
                trial.failures.append("commit \(index + 1) is another one")
            }
        }
    }
}

/// A harness that does not work.
struct HarnessFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
