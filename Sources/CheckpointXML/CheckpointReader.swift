import Moments

/// Reads checkpoint documents.
///
/// ```swift
/// let document = try CheckpointReader().read(bytes, as: .record)
/// print(document.name ?? "")
/// ```
///
/// Elements may come in any order. Outside of `<domain>`, only elements of libvirt's schema and the
/// early form's `<current>` are allowed; the bytes of `<domain>` are kept unchanged, in UTF-8.
///
/// Documents are in UTF-8 with or without a byte order mark, whatever encoding they declare; in
/// UTF-16 with one; or, if they are not valid UTF-8, in ISO-8859-1 if they declare it.
///
/// Source: libvirt's `domaincheckpoint.rng`
/// (<https://libvirt.org/formatcheckpoint.html>).
public struct CheckpointReader: Sendable {
    /// The purpose of a document.
    public enum Purpose: Sendable, Hashable {
        /// Creating a checkpoint: name and creation time may be omitted.
        case creation
        /// Creating a checkpoint, as ``creation``, but without a parent and a creation time.
        case request
        /// Recording an existing checkpoint: name and creation time are required.
        case record
    }

    /// The maximum sizes of a document.
    public var limits: Limits

    /// Creates a reader.
    public init(limits: Limits = Limits()) { self.limits = limits }

    /// Reads one document.
    ///
    /// - Throws: ``DocumentError`` with the first problem of XML itself, or with
    ///   all problems of a well-formed document.
    /// - Complexity: O(*n*) in the bytes.
    public func read(
        _ bytes: [UInt8], as purpose: Purpose
    ) throws(DocumentError) -> CheckpointDocument {
        try read(DocumentText(bytes, limits), purpose)
    }

    /// Reads one document that is text already; its declared encoding is ignored.
    ///
    /// - Throws: ``DocumentError`` with the first problem of XML itself, or with
    ///   all problems of a well-formed document.
    /// - Complexity: O(*n*) in the bytes.
    public func read(
        text: String, as purpose: Purpose
    ) throws(DocumentError) -> CheckpointDocument {
        try read(DocumentText(text: text, limits), purpose)
    }

    private func read(
        _ text: DocumentText, _ purpose: Purpose
    ) throws(DocumentError) -> CheckpointDocument {
        let handler = CheckpointHandler(bytes: text.bytes, limits: limits)
        let parser = SAXParser(handler: handler, limits: limits)
        try parser.parse(text)
        switch purpose {
        case .record: handler.requireRecord()
        case .request: handler.requireRequest()
        case .creation: break
        }
        guard handler.problems.isEmpty else {
            throw DocumentError(handler.problems, suppressedCount: handler.suppressedCount)
        }
        return handler.document
    }
}
