/// What a domain was after some event, as bytes from which it comes back without a replay.
///
/// A snapshot is a cache. Whoever keeps one guards it with a checksum; what is read here is
/// checked only as far as it has to be so that nothing can go wrong.
package enum DomainSnapshot {
    /// The number of the form that is written. Of any other nothing can be read.
    package static let format = 3

    /// The domain as bytes.
    ///
    /// - Complexity: O(*n*) in its checkpoints.
    package static func encode(_ domain: Domain) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(domain.name)
        writer.write(domain.uuid?.description)
        writer.write(UInt8(domain.definition == nil ? 0 : 1))
        if let definition = domain.definition { writer.write(definition) }
        writer.write(UInt8(domain.isLive ? 1 : 0))
        writer.write(domain.revision)
        domain.graph.encode(to: &writer)
        return writer.bytes
    }

    /// The domain that bytes hold; nil if they are no snapshot.
    ///
    /// - Complexity: O(*n*) expected in its checkpoints.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> Domain? {
        var reader = ByteReader(bytes)
        do {
            let name = try reader.text()
            let uuid = try reader.optionalText()
            let known = uuid.flatMap { DomainUUID($0) }
            guard (known == nil) == (uuid == nil) else { return nil }
            let definition = try reader.flag() ? try reader.digest() : nil
            let isLive = try reader.flag()
            let revision = try reader.number()
            let graph = try MomentGraph(from: &reader)
            guard reader.isAtEnd else { return nil }
            return Domain(
                name: name, uuid: known, definition: definition, isLive: isLive,
                revision: revision, graph: graph)
        } catch {
            return nil
        }
    }

    /// The domain that bytes hold; nil if they are no snapshot.
    package static func decode(_ bytes: [UInt8]) -> Domain? {
        bytes.withUnsafeBytes { decode($0) }
    }
}
