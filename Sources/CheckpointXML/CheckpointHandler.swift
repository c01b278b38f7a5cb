import Moments

/// Builds a ``CheckpointDocument`` from what the parser reports.
///
/// It is a class because the parser calls it while others hold it.
final class CheckpointHandler: SAXHandler {
    /// The content that was read so far.
    var document = CheckpointDocument()
    private(set) var problems: [DocumentProblem] = []
    /// The number of problems that are not listed.
    private(set) var suppressedCount = 0
    private(set) var refusal: DocumentError?

    private let bytes: [UInt8]
    let limits: Limits

    /// An open element outside of `<domain>`.
    struct Open {
        var element: Element
        var offset: Int
        /// The number of the disk, from 1.
        var ordinal = 0
        /// The children so far, a bit each, to find repeated ones.
        private var seen: UInt16 = 0

        init(_ element: Element, at offset: Int) {
            self.element = element
            self.offset = offset
        }

        var hasName: Bool { seen & Element.parentName.bit != 0 }

        /// Returns whether a child of this kind comes for the first time.
        mutating func sees(_ child: Element) -> Bool {
            defer { seen |= child.bit }
            return seen & child.bit == 0
        }

        /// Its path, computed only for problems, since most documents have none.
        var path: String {
            element == .disk ? "\(element.path)[\(ordinal)]" : element.path
        }
    }

    enum Element: UInt16 {
        case domaincheckpoint, name, description, creationTime, current, parent, disks, disk
        case domain
        /// `<parent><name>`.
        case parentName
        /// Unknown, or in the wrong place: its content is ignored.
        case refused

        var bit: UInt16 { 1 << rawValue }

        /// The name in tags.
        var name: String {
            switch self {
            case .domaincheckpoint: "domaincheckpoint"
            case .name, .parentName: "name"
            case .description: "description"
            case .creationTime: "creationTime"
            case .current: "current"
            case .parent: "parent"
            case .disks: "disks"
            case .disk: "disk"
            case .domain: "domain"
            case .refused: ""
            }
        }

        /// The only place where it is allowed.
        var path: String {
            switch self {
            case .domaincheckpoint: "/domaincheckpoint"
            case .parentName: "/domaincheckpoint/parent/name"
            case .disk: "/domaincheckpoint/disks/disk"
            default: "/domaincheckpoint/" + name
            }
        }

        /// Whether it contains text, not elements.
        var holdsText: Bool {
            switch self {
            case .name, .description, .creationTime, .current, .parentName: true
            case .domaincheckpoint, .parent, .disks, .disk, .domain, .refused: false
            }
        }
    }

    private var open: [Open] = []
    private var text: [UInt8] = []
    /// Where `<domain>` begins.
    private var domainOffset = 0
    /// The elements that only an existing checkpoint has, and where they begin.
    private var ofExisting: [(element: Element, offset: Int)] = []
    /// The number of open elements from `<domain>` on.
    private var domainDepth = 0
    private var content = DomainContent()
    /// Whether an element around or before `<domain>` declares a namespace.
    private var declaresNamespaces = false

    /// The maximum number of problems that are listed.
    private static let maximumProblemCount = 100

    init(bytes: [UInt8], limits: Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// Adds the problems of a document that lacks what a record needs.
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
        if let name = document.domain?.name, let fault = DomainName.fault(in: name) {
            add(
                .name, at: domainOffset, root + "/domain/name",
                "the domain's name \(name.debugDescription) \(fault)")
        }
    }

    /// Adds the problems of a document that describes an existing checkpoint.
    func requireRequest() {
        for (element, offset) in ofExisting {
            add(
                .existingCheckpoint, at: offset, element.path,
                "<\(element.name)> belongs to an existing checkpoint: a request for a new one"
                    + " has none")
        }
    }

    // MARK: SAXHandler

    func startElement(_ element: SAXElement, offset: Int) -> SAXInterest {
        guard domainDepth == 0 else {
            domainDepth += 1
            return content.start(element, depth: domainDepth)
        }
        guard let outer = open.last else {
            openRoot(element, offset)
            return .everything
        }
        let kind = child(element, of: outer.element)
        if kind == .refused {
            add(
                .schema, at: offset, outer.path + "/" + element.name,
                Self.refusal(of: element.name, in: outer.element))
        } else if kind != .disk, !open[open.count - 1].sees(kind) {
            add(.schema, at: offset, kind.path, "<\(element.name)> is repeated")
        }
        if kind == .creationTime || kind == .parent { ofExisting.append((kind, offset)) }
        var opened = Open(kind, at: offset)
        switch kind {
        case .disk:
            opened.ordinal = document.disks.count + 1
            readDisk(element, opened)
        case .domain:
            domainDepth = 1
            content = DomainContent()
        case .refused:
            break
        default:
            refuseAttributes(of: element, opened)
        }
        open.append(opened)
        if kind.holdsText { text.removeAll(keepingCapacity: true) }
        return kind == .domain ? .elements : kind == .refused ? .nothing : .everything
    }

    func endElement(end: Int) -> SAXInterest {
        if domainDepth > 0 {
            let interest = content.end(depth: domainDepth)
            domainDepth -= 1
            if domainDepth > 0 { return interest }
        }
        guard let closed = open.popLast() else { return .everything }
        if closed.element.holdsText {
            take(String(decoding: text, as: UTF8.self), of: closed)
            text.removeAll(keepingCapacity: true)
        }
        switch closed.element {
        case .domain:
            let definition = Array(bytes[closed.offset..<end])
            document.domain = content.definition(bytes: definition)
            domainOffset = closed.offset
            if declaresNamespaces && !DomainHandler.standsAlone(definition, limits) {
                add(
                    .schema, at: closed.offset, closed.path,
                    "<domain> uses a namespace that is declared around it; declare it on <domain>,"
                        + " whose text is kept as it is")
            }
        case .parent where !closed.hasName:
            add(.schema, at: closed.offset, closed.path, "<parent> contains no <name>")
        case .disks where document.disks.isEmpty:
            add(
                .schema, at: closed.offset, closed.path,
                "<disks> contains no <disk>; leave it out to mean all disks")
        default:
            break
        }
        return .everything
    }

    func characters(_ characters: UnsafeBufferPointer<UInt8>) {
        if domainDepth > 0 {
            content.characters(characters)
        } else if let inner = open.last, inner.element.holdsText {
            text.append(contentsOf: characters)
        } else if let inner = open.last, !characters.allSatisfy(Self.isSpace),
            !hasProblem(at: inner.path + "/text()")
        {
            add(
                .schema, at: inner.offset, inner.path + "/text()",
                "<\(inner.element.name)> contains text where only elements are allowed")
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
        let root = Open(.domaincheckpoint, at: offset)
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
        return "<\(name)> is not allowed in <\(outer.name)>; allowed: \(allowed)"
    }

    private func refuseAttributes(of element: SAXElement, _ opened: Open) {
        if element.declaresNamespaces { declaresNamespaces = true }
        element.forEachAttribute { attribute in
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
                document.name = CheckpointName(text)
            } else {
                document.parent = CheckpointName(text)
            }
        case .description:
            document.description = text.isEmpty ? nil : text
        case .creationTime:
            if let seconds: Int64 = WholeNumber.read(text) {
                document.creationTime = CreationTime(seconds: seconds)
            } else {
                add(
                    .schema, at: closed.offset, closed.path,
                    "\(text.debugDescription) is not a time: <creationTime> holds the seconds since"
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
        problems.contains { $0.path == path || $0.path.hasPrefix(path + "/") }
    }

    func add(
        _ kind: DocumentProblem.Kind, at offset: Int, _ path: String, _ message: String
    ) {
        guard problems.count < Self.maximumProblemCount else {
            suppressedCount += 1
            return
        }
        let (line, column) = TextPlace.of(offset, in: bytes)
        problems.append(
            DocumentProblem(kind: kind, line: line, column: column, path: path, message: message))
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D
    }
}
