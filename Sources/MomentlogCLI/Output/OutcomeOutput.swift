import Momentlog
import Moments

extension OutputFormat {
    /// Prints the outcome of a command: a sentence for people, nothing with `--quiet`, or the
    /// answer in JSON.
    ///
    /// - Parameters:
    ///   - done: The sentence if it appended something.
    ///   - already: The sentence if nothing had to change.
    /// - Throws: ``Finished`` if it cannot be printed. What was appended stays, printed or not:
    ///   standard error says so then.
    func print(_ outcome: CommandOutcome, done: String, already: String) throws {
        do throws(MomentlogError) {
            if self != .table {
                try print(item: .outcome(outcome))
            } else if !GlobalArguments.current.isQuiet {
                try StandardOutput.shared.print(
                    Terminal.harmless(outcome.commit == nil ? already : done))
            }
            try StandardOutput.shared.flush()
        } catch {
            guard let commit = outcome.commit else { throw error }
            Notice.error(error, "done nevertheless, as commit \(commit)")
            throw Finished(status: .incomplete)
        }
    }
}
