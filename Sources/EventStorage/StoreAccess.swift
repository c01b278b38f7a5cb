/// What opening a store may do with it.
public enum StoreAccess: Sendable, Hashable {
    /// Reads and appends. A store that is behind its head file is refused.
    case readWrite
    /// Reads, also a store that is behind its head file, and appends nothing. A store of an
    /// earlier schema is brought up to date.
    case audit
    /// Reads, and nothing else: a store is not created, not brought up to date, not repaired,
    /// and needs no write permission. One that is behind its head file is opened with a warning.
    ///
    /// A store that nobody has open leaves no file behind that was not there. Commits that are
    /// still in the write-ahead log are read through SQLite's shared index of it, which is made
    /// where it is missing (<https://www.sqlite.org/wal.html#read_only_databases>).
    case readOnly
}
