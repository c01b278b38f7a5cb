/// Reads the definitions of domains, as `virsh dumpxml` prints them.
///
/// ```swift
/// let domain = try DomainReader().read(bytes)
/// print(domain.name ?? "", domain.disks.map(\.target))
/// ```
///
/// Only what identifies the domain is checked: the rest is libvirt's to judge.
///
/// Source: <https://libvirt.org/formatdomain.html>.
public struct DomainReader: Sendable {
    /// How much a document may hold.
    public var limits: Limits

    /// Makes a reader.
    public init(limits: Limits = Limits()) { self.limits = limits }

    /// Reads one definition: its bytes come in the form they have in a checkpoint, two
    /// spaces further right and without what stands before and after the element.
    ///
    /// - Throws: ``DocumentError`` with the first problem of XML itself, or with
    ///   all problems of a well-formed document.
    /// - Complexity: O(*n*) in the bytes.
    public func read(_ bytes: [UInt8]) throws(DocumentError) -> DomainDefinition {
        try read(DocumentText(bytes, limits))
    }

    /// Reads one definition that is text already, as ``read(_:)-([UInt8])`` does; the encoding
    /// that it declares does not count.
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
