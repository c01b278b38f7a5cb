/// What the store needs to know of a definition, gathered while it passes by.
struct DomainContent {
    private(set) var identity = DomainIdentity()
    private var disks = DomainDisks()

    /// - Parameter depth: 1 for `<domain>` itself.
    mutating func start(_ element: SAXElement, depth: Int) {
        identity.start(element, depth: depth)
        disks.start(element, depth: depth)
    }

    mutating func characters(_ characters: UnsafeBufferPointer<UInt8>, depth: Int) {
        identity.characters(characters, depth: depth)
    }

    mutating func end(depth: Int) {
        identity.end(depth: depth)
        disks.end(depth: depth)
    }

    /// The definition whose content this is.
    func definition(bytes: [UInt8]) -> DomainDefinition {
        DomainDefinition(
            bytes: bytes, name: identity.name, uuid: identity.uuid, disks: disks.disks)
    }
}
