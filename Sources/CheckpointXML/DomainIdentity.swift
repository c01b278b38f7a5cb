import Moments

/// The name and UUID of a domain, gathered while its definition passes by.
struct DomainIdentity {
    private enum Field { case name, uuid }

    private var field: Field?
    private var text: [UInt8] = []
    private(set) var name: String?
    private(set) var uuid: DomainUUID?

    /// - Parameter depth: 1 for `<domain>` itself.
    mutating func start(_ element: SAXElement, depth: Int) {
        guard depth == 2 else { return }
        if name == nil && element.isNamed("name") {
            field = .name
        } else if uuid == nil && element.isNamed("uuid") {
            field = .uuid
        }
        text.removeAll(keepingCapacity: true)
    }

    mutating func characters(_ characters: UnsafeBufferPointer<UInt8>, depth: Int) {
        if depth == 2 && field != nil { text.append(contentsOf: characters) }
    }

    mutating func end(depth: Int) {
        guard depth == 2, let field else { return }
        let value = String(decoding: text, as: UTF8.self)
        switch field {
        case .name: name = value.isEmpty ? nil : value
        case .uuid: uuid = DomainUUID(value.filter { !$0.isWhitespace })
        }
        self.field = nil
    }
}
