import Momentlog

extension OutputFormat {
    /// Prints what a command came to: a sentence for people, or the answer that `apply`
    /// gives.
    ///
    /// - Parameters:
    ///   - done: The sentence if it appended something.
    ///   - already: The sentence if all was so already.
    /// - Throws: ``Finished`` if it cannot be printed. What was appended stays, told or not:
    ///   it is told on standard error then.
    func print(_ outcome: CommandOutcome, done: String, already: String) throws {
        do throws(MomentlogError) {
            try StandardOutput.shared.print(
                self == .table
                    ? Terminal.harmless(outcome.commit == nil ? already : done)
                    : InstructionLine.answer(.success(outcome)))
            try StandardOutput.shared.flush()
        } catch {
            guard let commit = outcome.commit else { throw error }
            StandardError.write(
                "momentlog: error: \(error); done nevertheless, as commit \(commit)\n")
            throw Finished(status: .incomplete)
        }
    }
}
