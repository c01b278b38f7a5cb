import EventLog
import GRDB
import Moments
import Synchronization

/// The identity of the store in a file, which is read once.
///
/// It is a class because all that read from the file share it.
final class KnownIdentity: Sendable {
    private let known = Mutex<StoreIdentity?>(nil)

    /// The identity; read if it was not yet.
    func identity(in database: Database) throws -> StoreIdentity {
        if let identity = known.withLock({ $0 }) { return identity }
        let identity = StoreIdentity(origin: try StoreHead.origin(database))
        known.withLock { $0 = identity }
        return identity
    }

    /// Refuses the identifier of another store's domain.
    ///
    /// - Throws: ``MomentlogError`` with `usage`.
    func check(_ id: DomainEntry.ID, in database: Database) throws {
        try id.check(of: try identity(in: database))
    }
}
