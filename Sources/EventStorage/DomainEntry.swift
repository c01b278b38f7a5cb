public import Moments

/// A domain as the log lists it.
public struct DomainEntry: Sendable, Hashable, Identifiable {
    /// The number of the domain in this log, for ever.
    public struct ID: Sendable, Hashable, Comparable {
        let number: Int64

        /// Whether a domain came before another.
        public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
    }

    /// The number of the domain in this log, for ever.
    public let id: ID
    /// The name it bears, or bore last.
    public let name: String
    /// Its UUID, if known.
    public let uuid: DomainUUID?
    /// Whether it is there: defined, and not undefined since.
    public let isLive: Bool

    /// Puts an entry together.
    package init(id: ID, name: String, uuid: DomainUUID?, isLive: Bool) {
        self.id = id
        self.name = name
        self.uuid = uuid
        self.isLive = isLive
    }
}
