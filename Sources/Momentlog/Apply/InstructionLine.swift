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
/// `undefine` (`domain`, and if wanted `checkpoints`: true to let them go as well). Any of them
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
    /// The most bytes of a line: enough for a document of 1 MiB with its escapes.
    public static let mostBytes = (2 << 20) - 1

    /// A line that was read, and the request that it names even if it is refused.
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

    /// Reads a line, and the request that it names even if the rest is refused, so that its answer
    /// can name it.
    ///
    /// - Parameters:
    ///   - line: Its bytes without the line feed.
    ///   - submission: What the line says takes the place of what this does.
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

    /// What of a line that is refused names its request.
    private struct NamedRequest: Decodable {
        let request: String?
    }

    /// Reads a line.
    ///
    /// - Parameters:
    ///   - line: Its bytes without the line feed.
    ///   - submission: What the line says takes the place of what this does.
    ///   - zone: The rules of local time, for the point in time of a `revert`.
    /// - Throws: ``MomentlogError``: `invalid-json` for what is no JSON, `usage` for what is no such
    ///   line, `invalid-xml` for a document that is none.
    public static func decode(
        _ line: some Collection<UInt8>, submission: Submission, zone: ZoneRules = .utc
    ) throws(MomentlogError) -> Instruction {
        guard line.count <= mostBytes else { throw tooLong }
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
        guard shape.memberCount == fields.count else { throw invalid("a key stands twice") }
        return try fields.instruction(submission, zone)
    }

    /// Why a line is refused that has more than ``mostBytes``.
    public static var tooLong: MomentlogError {
        refused("the line has more than \(mostBytes) bytes")
    }

    /// Whether a line has nothing but white space, so that nothing has to answer it.
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

    /// The line that answers an instruction, without the line feed.
    public static func answer(_ answer: Result<CommandOutcome, MomentlogError>) -> String {
        Self.answer(answer, request: nil)
    }

    /// The line that answers an instruction and names its request, without the line feed.
    ///
    /// - Parameter request: The line's `request`, if it had one.
    public static func answer(
        _ answer: Result<CommandOutcome, MomentlogError>, request: String?
    ) -> String {
        switch answer {
        case .success(let outcome): JSONItem.outcome(outcome, request: request).text
        case .failure(let error): JSONItem.error(error, request: request).text
        }
    }
}
