import Files
import Glibc

extension FileDetails {
    /// Returns why a file beside a database is not one that SQLite created for it; nil if it may
    /// be.
    func foreignness(databaseOwner: UInt32?) -> String? {
        if links > 1 { return "has \(links) names (hard links)" }
        guard geteuid() == 0, let databaseOwner, owner != databaseOwner else { return nil }
        return "belongs to user \(owner), but the database to user \(databaseOwner)"
    }
}
