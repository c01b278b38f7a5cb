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
        // SQLite makes the index again.
        let stuck = moved.filter { !folder.rename($0.to, to: $0.from) }
            .filter { !$0.from.hasSuffix("-shm") }
        guard !stuck.isEmpty else { return failure }
        return MomentlogError(
            .outcomeUnknown,
            "\(failure.message), and \(stuck.map(\.to).joined(separator: " and ")) cannot be moved"
                + " back",
            hint: "end all processes that have the store open, and move"
                + " \(stuck.map { "\($0.to) to \($0.from)" }.joined(separator: " and ")): then the"
                + " store is unchanged", cause: failure)
    }
}
