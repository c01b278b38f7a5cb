import Files
import Glibc

extension FileDetails {
    /// Why a file beside a database is not one that SQLite made for it; nil if it may be.
    func foreignness(databaseOwner: UInt32?) -> String? {
        if links > 1 { return "has \(links) names (hard links)" }
        guard geteuid() == 0, let databaseOwner, owner != databaseOwner else { return nil }
        return "belongs to user \(owner), and the database to user \(databaseOwner)"
    }
}
