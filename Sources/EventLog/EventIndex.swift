package import Moments

/// The values that the database stores next to an event's line for queries. All of them are derived
/// from the line.
public struct EventIndex: Sendable, Hashable {
    /// The number of the store itself; domains are numbered from 1.
    public static let store: Int64 = 0

    /// The domain's number, or ``store``.
    public let domain: Int64
    /// The event's position in that stream, from 1.
    public let revision: Int
    /// The kind's number.
    public let kind: Int

    /// Derives the index of a line.
    ///
    /// - Parameter earlierDomain: Returns the number of the domain that a line of an earlier
    ///   version names, which has to be derived from the lines before it. It is not called for
    ///   others.
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
