/// The encoded state of a domain after an event, which is decoded without a replay.
///
/// The encoding is canonical: domains with the same state have the same bytes, whatever events led
/// to it, and bytes that decode are the encoding of the decoded domain. So a snapshot is verified
/// by comparing its bytes with the encoding of a replay.
///
/// A snapshot is a cache that anybody who can write to the store can change. Bytes that no sequence
/// of events produces, such as two checkpoints of one name, are not decoded.
package enum DomainSnapshot {
    /// The format number that is written; no other is decoded.
    package static let format = 5

    /// The highest revision that is decoded: events can follow without an overflow.
    private static let maximumRevision = Int.max / 2

    /// Encodes a domain whose last commit is complete.
    ///
    /// - Complexity: O(*n* log *n*) in its checkpoints; O(*n*) if they were recorded in the order
    ///   of their creation.
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

    /// Decodes a domain; returns nil if the bytes are not the encoding of one.
    ///
    /// - Complexity: O(*n*) expected in the bytes.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> Domain? {
        // Slots and the numbers of shared values have 32 bits.
        guard bytes.count < Int32.max else { return nil }
        var reader = ByteReader(bytes)
        do {
            let name = try reader.text()
            let uuid = try reader.optionalText()
            let known = uuid.flatMap { DomainUUID($0) }
            guard known?.description == uuid else { return nil }
            let definition = try reader.flag() ? try reader.digest() : nil
            let isLive = try reader.flag()
            let revision = try reader.index(below: maximumRevision)
            let graph = try MomentGraph(from: &reader)
            guard reader.isAtEnd else { return nil }
            return Domain(
                name: name, uuid: known, definition: definition, isLive: isLive,
                revision: revision, graph: graph)
        } catch {
            return nil
        }
    }

    /// Decodes a domain; returns nil if the bytes are not the encoding of one.
    ///
    /// - Complexity: O(*n*) expected in the bytes.
    package static func decode(_ bytes: [UInt8]) -> Domain? {
        bytes.withUnsafeBytes { decode($0) }
    }
}
