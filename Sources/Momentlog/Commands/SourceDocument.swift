public import CheckpointXML
import Files
import Glibc
public import Moments

/// An XML document from outside, and its name in errors.
public struct SourceDocument: Sendable, Hashable {
    /// Its bytes, in an encoding that they or their XML declaration state.
    public let bytes: [UInt8]

    /// Whether it was text already, so that it is in UTF-8 whatever it declares.
    public let isText: Bool

    /// Its source, such as a file's path; nil if it has no name.
    public var source: String?

    /// Creates a document from bytes.
    public init(_ bytes: [UInt8], from source: String? = nil) {
        self.bytes = bytes
        isText = false
        self.source = source
    }

    /// Creates a document from text.
    public init(_ text: String, from source: String? = nil) {
        bytes = Array(text.utf8)
        isText = true
        self.source = source
    }

    /// Reads a document from a file, a pipe or a terminal.
    ///
    /// It blocks its thread.
    ///
    /// - Throws: ``MomentlogError`` with `unreadable-file`, or with `invalid-xml` if there
    ///   are more bytes than allowed.
    public init(contentsOf path: String, limits: Limits = Limits()) throws(MomentlogError) {
        let descriptor: CInt
        do {
            descriptor = try InputFile.openStream(path)
        } catch {
            throw Self.unreadable(path, error)
        }
        defer { close(descriptor) }
        try self.init(descriptor: descriptor, from: path, limits: limits)
    }

    /// Reads a document from an open file.
    ///
    /// It blocks its thread.
    ///
    /// - Throws: ``MomentlogError`` with `unreadable-file`, or with `invalid-xml` if there
    ///   are more bytes than allowed.
    public init(
        descriptor: CInt, from source: String, limits: Limits = Limits()
    ) throws(MomentlogError) {
        do {
            self.init(try FileBytes.read(descriptor, limit: limits.bytes), from: source)
        } catch {
            throw Self.unreadable(source, error)
        }
        guard bytes.count <= limits.bytes else {
            throw refused(
                "the document has more than the \(limits.bytes) bytes that are allowed:"
                    + " libvirt skips larger files at its next start")
        }
    }

    private static func unreadable(
        _ source: String, _ failure: FileBytes.Failure
    ) -> MomentlogError {
        MomentlogError(
            .unreadableFile, "\(source): \(failure.reason)",
            hint: "make it readable, then try again", cause: failure)
    }

    /// Returns the request of a document for a new checkpoint.
    ///
    /// - Throws: ``MomentlogError`` with `invalid-xml`; with `not-a-request` for a document of an
    ///   existing checkpoint, which has a creation time or a parent.
    public func request(limits: Limits = Limits()) throws(MomentlogError) -> CheckpointRequest {
        try checkpoint(as: .request, limits: limits).request
    }

    func checkpoint(
        as purpose: CheckpointReader.Purpose, limits: Limits
    ) throws(MomentlogError) -> CheckpointDocument {
        do {
            let reader = CheckpointReader(limits: limits)
            return isText
                ? try reader.read(text: String(decoding: bytes, as: UTF8.self), as: purpose)
                : try reader.read(bytes, as: purpose)
        } catch {
            var refusal = refused(error.summary, cause: error)
            if error.problems.allSatisfy({ $0.kind == .existingCheckpoint }) {
                refusal.code = .notARequest
                refusal.hint =
                    "leave these elements out, or record the checkpoint, which exists already"
                refusal.suggestion = .record
            } else if error.problems.first?.path == "/domain" {
                refusal.hint = "it is a domain's definition, not a checkpoint"
                refusal.suggestion = .defineDocument
            }
            throw refusal
        }
    }

    func domain(limits: Limits) throws(MomentlogError) -> DomainDefinition {
        do {
            var limits = limits
            // It has to stay readable inside of a checkpoint, one level deeper.
            limits.depth = max(limits.depth, 1) - 1
            let reader = DomainReader(limits: limits)
            return isText
                ? try reader.read(text: String(decoding: bytes, as: UTF8.self))
                : try reader.read(bytes)
        } catch {
            var refusal = refused(error.summary, cause: error)
            if error.problems.first?.path == "/domaincheckpoint" {
                refusal.hint = "it is a checkpoint, not a domain's definition"
                refusal.suggestion = .record
            }
            throw refusal
        }
    }

    func refused(_ message: String, cause: (any Error)? = nil) -> MomentlogError {
        MomentlogError(
            .invalidXML, (source.map { $0 + ": " } ?? "") + message,
            hint: "correct the document; libvirt.org/formatcheckpoint.html and formatdomain.html"
                + " describe it",
            cause: cause)
    }
}
