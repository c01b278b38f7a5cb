import Moments

/// Builds a ``CheckpointDocument`` from what the parser reports.
///
/// It is a class because the parser reports to it while others hold it.
final class CheckpointHandler: SAXHandler {
    /// What was read so far.
    var document = CheckpointDocument()
    private(set) var problems: [DocumentProblem] = []
    private(set) var refusal: DocumentError?

    private let bytes: [UInt8]
    let limits: Limits

    /// An element outside of `<domain>` that is open.
    struct Open {
        var element: Element
        var path: String
        var offset: Int
        /// The children that came, to find those that come twice.
        var seen: Set<Element> = []
    }

    enum Element: String {
        case domaincheckpoint, name, description, creationTime, current, parent, disks, disk
        case domain
        /// `<parent><name>`.
        case parentName
        /// Not known, or in the wrong place: all in it is passed over.
        case refused

        /// Whether it holds text, not elements.
        var holdsText: Bool {
            switch self {
            case .name, .description, .creationTime, .current, .parentName: true
            case .domaincheckpoint, .parent, .disks, .disk, .domain, .refused: false
            }
        }
    }

    private var open: [Open] = []
    private var text: [UInt8] = []
    /// How many elements are open inside of `<domain>` or of a refused element.
    private var innerDepth = 0
    private var content = DomainContent()
    /// Whether an element around or before `<domain>` declares a namespace.
    private var declaresNamespaces = false

    /// More problems than these help nobody.
    private static let mostProblems = 100

    init(bytes: [UInt8], limits: Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// Adds the problems of a document without what a record needs.
    func requireRecord() {
        let root = "/domaincheckpoint"
        if document.name == nil && !hasProblem(at: root + "/name") {
            add(.schema, at: 0, root, "a redefined checkpoint must have a name: <name> is missing")
        }
        if document.creationTime == nil && !hasProblem(at: root + "/creationTime") {
            add(
                .schema, at: 0, root,
                "missing creationTime from existing checkpoint: <creationTime> holds the"
                    + " seconds since 1970")
        }
    }

    // MARK: SAXHandler

    func startElement(_ element: SAXElement, offset: Int) {
        guard innerDepth == 0 else {
            innerDepth += 1
            content.start(element, depth: innerDepth)
            return
        }
        guard let outer = open.last else { return openRoot(element, offset) }
        let path = outer.path + "/" + element.name
        let kind = child(element, of: outer.element)
        if kind == .refused {
            add(.schema, at: offset, path, Self.refusal(of: element.name, in: outer.element))
        } else if kind != .disk, !open[open.count - 1].seen.insert(kind).inserted {
            add(.schema, at: offset, path, "<\(element.name)> comes twice")
        }
        var opened = Open(element: kind, path: path, offset: offset)
        switch kind {
        case .disk:
            opened.path += "[\(document.disks.count + 1)]"
            readDisk(element, opened)
        case .domain:
            innerDepth = 1
            content = DomainContent()
        case .refused:
            innerDepth = 1
        default:
            refuseAttributes(of: element, opened)
        }
        open.append(opened)
        if kind.holdsText { text.removeAll(keepingCapacity: true) }
    }

    func endElement(end: Int) {
        if innerDepth > 0 {
            content.end(depth: innerDepth)
            innerDepth -= 1
            if innerDepth > 0 { return }
        }
        guard let closed = open.popLast() else { return }
        if closed.element.holdsText {
            take(String(decoding: text, as: UTF8.self), of: closed)
            text.removeAll(keepingCapacity: true)
        }
        switch closed.element {
        case .domain:
            let definition = Array(bytes[closed.offset..<end])
            document.domain = content.definition(bytes: definition)
            if declaresNamespaces && !DomainHandler.standsAlone(definition, limits) {
                add(
                    .schema, at: closed.offset, closed.path,
                    "<domain> uses a namespace that is declared around it; declare it on <domain>,"
                        + " whose text is kept as it is")
            }
        case .parent where !closed.seen.contains(.parentName):
            add(.schema, at: closed.offset, closed.path, "<parent> holds no <name>")
        case .disks where document.disks.isEmpty && !hasProblem(at: closed.path):
            add(
                .schema, at: closed.offset, closed.path,
                "<disks> holds no <disk>; leave it out to mean all disks")
        default:
            break
        }
    }

    func characters(_ characters: UnsafeBufferPointer<UInt8>) {
        if innerDepth > 0 {
            content.characters(characters, depth: innerDepth)
        } else if let inner = open.last, inner.element.holdsText {
            text.append(contentsOf: characters)
        } else if let inner = open.last, !characters.allSatisfy(Self.isSpace),
            !hasProblem(at: inner.path + "/text()")
        {
            add(
                .schema, at: inner.offset, inner.path + "/text()",
                "<\(inner.element.rawValue)> holds text where only elements are allowed")
        }
    }

    // MARK: Elements

    private func openRoot(_ element: SAXElement, _ offset: Int) {
        guard element.isNamed("domaincheckpoint") else {
            let (line, column) = TextPlace.of(offset, in: bytes)
            refusal = DocumentError(
                .schema, line: line, column: column, path: "/" + element.name,
                "expecting root element of 'domaincheckpoint', not '\(element.name)'"
                    + (element.isQualified ? " in a namespace" : ""))
            return
        }
        let root = Open(element: .domaincheckpoint, path: "/domaincheckpoint", offset: offset)
        refuseAttributes(of: element, root)
        open.append(root)
    }

    private func child(_ element: SAXElement, of outer: Element) -> Element {
        switch outer {
        case .domaincheckpoint:
            if element.isNamed("name") { return .name }
            if element.isNamed("description") { return .description }
            if element.isNamed("creationTime") { return .creationTime }
            if element.isNamed("current") { return .current }
            if element.isNamed("parent") { return .parent }
            if element.isNamed("disks") { return .disks }
            if element.isNamed("domain") { return .domain }
            return .refused
        case .parent: return element.isNamed("name") ? .parentName : .refused
        case .disks: return element.isNamed("disk") ? .disk : .refused
        default: return .refused
        }
    }

    private static func refusal(of name: String, in outer: Element) -> String {
        let allowed =
            switch outer {
            case .domaincheckpoint:
                "name, description, parent, creationTime, disks, domain"
            case .parent: "name"
            case .disks: "disk"
            default: "no element"
            }
        let place = outer == .parentName ? "name" : outer.rawValue
        return "<\(name)> is not allowed in <\(place)>; allowed: \(allowed)"
    }

    private func refuseAttributes(of element: SAXElement, _ opened: Open) {
        if element.declaresNamespaces { declaresNamespaces = true }
        for attribute in element.attributes {
            add(
                .schema, at: opened.offset, opened.path + "/@" + attribute.name,
                "<\(element.name)> has no attribute '\(attribute.name)'")
        }
    }

    // MARK: Content

    private func take(_ text: String, of closed: Open) {
        switch closed.element {
        case .name, .parentName:
            if let fault = CheckpointName.fault(in: text, limit: limits.nameBytes) {
                let whose = closed.element == .name ? "checkpoint's name" : "parent's name"
                add(
                    .name, at: closed.offset, closed.path,
                    "the \(whose) \(text.isEmpty ? "" : text.debugDescription + " ")\(fault)")
            } else if closed.element == .name {
                document.name = text
            } else {
                document.parent = text
            }
        case .description:
            document.description = text.isEmpty ? nil : text
        case .creationTime:
            if let seconds: Int64 = WholeNumber.read(text) {
                document.creationTime = seconds
            } else {
                add(
                    .schema, at: closed.offset, closed.path,
                    "\(text.debugDescription) is no time: <creationTime> holds the seconds since"
                        + " 1970, from 0 to \(Int64.max)")
            }
        case .current:
            if text == "0" || text == "1" {
                document.isCurrent = text == "1"
            } else {
                add(
                    .schema, at: closed.offset, closed.path,
                    "<current> holds \(text.debugDescription); allowed: 0 or 1")
            }
        default:
            break
        }
    }

    // MARK: Problems

    private func hasProblem(at path: String) -> Bool {
        problems.contains { $0.path.hasPrefix(path) }
    }

    func add(
        _ kind: DocumentProblem.Kind, at offset: Int, _ path: String, _ message: String
    ) {
        guard problems.count < Self.mostProblems else { return }
        let (line, column) = TextPlace.of(offset, in: bytes)
        problems.append(
            DocumentProblem(kind: kind, line: line, column: column, path: path, message: message))
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D
    }
}
