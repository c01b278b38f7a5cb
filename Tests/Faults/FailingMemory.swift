import CFaultVFS
import Foundation
import Momentlog
import Moments
import TestSupport

/// SQLite's allocator fails, the n-th time it is asked, once and then for ever.
///
/// Each is tried in its own process: GRDB ends the process where SQLite has no memory
/// even for the least. That is like being killed, and must do no more harm.
struct FailingMemory {
    /// Every so many-th n is tried.
    let stride: Int

    private static func workload() throws -> Workload { try Workload(seed: 1, count: 14) }
    private static let lastStep = 9

    /// The exit status of a trial in which nothing failed.
    private static let nothingFailed: Int32 = 42

    func run() async throws -> [Tally] {
        let judge = try await Judge(Self.workload())
        var tally = Tally("failing memory")
        var ended = 0
        for isForEver in [false, true] {
            var nth = 1
            while true {
                let folder = try FastFolder()
                let run = try CommandRun.run(
                    "Faults",
                    [Self.trialArgument, folder.store, "\(nth)", isForEver ? "ever" : "once"],
                    environment: ["SWIFT_BACKTRACE": "enable=no"])
                if run.status == Self.nothingFailed { break }
                if run.wasKilled { ended += 1 }
                let answers = run.output.split(separator: "\n")
                let trial = await judge.judge(
                    folder.store, acknowledged: answers.filter { $0 == "done" }.count,
                    uncertain: run.wasKilled || answers.last == "unknown" ? 1 : 0)
                tally.count(trial, "allocation \(nth)\(isForEver ? " and all after it" : "")")
                nth += stride
            }
        }
        tally.remarks.append("\(ended) of these ended the process")
        return [tally]
    }

    /// The first argument of this executable for one trial.
    static let trialArgument = "memory-trial"

    /// One trial: carries out steps, and prints each acknowledgement.
    static func runTrial(_ arguments: [String]) async throws -> Int32 {
        guard arguments.count == 3, let nth = Int(arguments[1]) else { return 64 }
        guard faultvfs_install_allocator() == 0 else {
            throw HarnessFailure("SQLite takes no other allocator")
        }
        let steps = try workload().steps
        FailingCall.memory.arm(nth, isForEver: arguments[2] == "ever")
        do throws(MomentlogError) {
            let store = try await CheckpointStore.open(at: arguments[0])
            do throws(MomentlogError) {
                for step in steps[..<lastStep] {
                    try await store.perform(step.instruction)
                    acknowledge("done")
                }
            } catch {
                if error.code == .outcomeUnknown { acknowledge("unknown") }
            }
            await store.close()
        } catch {}
        return FailingCall.disarm() == 0 ? nothingFailed : 0
    }

    private static func acknowledge(_ word: String) {
        FileHandle.standardOutput.write(Data("\(word)\n".utf8))
    }
}
