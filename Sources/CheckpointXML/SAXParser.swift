import CLibxml2

/// Receives the parts of a document.
///
/// Offsets are bytes from the document's first one.
protocol SAXHandler: AnyObject {
    /// Why the root element is not the expected one, which ends the run; nil if it is.
    var refusal: DocumentError? { get }
    /// Returns which of the element's content is reported. Its end is always reported.
    func startElement(_ element: SAXElement, offset: Int) -> SAXInterest
    /// `end` is the offset after the element's last `>`. Returns which of the following content of
    /// the enclosing element is reported.
    func endElement(end: Int) -> SAXInterest
    func characters(_ bytes: UnsafeBufferPointer<UInt8>)
}

/// The parts of an element's content that are reported.
enum SAXInterest {
    case everything
    /// Elements, but no text.
    case elements
    /// Nothing; it only has to be well-formed.
    case nothing
}

/// A start tag.
///
/// Names and values are valid only during the call that passes them.
struct SAXElement {
    /// The name without its prefix.
    let localName: UnsafePointer<UInt8>
    /// Whether the name is in a namespace.
    let isQualified: Bool
    /// Whether the tag declares namespaces.
    let declaresNamespaces: Bool

    fileprivate let attributeCount: Int
    fileprivate let attributePointers: UnsafeMutablePointer<UnsafePointer<UInt8>?>?

    /// Returns whether the name is this one, and in no namespace.
    func isNamed(_ name: StaticString) -> Bool {
        !isQualified && SAXElement.equal(localName, name)
    }

    /// Returns whether the name without its prefix is this one.
    func hasLocalName(_ name: StaticString) -> Bool { SAXElement.equal(localName, name) }

    /// The name as text.
    var name: String { String(cString: localName) }

    /// Calls a closure with each attribute, in order.
    func forEachAttribute(_ body: (SAXAttribute) -> Void) {
        guard let pointers = attributePointers else { return }
        // Five pointers each: name, prefix, URI, the value's begin and end.
        for index in 0..<attributeCount {
            let fields = pointers + index * 5
            guard let name = fields[0], let begin = fields[3], let end = fields[4] else {
                continue
            }
            body(
                SAXAttribute(
                    localName: name, isQualified: fields[1] != nil,
                    bytes: UnsafeBufferPointer(start: begin, count: end - begin)))
        }
    }

    /// Returns the value of the attribute of this name in no namespace; nil if it is missing.
    func attribute(_ name: StaticString) -> String? {
        var found: String?
        forEachAttribute { attribute in
            if found == nil && attribute.isNamed(name) { found = attribute.value }
        }
        return found
    }

    fileprivate static func equal(_ text: UnsafePointer<UInt8>, _ name: StaticString) -> Bool {
        for index in 0..<name.utf8CodeUnitCount where text[index] != name.utf8Start[index] {
            return false
        }
        return text[name.utf8CodeUnitCount] == 0
    }
}

/// An attribute of a start tag, valid only during its call.
struct SAXAttribute {
    fileprivate let localName: UnsafePointer<UInt8>
    fileprivate let isQualified: Bool
    fileprivate let bytes: UnsafeBufferPointer<UInt8>

    /// Returns whether the name is this one, and in no namespace.
    func isNamed(_ name: StaticString) -> Bool {
        !isQualified && SAXElement.equal(localName, name)
    }

    /// The name without its prefix, as text.
    var name: String { String(cString: localName) }

    var value: String { String(decoding: bytes, as: UTF8.self) }
}

/// One run of libxml2's SAX2 parser over a document in memory.
///
/// No network, no DTD (a DOCTYPE ends the run), no entities except the five of XML itself.
/// Malformed documents are reported in libxml2's words.
///
/// Source: <https://gnome.pages.gitlab.gnome.org/libxml2/html/libxml2-parser.html>
/// and, for SAX2, <https://gnome.pages.gitlab.gnome.org/libxml2/html/libxml2-tree.html>.
///
/// It is a class because libxml2 carries a pointer to it through its callbacks.
final class SAXParser {
    private let handler: any SAXHandler
    private let limits: Limits
    private var context: xmlParserCtxtPtr?
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
        var state = SAXState(parser: Unmanaged.passUnretained(self), depthLimit: limits.depth)
        withUnsafeMutablePointer(to: &state) { state in
            text.bytes.withUnsafeBufferPointer { run($0, state) }
        }
        if let refusal { throw refusal }
    }

    private func run(
        _ bytes: UnsafeBufferPointer<UInt8>, _ state: UnsafeMutablePointer<SAXState>
    ) {
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
        // The same function for both: libxml2 then does not distinguish white space.
        callbacks.ignorableWhitespace = onCharacters
        momentlog_xml_set_error_handler(&callbacks, onError)
        context.pointee.sax.pointee = callbacks
        context.pointee.userData = UnsafeMutableRawPointer(state)
        // NOENT makes XML's own five entities appear in attributes, where libxml2 would otherwise
        // leave "&#38;" for "&". Without a DTD there are no others. The text is in UTF-8; its
        // declaration was evaluated before.
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

    /// Returns the line and column, both from 1, of an offset in the document.
    func place(of offset: Int) -> (line: Int, column: Int) {
        TextPlace.of(offset, in: document)
    }

    /// The offset of what libxml2 reads next.
    private var offset: Int { max(0, Int(xmlByteConsumed(context))) }

    fileprivate func doctype() {
        let (line, column) = place(of: tagStart)
        stop(
            DocumentError(
                .malformed, line: line, column: column,
                "a DOCTYPE is not allowed; remove it"))
    }

    /// The start of the last tag. Attribute values contain no '<', so the nearest one before is the
    /// tag's own.
    private var tagStart: Int {
        var start = min(offset, document.count - 1)
        while start > 0, document[start] != UInt8(ascii: "<") { start -= 1 }
        return start
    }

    fileprivate func tooDeep(_ depth: Int) {
        let (line, column) = place(of: tagStart)
        stop(
            DocumentError(
                .malformed, line: line, column: column,
                "elements are nested \(depth) deep, and \(limits.depth) are allowed"))
    }

    fileprivate func start(_ element: SAXElement, depth: Int) -> SAXInterest {
        let interest = handler.startElement(element, offset: tagStart)
        if depth == 1, let refusal = handler.refusal { stop(refusal) }
        return interest
    }

    fileprivate func end() -> SAXInterest { handler.endElement(end: offset) }

    fileprivate func characters(_ bytes: UnsafeBufferPointer<UInt8>) {
        handler.characters(bytes)
    }

    fileprivate func failed(_ error: xmlError) {
        // Warnings do not make a document invalid, nor does a namespace name that is not a URI:
        // libvirt writes such names into metadata unchanged.
        guard error.level.rawValue >= XML_ERR_ERROR.rawValue, refusal == nil,
            UInt32(error.code) != XML_WAR_NS_URI.rawValue
        else { return }
        let text = error.message.map { String(cString: $0) } ?? "not well-formed"
        let message = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        // libxml2 counts characters, and lines up to 65 535.
        let (line, column) = place(of: min(offset, document.count))
        stop(DocumentError(.malformed, line: line, column: column, message))
    }
}

// MARK: - libxml2's callbacks

/// The state that every callback uses. It is not an object: most of a document is skipped, and
/// counting references for that would take longer than libxml2 does.
private struct SAXState {
    let parser: Unmanaged<SAXParser>
    let depthLimit: Int
    /// The number of open elements.
    var depth = 0
    /// The depth of the element whose content is not reported; 0 if all are.
    var silentDepth = 0
    var hearsText = true

    mutating func setInterest(_ interest: SAXInterest) {
        hearsText = interest == .everything
        if interest == .nothing { silentDepth = depth }
    }
}

private func state(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<SAXState>? {
    context?.assumingMemoryBound(to: SAXState.self)
}

private func onDoctype(
    _ context: UnsafeMutableRawPointer?, _ name: UnsafePointer<xmlChar>?,
    _ publicID: UnsafePointer<xmlChar>?, _ systemID: UnsafePointer<xmlChar>?
) {
    state(context)?.pointee.parser.takeUnretainedValue().doctype()
}

// libxml2 calls it with nine parameters.
private func onStartElement(
    _ context: UnsafeMutableRawPointer?, _ localName: UnsafePointer<xmlChar>?,
    _ prefix: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?,
    _ namespaceCount: CInt, _ namespaces: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?,
    _ attributeCount: CInt, _ defaultedCount: CInt,
    _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
) {
    guard let localName, let state = state(context) else { return }
    state.pointee.depth += 1
    let depth = state.pointee.depth
    guard depth <= state.pointee.depthLimit else {
        return state.pointee.parser.takeUnretainedValue().tooDeep(depth)
    }
    guard state.pointee.silentDepth == 0 else { return }
    let element = SAXElement(
        localName: localName, isQualified: prefix != nil || uri != nil,
        declaresNamespaces: namespaceCount > 0, attributeCount: Int(attributeCount),
        attributePointers: attributes)
    let interest = state.pointee.parser.takeUnretainedValue().start(element, depth: depth)
    state.pointee.setInterest(interest)
}

private func onEndElement(
    _ context: UnsafeMutableRawPointer?, _ localName: UnsafePointer<xmlChar>?,
    _ prefix: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?
) {
    guard let state = state(context) else { return }
    let depth = state.pointee.depth
    state.pointee.depth -= 1
    if state.pointee.silentDepth != 0 {
        guard state.pointee.silentDepth == depth else { return }
        state.pointee.silentDepth = 0
    }
    let interest = state.pointee.parser.takeUnretainedValue().end()
    state.pointee.setInterest(interest)
}

private func onCharacters(
    _ context: UnsafeMutableRawPointer?, _ text: UnsafePointer<xmlChar>?, _ count: CInt
) {
    guard let state = state(context), state.pointee.silentDepth == 0, state.pointee.hearsText
    else { return }
    state.pointee.parser.takeUnretainedValue().characters(
        UnsafeBufferPointer(start: text, count: Int(count)))
}

private func onError(_ context: UnsafeMutableRawPointer?, _ error: UnsafePointer<xmlError>?) {
    guard let error, let state = state(context) else { return }
    state.pointee.parser.takeUnretainedValue().failed(error.pointee)
}
