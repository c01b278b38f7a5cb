import Moments

/// The name and UUID of a domain, gathered while its definition is parsed.
///
/// Of repeated elements the first counts, as in libvirt.
struct DomainIdentity {
    private enum Field { case name, uuid }

    private var field: Field?
    private var text: [UInt8] = []
    private(set) var name: String?
    private(set) var uuid: DomainUUID?
    private(set) var hasName = false
    private(set) var hasUUID = false

    /// Whether the following text may belong to the name or the UUID.
    var isInField: Bool { field != nil }

    /// Returns whether the element's text is reported here.
    ///
    /// - Parameter depth: 1 for `<domain>` itself.
    mutating func start(_ element: SAXElement, depth: Int) -> Bool {
        // Its nested content counts as its text, as in libvirt.
        guard depth == 2 else { return isInField }
        if !hasName && element.isNamed("name") {
            hasName = true
            field = .name
        } else if !hasUUID && element.isNamed("uuid") {
            hasUUID = true
            field = .uuid
        }
        text.removeAll(keepingCapacity: true)
        return isInField
    }

    mutating func characters(_ characters: UnsafeBufferPointer<UInt8>) {
        if isInField { text.append(contentsOf: characters) }
    }

    mutating func end(depth: Int) {
        guard depth == 2, let field else { return }
        let value = String(decoding: text, as: UTF8.self)
        switch field {
        case .name: name = value.isEmpty ? nil : value
        case .uuid: uuid = DomainUUID(Self.withoutWhitespace(value))
        }
        self.field = nil
    }

    /// Most UUIDs are ASCII: asking Unicode for each character whether it is white space would take
    /// a good part of the time of reading a file.
    private static func withoutWhitespace(_ text: String) -> String {
        let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
        guard isASCII else { return text.filter { !$0.isWhitespace } }
        return String(
            decoding: text.utf8.filter { $0 != 0x20 && !(0x09...0x0D).contains($0) },
            as: UTF8.self)
    }
}
