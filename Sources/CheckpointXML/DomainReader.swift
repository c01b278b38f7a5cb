/// Reads the definitions of domains, as `virsh dumpxml` prints them.
///
/// ```swift
/// let domain = try DomainReader().read(bytes)
/// print(domain.name ?? "", domain.disks.map(\.target))
/// ```
///
/// Only what identifies the domain is checked: libvirt judges the rest.
///
/// Source: <https://libvirt.org/formatdomain.html>.
public struct DomainReader: Sendable {
    /// The maximum sizes of a document.
    public var limits: Limits

    /// Creates a reader.
    public init(limits: Limits = Limits()) { self.limits = limits }

    /// Reads one definition: its bytes get the form that they have in a checkpoint, indented by two
    /// spaces and without what is before and after the element.
    ///
    /// - Throws: ``DocumentError`` with the first problem of XML itself, or with
    ///   all problems of a well-formed document.
    /// - Complexity: O(*n*) in the bytes.
    public func read(_ bytes: [UInt8]) throws(DocumentError) -> DomainDefinition {
        try read(DocumentText(bytes, limits))
    }

    /// Reads one definition that is text already, as ``read(_:)`` does; its declared encoding is
    /// ignored.
    ///
    /// - Throws: ``DocumentError`` with the first problem of XML itself, or with
    ///   all problems of a well-formed document.
    /// - Complexity: O(*n*) in the bytes.
    public func read(text: String) throws(DocumentError) -> DomainDefinition {
        try read(DocumentText(text: text, limits))
    }

    private func read(_ text: DocumentText) throws(DocumentError) -> DomainDefinition {
        let handler = DomainHandler(bytes: text.bytes)
        let parser = SAXParser(handler: handler, limits: limits)
        try parser.parse(text)
        guard handler.problems.isEmpty else { throw DocumentError(handler.problems) }
        return handler.content.definition(
            bytes: DefinitionIndent.moved(Array(text.bytes[handler.place])))
    }
}
