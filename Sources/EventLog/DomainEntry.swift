public import Moments

/// A domain as the log lists it.
public struct DomainEntry: Sendable, Hashable, Identifiable {
    /// The permanent identifier of a domain, unique among all stores.
    ///
    /// A log refuses the identifier of another store's domain with `usage`.
    public struct ID: Sendable, Hashable, Comparable {
        /// The number of the domain in its log: domains count from 1, in the order of their first
        /// events.
        public let number: Int64
        /// The store whose log contains the domain.
        public let store: StoreIdentity

        /// Creates the identifier of a domain.
        public init(number: Int64, store: StoreIdentity) {
            self.number = number
            self.store = store
        }

        /// Returns whether a domain came before another of the same store.
        public static func < (left: Self, right: Self) -> Bool {
            (left.number, left.store) < (right.number, right.store)
        }

        /// Hashes what differs between the domains of one store.
        public func hash(into hasher: inout Hasher) { hasher.combine(number) }
    }

    /// The permanent identifier of the domain.
    public let id: ID
    /// Its name; after its end, the last name that it had.
    public let name: String
    /// Its UUID, if known.
    public let uuid: DomainUUID?
    /// Whether it exists: it was defined, and not undefined since.
    public let isLive: Bool

    /// A reference to the domain: by its UUID, or by its name if its UUID is not known.
    public var reference: DomainReference {
        uuid.map { DomainReference($0) } ?? DomainReference(name)
    }

    /// Creates an entry.
    public init(id: ID, name: String, uuid: DomainUUID?, isLive: Bool) {
        self.id = id
        self.name = name
        self.uuid = uuid
        self.isLive = isLive
    }
}
