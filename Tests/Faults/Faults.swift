import CFaultVFS
import Foundation
import Momentlog
import TestSupport

/// Lets everything fail that can, and prints a table of what came of it.
///
///     Faults [--full] HARNESS...
///
/// The exit status is 1 if something acknowledged was lost, a commit was torn, or anything else
/// was not as it has to be.
@main
enum Faults {
    static func main() async throws {
        var names = Array(CommandLine.arguments.dropFirst())
        if names.first == FailingMemory.trialArgument {
            exit(try await FailingMemory.runTrial(Array(names.dropFirst())))
        }
        if names.first == FedProcess.measuredArgument {
            exit(try FedProcess.runMeasured(Array(names.dropFirst())))
        }
        if names.first == Recovery.writerArgument {
            exit(try await Recovery.runWriter(Array(names.dropFirst())))
        }
        if names.first == Simulation.partArgument {
            guard faultvfs_install() == 0 else { exit(70) }
            exit(try await Simulation.runPart(Array(names.dropFirst())))
        }
        if names.first == Tampering.partArgument {
            exit(try await Tampering.runPart(Array(names.dropFirst())))
        }
        if names.first == RandomCalls.partArgument {
            exit(try await RandomCalls.runPart(Array(names.dropFirst())))
        }
        let isFull = names.contains("--full")
        names.removeAll { $0 == "--full" }
        guard !names.isEmpty, names.allSatisfy({ Harness(rawValue: $0) != nil }) else {
            let all = Harness.allCases.map(\.rawValue).joined(separator: " ")
            FileHandle.standardError.write(Data("Faults [--full] HARNESS...: \(all)\n".utf8))
            exit(64)
        }
        guard faultvfs_install() == 0 else { throw HarnessFailure("SQLite takes no file system") }
        let seed = Seeds.all[Seeds.all.count - 1]
        print("seed \(seed) (MOMENTLOG_SEED repeats it)")
        var tallies: [Tally] = []
        for name in names {
            guard let harness = Harness(rawValue: name) else { continue }
            do {
                tallies += try await harness.run(isFull: isFull, seed: seed)
            } catch {
                var tally = Tally(name)
                tally.fail("\(error)")
                tallies.append(tally)
            }
        }
        print(FaultTable(tallies).text)
        exit(tallies.allSatisfy(\.isGood) ? 0 : 1)
    }
}
