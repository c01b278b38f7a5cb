package import Moments

/// What the database keeps beside an event's line, so that queries need not read every line.
/// All of it follows from the line.
public struct EventIndex: Sendable, Hashable {
    /// The number that stands for the store itself; those of domains are from 1 on.
    public static let store: Int64 = 0

    /// The domain's number, or ``store``.
    public let domain: Int64
    /// The event's place in that stream, from 1.
    public let revision: Int
    /// The kind's number.
    public let kind: Int

    /// Derives the index of a line.
    ///
    /// - Parameter earlierDomain: The number of the domain that a line of an earlier version
    ///   names, which has to be derived from the lines before it. It is not called for others.
    /// - Throws: What `earlierDomain` throws.
    package init(
        _ line: ParsedLine,
        earlierDomain: (ParsedLine) throws(MomentlogError) -> Int64
    ) throws(MomentlogError) {
        if line.kind.isOfStore {
            domain = Self.store
        } else if let number = line.domainId {
            domain = Int64(number)
        } else {
            domain = try earlierDomain(line)
        }
        revision = line.revision
        kind = line.kind.column
    }
}
