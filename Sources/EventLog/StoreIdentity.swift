import Crypto
public import Moments

/// The identity of a log, in 128 bits: the UUID of its store.
public struct StoreIdentity: Sendable, Hashable, Comparable {
    private let high: UInt64
    private let low: UInt64

    /// Creates the identity of a log that is in no file.
    public static func random() -> StoreIdentity {
        StoreIdentity(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }

    /// The identity of domains that are looked up by number alone, and never leave the log.
    package static let unknown = StoreIdentity(high: 0, low: 0)

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Creates the identity from a log's origin.
    ///
    /// The origin is hashed: only the schema guarantees that the text of a UUID has 128 bits.
    public init(origin: String) {
        let hash = Array(SHA256.hash(data: Array(origin.utf8)))
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
            bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
        self.init(high: word(hash[..<8]), low: word(hash[8..<16]))
    }

    /// Returns whether an identity is before another, in an arbitrary order.
    public static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension DomainEntry.ID {
    /// Refuses an identifier of another store's domain.
    ///
    /// - Throws: ``MomentlogError`` with `usage`.
    public func check(of store: StoreIdentity) throws(MomentlogError) {
        guard self.store == store else { throw .foreignIdentifier }
    }
}

extension MomentlogError {
    package static var foreignIdentifier: MomentlogError {
        MomentlogError(
            .usage, "the domain's identifier is of another store",
            hint: "use the identifiers that this store lists, or the domain's name or UUID")
    }
}
