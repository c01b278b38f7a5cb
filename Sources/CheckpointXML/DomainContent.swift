/// What the store needs to know of a definition, gathered while it passes by.
struct DomainContent {
    private(set) var identity = DomainIdentity()
    private var disks = DomainDisks()

    /// Returns what of the element's content has to pass by here.
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

    /// Returns what has to pass by of what follows in the element around it.
    mutating func end(depth: Int) -> SAXInterest {
        identity.end(depth: depth)
        disks.end(depth: depth)
        return identity.isInField ? .everything : .elements
    }

    /// The definition whose content this is.
    func definition(bytes: [UInt8]) -> DomainDefinition {
        DomainDefinition(
            bytes: bytes, name: identity.name, uuid: identity.uuid, disks: disks.disks)
    }
}
