public import Moments

/// A domain as the log lists it.
public struct DomainEntry: Sendable, Hashable, Identifiable {
    /// The number of the domain in this log, for ever.
    public struct ID: Sendable, Hashable {
        let number: Int64
    }

    /// The number of the domain in this log, for ever.
    public let id: ID
    /// The name it bears, or bore last.
    public let name: String
    /// Its UUID, if known.
    public let uuid: DomainUUID?
    /// Whether it is there: defined, and not undefined since.
    public let isLive: Bool
}
