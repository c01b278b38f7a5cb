import CLibxml2

/// What a document's parts are reported to.
///
/// Offsets are bytes from the document's first one.
protocol SAXHandler: AnyObject {
    /// Why the root element is not the one that is wanted, which ends the run; nil if it is.
    var refusal: DocumentError? { get }
    func startElement(_ element: SAXElement, offset: Int)
    /// `end` is the offset behind the element's last `>`.
    func endElement(end: Int)
    func characters(_ bytes: UnsafeBufferPointer<UInt8>)
}

/// A start tag.
///
/// Names and values are valid only as long as the call that hands them over.
struct SAXElement {
    /// The name without its prefix.
    let localName: UnsafePointer<UInt8>
    /// Whether the name is in a namespace.
    let isQualified: Bool
    /// Whether the tag declares namespaces.
    let declaresNamespaces: Bool

    fileprivate let attributeCount: Int
    fileprivate let attributePointers: UnsafeMutablePointer<UnsafePointer<UInt8>?>?

    /// Whether the name is this one, and in no namespace.
    func isNamed(_ name: StaticString) -> Bool {
        !isQualified && SAXElement.equal(localName, name)
    }

    /// The name as text.
    var name: String { String(cString: localName) }

    /// The attributes in their order; `isQualified` if in a namespace.
    var attributes: [(name: String, value: String, isQualified: Bool)] {
        guard let pointers = attributePointers else { return [] }
        // Five pointers each: name, prefix, URI, the value's begin and end.
        return (0..<attributeCount).compactMap { index in
            let fields = pointers + index * 5
            guard let name = fields[0], let begin = fields[3], let end = fields[4] else {
                return nil
            }
            let value = UnsafeBufferPointer(start: begin, count: end - begin)
            return (String(cString: name), String(decoding: value, as: UTF8.self), fields[1] != nil)
        }
    }

    /// The value of the attribute of this name in no namespace, if it is there.
    ///
    /// It makes no text of the others, as ``attributes`` does.
    func attribute(_ name: StaticString) -> String? {
        guard let pointers = attributePointers else { return nil }
        for index in 0..<attributeCount {
            let fields = pointers + index * 5
            guard fields[1] == nil, let found = fields[0], SAXElement.equal(found, name),
                let begin = fields[3], let end = fields[4]
            else { continue }
            return String(
                decoding: UnsafeBufferPointer(start: begin, count: end - begin), as: UTF8.self)
        }
        return nil
    }

    private static func equal(_ text: UnsafePointer<UInt8>, _ name: StaticString) -> Bool {
        for index in 0..<name.utf8CodeUnitCount where text[index] != name.utf8Start[index] {
            return false
        }
        return text[name.utf8CodeUnitCount] == 0
    }
}

/// One run of libxml2's SAX2 parser over a document in memory.
///
/// No network, no DTD (a DOCTYPE ends the run), no entity but the five of XML
/// itself. What is malformed is reported with libxml2's words.
///
/// Source: <https://gnome.pages.gitlab.gnome.org/libxml2/html/libxml2-parser.html>
/// and, for SAX2, <https://gnome.pages.gitlab.gnome.org/libxml2/html/libxml2-tree.html>.
///
/// It is a class because libxml2 carries a pointer to it through its callbacks.
final class SAXParser {
    private let handler: any SAXHandler
    private let limits: Limits
    private var context: xmlParserCtxtPtr?
    private var depth = 0
    private var refusal: DocumentError?
    private var document = UnsafeBufferPointer<UInt8>(start: nil, count: 0)

    private static let library: Void = xmlInitParser()

    init(handler: any SAXHandler, limits: Limits) {
        self.handler = handler
        self.limits = limits
        Self.library
    }

    /// Parses a whole document.
    ///
    /// - Throws: ``DocumentError`` with one problem, the first.
    func parse(_ text: DocumentText) throws(DocumentError) {
        text.bytes.withUnsafeBufferPointer { run($0) }
        if let refusal { throw refusal }
    }

    private func run(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress,
            let context = start.withMemoryRebound(
                to: CChar.self, capacity: bytes.count,
                { xmlCreateMemoryParserCtxt($0, CInt(bytes.count)) })
        else {
            refusal = DocumentError(.malformed, "libxml2 could not set up a parser")
            return
        }
        defer {
            xmlFreeParserCtxt(context)
            self.context = nil
        }
        self.context = context
        document = bytes
        var callbacks = xmlSAXHandler()
        callbacks.initialized = UInt32(XML_SAX2_MAGIC)
        callbacks.internalSubset = onDoctype
        callbacks.startElementNs = onStartElement
        callbacks.endElementNs = onEndElement
        callbacks.characters = onCharacters
        // The same function in both: libxml2 then tells white space no differently.
        callbacks.ignorableWhitespace = onCharacters
        momentlog_xml_set_error_handler(&callbacks, onError)
        context.pointee.sax.pointee = callbacks
        context.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
        // NOENT lets XML's own five entities come out in attributes, where libxml2
        // would else leave "&#38;" for "&". There are no others without a DTD.
        // The text is in UTF-8 whatever its declaration says, which has been heeded before.
        xmlCtxtUseOptions(
            context,
            CInt(
                XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue
                    | XML_PARSE_IGNORE_ENC.rawValue))
        xmlParseDocument(context)
        if refusal == nil && context.pointee.wellFormed == 0 {
            refusal = DocumentError(.malformed, "not well-formed")
        }
    }

    /// Ends the run; the first refusal counts.
    func stop(_ error: DocumentError) {
        if refusal == nil { refusal = error }
        xmlStopParser(context)
    }

    /// The line and column, both from 1, of an offset in the document.
    func place(of offset: Int) -> (line: Int, column: Int) {
        TextPlace.of(offset, in: document)
    }

    /// The offset of what libxml2 reads next.
    private var offset: Int { max(0, Int(xmlByteConsumed(context))) }

    fileprivate func doctype() {
        let (line, column) = place(of: offset)
        stop(
            DocumentError(
                .malformed, line: line, column: column,
                "a DOCTYPE is not allowed; remove it"))
    }

    fileprivate func start(_ element: SAXElement) {
        // Attribute values hold no '<', so the nearest one before is the tag's own.
        var start = min(offset, document.count - 1)
        while start > 0, document[start] != UInt8(ascii: "<") { start -= 1 }
        depth += 1
        guard depth <= limits.depth else {
            let (line, column) = place(of: start)
            stop(
                DocumentError(
                    .malformed, line: line, column: column,
                    "elements are nested \(depth) deep, and \(limits.depth) are allowed"))
            return
        }
        handler.startElement(element, offset: start)
        if depth == 1, let refusal = handler.refusal { stop(refusal) }
    }

    fileprivate func end() {
        depth -= 1
        handler.endElement(end: offset)
    }

    fileprivate func characters(_ bytes: UnsafeBufferPointer<UInt8>) {
        handler.characters(bytes)
    }

    fileprivate func failed(_ error: xmlError) {
        // Warnings do not spoil a document, nor do namespaces that libxml2 only
        // remarks on.
        guard error.level.rawValue >= XML_ERR_ERROR.rawValue, refusal == nil else { return }
        let text = error.message.map { String(cString: $0) } ?? "not well-formed"
        let message = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        stop(
            DocumentError(
                .malformed, line: max(1, Int(error.line)), column: max(1, Int(error.int2)),
                message))
    }
}

// MARK: - libxml2's callbacks

private func parser(_ context: UnsafeMutableRawPointer?) -> SAXParser? {
    context.map { Unmanaged<SAXParser>.fromOpaque($0).takeUnretainedValue() }
}

private func onDoctype(
    _ context: UnsafeMutableRawPointer?, _ name: UnsafePointer<xmlChar>?,
    _ publicID: UnsafePointer<xmlChar>?, _ systemID: UnsafePointer<xmlChar>?
) {
    parser(context)?.doctype()
}

// Nine parameters are what libxml2 calls it with.
private func onStartElement(
    _ context: UnsafeMutableRawPointer?, _ localName: UnsafePointer<xmlChar>?,
    _ prefix: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?,
    _ namespaceCount: CInt, _ namespaces: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?,
    _ attributeCount: CInt, _ defaultedCount: CInt,
    _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
) {
    guard let localName else { return }
    parser(context)?.start(
        SAXElement(
            localName: localName, isQualified: prefix != nil || uri != nil,
            declaresNamespaces: namespaceCount > 0, attributeCount: Int(attributeCount),
            attributePointers: attributes))
}

private func onEndElement(
    _ context: UnsafeMutableRawPointer?, _ localName: UnsafePointer<xmlChar>?,
    _ prefix: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?
) {
    parser(context)?.end()
}

private func onCharacters(
    _ context: UnsafeMutableRawPointer?, _ text: UnsafePointer<xmlChar>?, _ count: CInt
) {
    parser(context)?.characters(UnsafeBufferPointer(start: text, count: Int(count)))
}

private func onError(_ context: UnsafeMutableRawPointer?, _ error: UnsafePointer<xmlError>?) {
    guard let error else { return }
    parser(context)?.failed(error.pointee)
}
