/// The parts of a definition that the store needs, gathered while it is parsed.
struct DomainContent {
    private(set) var identity = DomainIdentity()
    private var disks = DomainDisks()

    /// Returns which of the element's content is reported.
    ///
    /// - Parameter depth: 1 for `<domain>` itself.
    mutating func start(_ element: SAXElement, depth: Int) -> SAXInterest {
        let hasDisks = disks.start(element, depth: depth)
        if identity.start(element, depth: depth) { return .everything }
        return hasDisks ? .elements : .nothing
    }

    mutating func characters(_ characters: UnsafeBufferPointer<UInt8>) {
        identity.characters(characters)
    }

    /// Returns which of the following content of the enclosing element is reported.
    mutating func end(depth: Int) -> SAXInterest {
        identity.end(depth: depth)
        disks.end(depth: depth)
        return identity.isInField ? .everything : .elements
    }

    /// Returns the definition with this content.
    func definition(bytes: [UInt8]) -> DomainDefinition {
        DomainDefinition(
            bytes: bytes, name: identity.name, uuid: identity.uuid, disks: disks.disks)
    }
}
