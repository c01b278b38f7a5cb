import EventLog
import Foundation
public import Moments
import SQLiteEventLog

/// A command as a line of JSON, and its answer as another.
///
/// ```json
/// {"command":"delete","domain":"vm1","checkpoint":"c2","scope":"children"}
/// {"ok":true,"commit":7,"sequence":[12,13],"revision":9,"checkpoint":"c2","repeated":false}
/// ```
///
/// The commands and their keys are `create`, `record` and `redefine` (`domain`, `xml`), `delete` (`domain`, `checkpoint`, and if wanted `scope`: `checkpoint`,
/// `children`, `children-only`), `set-current` (`domain`, `checkpoint`, or null for
/// none), `repair` (`domain`, and if wanted `reparent`: an array of `NAME=PARENT`, and
/// `current`), `observe` (`domain`, `images`, and if wanted `qmp`), `revert` (`domain`, `to`: a
/// sequence, or a time as ``When`` reads it), `define` (`xml`), `rename` (`domain`, `name`) and
/// `undefine` (`domain`, and if wanted `checkpoints`: true to delete them as well). Any of them
/// may have `actor`, `reason`, `request` (an idempotency key), `expect` (a revision), and `at` (the
/// creation time of what a `create` creates, or the time of an `observe`: in seconds since
/// 1970-01-01T00:00:00Z, or a text in RFC 3339).
///
/// The `images` of an `observe` are an array with an object for each disk: its `disk`, and
/// either its `info`, what `qemu-img info --output=json` printed of it, or the `path` of the
/// image in `qmp`, which is what a running guest answered to `query-named-block-nodes`:
///
/// ```json
/// {"command":"observe","domain":"vm1","images":[{"disk":"vda","info":{"filename":"a","format":"qcow2"}}]}
/// ```
public enum InstructionLine {
    /// The maximum length of a line in bytes: enough for a document of 1 MiB with its escapes.
    public static let maximumByteCount = (2 << 20) - 1

    /// A line that was read, and its request, even if it is refused.
    public struct Reading: Sendable {
        /// The command, or why the line is refused.
        public let instruction: Result<Instruction, MomentlogError>
        /// The line's `request`, if it has one that is a text.
        public let request: String?

        /// Creates a reading.
        public init(instruction: Result<Instruction, MomentlogError>, request: String?) {
            self.instruction = instruction
            self.request = request
        }
    }

    /// Reads a line and its request, even if the rest is refused, so that the answer can name it.
    ///
    /// - Parameters:
    ///   - line: Its bytes without the line feed.
    ///   - submission: The defaults for what the line does not state.
    ///   - zone: The rules of the local time zone.
    /// - Complexity: O(*n*) in the bytes.
    public static func read(
        _ line: some Collection<UInt8>, submission: Submission, zone: ZoneRules = .utc
    ) -> Reading {
        do throws(MomentlogError) {
            let instruction = try decode(line, submission: submission, zone: zone)
            return Reading(
                instruction: .success(instruction), request: instruction.submission.request)
        } catch {
            let named = try? JSONDecoder().decode(NamedRequest.self, from: Data(line))
            return Reading(instruction: .failure(error), request: named?.request)
        }
    }

    /// The part of a refused line that names its request.
    private struct NamedRequest: Decodable {
        let request: String?
    }

    /// Reads a line.
    ///
    /// - Parameters:
    ///   - line: Its bytes without the line feed.
    ///   - submission: The defaults for what the line does not state.
    ///   - zone: The rules of the local time zone, for the point in time of a `revert`.
    /// - Throws: ``MomentlogError``: `invalid-json` for a line that is not JSON, `usage` for another
    ///   invalid line, `invalid-xml` for an invalid document.
    public static func decode(
        _ line: some Collection<UInt8>, submission: Submission, zone: ZoneRules = .utc
    ) throws(MomentlogError) -> Instruction {
        guard line.count <= maximumByteCount else { throw tooLong }
        guard !isEmpty(line) else {
            throw refused("the line is empty")
        }
        guard let text = String(validating: line, as: UTF8.self) else {
            throw invalid("the line is not UTF-8")
        }
        let fields: InstructionFields
        do {
            fields = try JSONDecoder().decode(InstructionFields.self, from: Data(text.utf8))
        } catch let error as MomentlogError {
            throw error
        } catch {
            throw invalid("the line is not JSON", cause: error)
        }
        let shape = JSONShape(text.utf8)
        guard !shape.hasTrailingComma else { throw invalid("the line is not JSON") }
        guard shape.memberCount == fields.count else { throw invalid("a key is repeated") }
        return try fields.instruction(submission, zone)
    }

    /// The error of a line that has more than ``maximumByteCount``.
    public static var tooLong: MomentlogError {
        refused("the line has more than \(maximumByteCount) bytes")
    }

    /// Returns whether a line has only white space, so that it gets no answer.
    public static func isEmpty(_ line: some Collection<UInt8>) -> Bool {
        line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }

    static func invalid(_ message: String, cause: (any Error)? = nil) -> MomentlogError {
        var error = refused(message, cause: cause)
        error.code = .invalidJSON
        return error
    }

    static func refused(_ message: String, cause: (any Error)? = nil) -> MomentlogError {
        MomentlogError(
            .usage, message,
            hint: #"a line is like {"command":"delete","domain":"vm1","checkpoint":"c2"}"#,
            cause: cause)
    }

    /// Returns the line that answers an instruction, without the line feed.
    public static func answer(_ answer: Result<CommandOutcome, MomentlogError>) -> String {
        Self.answer(answer, request: nil)
    }

    /// Returns the line that answers an instruction and names its request, without the line feed.
    ///
    /// - Parameters:
    ///   - answer: The outcome, or the error.
    ///   - request: The line's `request`, if it had one.
    public static func answer(
        _ answer: Result<CommandOutcome, MomentlogError>, request: String?
    ) -> String {
        switch answer {
        case .success(let outcome): JSONItem.outcome(outcome, request: request).text
        case .failure(let error): JSONItem.error(error, request: request).text
        }
    }
}
