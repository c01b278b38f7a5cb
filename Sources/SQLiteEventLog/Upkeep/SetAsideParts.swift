import Glibc
import Moments

/// The files beside a database that SQLite would treat as parts of the one that takes its place:
/// renamed, as long as the exchange may fail.
struct SetAsideParts {
    private let folder: OpenFolder
    private var moved: [(from: String, to: String)] = []

    /// Starts with none.
    init(in folder: OpenFolder) { self.folder = folder }

    /// The new path of the first of them; nil if there was none.
    var first: String? { moved.first?.to }

    /// Renames those of a store that exist. The index goes with its WAL: who has both open and who
    /// opens them later have to see each other.
    ///
    /// - Returns: False with `errno` if one cannot be renamed.
    mutating func move(of store: StoreFiles, to aside: StoreFiles) -> Bool {
        for (from, to) in [
            (store.writeAheadLog, aside.writeAheadLog),
            (store.rollbackJournal, aside.rollbackJournal),
            (store.sharedMemory, aside.sharedMemory),
        ] {
            if folder.rename(from, to: to) {
                moved.append((from, to))
            } else if errno != ENOENT {
                return false
            }
        }
        return true
    }

    /// Gives the files their names again, after a failure.
    ///
    /// - Returns: The failure; one with `outcome-unknown` if a file cannot be moved back.
    func putBack(after failure: MomentlogError) -> MomentlogError {
        for (from, to) in moved.reversed() where !folder.rename(to, to: from) {
            return MomentlogError(
                .outcomeUnknown, "\(failure.message), and \(to) cannot be moved back",
                hint: "move it to \(from), and the store is unchanged", cause: failure)
        }
        return failure
    }
}
