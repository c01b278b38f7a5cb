import Foundation
import Momentlog
import TestSupport

/// Each command is killed at random times of its life.
struct CommandKills {
    let seed: UInt64
    /// How often each is killed.
    let count: Int

    func run(stores: URL) async throws -> [Tally] {
        var tally = Tally("SIGKILL of other commands")
        var random = SplitMix64(seed: seed)
        var killed = 0
        for command in try await CommandCase.all(stores: stores) {
            let folder = try FastFolder()
            try folder.replaceEverything(with: command.files)
            let start = ContinuousClock.now
            _ = try CommandCase.run(command.arguments, in: folder)
            let life = (ContinuousClock.now - start) / Duration.microseconds(1)
            for _ in 0..<count {
                try folder.replaceEverything(with: command.files)
                let seconds = Double.random(in: 0.2...1, using: &random) * life / 1_000_000
                let run = try CommandCase.run(
                    command.arguments,
                    by: ["/usr/bin/timeout", "--signal=KILL", "\(seconds)"], in: folder)
                // timeout(1) ends as its command did.
                if run.wasKilled || run.status == 137 { killed += 1 }
                tally.count(
                    try await command.judge(run, in: folder),
                    "seed \(seed), '\(command.name)' after \(seconds) s, status \(run.status)")
            }
        }
        tally.remarks.append("\(killed) were killed; the others had ended")
        return [tally]
    }
}
