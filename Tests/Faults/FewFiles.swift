import Foundation
import Momentlog
import TestSupport

/// A process may open only so few files: from none on until a command succeeds.
struct FewFiles {
    /// Every so many-th command is tried.
    let stride: Int

    func run(stores: URL) async throws -> [Tally] {
        var tally = Tally("too many open files")
        for (index, command) in try await CommandCase.all(stores: stores).enumerated()
        where index.isMultiple(of: stride) {
            var limit = 4
            var isDone = false
            while !isDone {
                let folder = try FastFolder()
                try folder.replaceEverything(with: command.files)
                let run = try CommandCase.run(
                    command.arguments,
                    by: ["/bin/sh", "-c", "ulimit -n \(limit) && exec \"$0\" \"$@\""], in: folder)
                isDone = !run.wasKilled && (run.status == 0 || run.status == 3)
                tally.count(
                    try await command.judge(run, in: folder),
                    "'\(command.name)' with \(limit) files, status \(run.status)")
                limit += 1
                guard limit < 64 else {
                    tally.fail("'\(command.name)' needs more than \(limit) files")
                    break
                }
            }
        }
        return [tally]
    }
}
