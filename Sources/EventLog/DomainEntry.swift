public import Moments

/// A domain as the log lists it.
public struct DomainEntry: Sendable, Hashable, Identifiable {
    /// What tells a domain from all others of its store, and of other stores, for ever.
    ///
    /// A log refuses the identifier of another store's domain with `usage`.
    public struct ID: Sendable, Hashable, Comparable {
        /// The number of the domain in its log: domains count from 1, in the order of their first
        /// events.
        public let number: Int64
        /// The store whose log it is.
        public let store: StoreIdentity

        /// Makes the identifier of a domain.
        public init(number: Int64, store: StoreIdentity) {
            self.number = number
            self.store = store
        }

        /// Whether a domain came before another of the same store.
        public static func < (left: Self, right: Self) -> Bool {
            (left.number, left.store) < (right.number, right.store)
        }

        /// Hashes what differs between the domains of one store.
        public func hash(into hasher: inout Hasher) { hasher.combine(number) }
    }

    /// What tells the domain from all others, for ever.
    public let id: ID
    /// The name it bears, or bore last.
    public let name: String
    /// Its UUID, if known.
    public let uuid: DomainUUID?
    /// Whether it is there: defined, and not undefined since.
    public let isLive: Bool

    /// Puts an entry together.
    public init(id: ID, name: String, uuid: DomainUUID?, isLive: Bool) {
        self.id = id
        self.name = name
        self.uuid = uuid
        self.isLive = isLive
    }
}
