import Moments

/// Reads checkpoint documents.
///
/// ```swift
/// let document = try CheckpointReader().read(bytes, as: .record)
/// print(document.name ?? "")
/// ```
///
/// Elements may come in any order. Outside of `<domain>` nothing is let in that
/// libvirt's schema does not know, but for the early form's `<current>`; the
/// bytes of `<domain>` are kept as they came, in UTF-8.
///
/// Documents are in UTF-8 with or without a byte order mark, whatever encoding they declare; in
/// UTF-16 with one; or, if they are not valid UTF-8, in ISO-8859-1 that they declare.
///
/// Source: libvirt's `domaincheckpoint.rng`
/// (<https://libvirt.org/formatcheckpoint.html>).
public struct CheckpointReader: Sendable {
    /// What a document is to be used for.
    public enum Purpose: Sendable, Hashable {
        /// To create a checkpoint: name and creation time may be left out.
        case creation
        /// To create a checkpoint, as ``creation``, but without a parent and a creation time.
        case request
        /// To take a checkpoint that is there into the record: name and creation
        /// time are needed.
        case record
    }

    /// How much a document may hold.
    public var limits: Limits

    /// Makes a reader.
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

    /// Reads one document that is text already; the encoding that it declares does not count.
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
            throw DocumentError(handler.problems, untold: handler.untold)
        }
        return handler.document
    }
}
