import Momentlog
import Moments

/// The results of the lines of `apply`.
struct LineTally {
    private var count = 0
    private var lineCount = 0
    private var failures = 0
    private var firstFailure: (line: Int, error: MomentlogError)?
    private var isUnknown = false
    private var hasFindings = false

    /// The lines that are answered, with their numbers: those that are not empty.
    mutating func number(_ lines: [LineReader.Line]) -> [(number: Int, line: LineReader.Line)] {
        var numbered: [(number: Int, line: LineReader.Line)] = []
        for line in lines {
            lineCount += 1
            if case .complete(let bytes) = line, InstructionLine.isEmpty(bytes) { continue }
            numbered.append((lineCount, line))
        }
        return numbered
    }

    /// - Parameter line: The number of the line that is answered, from 1.
    mutating func add(_ answer: LineAnswer, line: Int) {
        count += 1
        hasFindings = hasFindings || answer.hasFindings
        guard let error = answer.failure else { return }
        failures += 1
        if firstFailure == nil { firstFailure = (line, error) }
        isUnknown = isUnknown || error.code == .outcomeUnknown
    }

    /// Ends it when answers can no longer be printed. What was appended stays.
    func stop(_ error: MomentlogError) throws -> Never {
        Notice.error(
            error,
            "\(count) line\(count == 1 ? " was" : "s were") carried out or refused, and the last"
                + " answers could not be printed")
        throw Finished(status: failures < count ? .incomplete : .refused)
    }

    /// Ends with the status that matches the results.
    ///
    /// - Throws: ``Finished``, or a ``MomentlogError`` if all lines failed.
    func finish() throws {
        try StandardOutput.shared.flush()
        NewStore.announce()
        guard let firstFailure else {
            guard hasFindings else { return }
            throw Finished(status: .incomplete)
        }
        let summary =
            "\(failures) of \(count) line\(count == 1 ? "" : "s") failed, the first being line"
            + " \(firstFailure.line)"
        let code = isUnknown ? MomentlogError.Code.outcomeUnknown : firstFailure.error.code
        let error = MomentlogError(code, summary, hint: "each answer says why")
            .detailing("lines", .number(count)).detailing("failed", .number(failures))
            .detailing("firstFailedLine", .number(firstFailure.line))
        if failures < count && !isUnknown {
            Notice.error(error)
            throw Finished(status: .incomplete)
        }
        ErrorReport.report(error)
        throw Finished(status: isUnknown ? .unknown : .refused)
    }
}
