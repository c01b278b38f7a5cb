import Moments

/// Reads a definition that is a separate document.
///
/// It is a class because the parser calls it while others hold it.
final class DomainHandler: SAXHandler {
    private(set) var content = DomainContent()
    private(set) var problems: [DocumentProblem] = []
    /// The range of the element, from its `<` to after the `>` of its end tag.
    private(set) var place = 0..<0
    private(set) var refusal: DocumentError?

    private let bytes: [UInt8]

    /// - Parameter bytes: The document's text.
    init(bytes: [UInt8]) { self.bytes = bytes }

    private var depth = 0
    private var nameStart: Int?
    private var uuidStart: Int?

    /// Returns whether a definition can be read without its surroundings.
    static func standsAlone(_ definition: [UInt8], _ limits: Limits) -> Bool {
        do {
            let text = try DocumentText(definition, limits)
            let handler = DomainHandler(bytes: text.bytes)
            try SAXParser(handler: handler, limits: limits).parse(text)
            return true
        } catch {
            return false
        }
    }

    func startElement(_ element: SAXElement, offset: Int) -> SAXInterest {
        depth += 1
        if depth == 1 {
            guard element.isNamed("domain") else {
                refuseRoot(element, offset)
                return .nothing
            }
            place = offset..<offset
        } else if depth == 2 {
            if nameStart == nil && element.isNamed("name") { nameStart = offset }
            if uuidStart == nil && element.isNamed("uuid") { uuidStart = offset }
        }
        return content.start(element, depth: depth)
    }

    func characters(_ characters: UnsafeBufferPointer<UInt8>) {
        content.characters(characters)
    }

    func endElement(end: Int) -> SAXInterest {
        let interest = content.end(depth: depth)
        if depth == 1 {
            place = place.lowerBound..<end
            checkIdentity()
        }
        depth -= 1
        return interest
    }

    private func refuseRoot(_ element: SAXElement, _ offset: Int) {
        let (line, column) = TextPlace.of(offset, in: bytes)
        refusal = DocumentError(
            .schema, line: line, column: column, path: "/" + element.name,
            "expecting root element of 'domain', not '\(element.name)'"
                + (element.isQualified ? " in a namespace" : ""))
    }

    private func checkIdentity() {
        let identity = content.identity
        if identity.name?.allSatisfy(\.isWhitespace) ?? true {
            let message =
                nameStart == nil
                ? "a domain must have a name: <name> is missing" : "<name> is empty"
            add(at: nameStart ?? place.lowerBound, "/domain/name", message)
        } else if let name = identity.name, let fault = DomainName.fault(in: name) {
            add(
                at: nameStart ?? place.lowerBound, "/domain/name",
                "the domain's name \(name.debugDescription) \(fault)")
        }
        if let uuidStart, identity.uuid == nil {
            add(at: uuidStart, "/domain/uuid", "<uuid> holds no UUID: 32 hexadecimal digits")
        }
    }

    private func add(at offset: Int, _ path: String, _ message: String) {
        let (line, column) = TextPlace.of(offset, in: bytes)
        problems.append(
            DocumentProblem(
                kind: .schema, line: line, column: column, path: path, message: message))
    }
}
