import EventLog

/// The access that opening a store permits. Only a store that is open for writing is ever created,
/// migrated or repaired; the others need no write permission and leave every file as it is.
public enum StoreAccess: Sendable, Hashable {
    /// Reads and appends. A store that is behind its head file is refused.
    case readWrite
    /// Reads, and appends nothing. A store that is behind its head file is refused.
    case read
    /// Reads, also a store that is behind its head file, and appends nothing.
    case audit
    /// As ``audit``, with a warning about a store that is behind its head file.
    case readOnly

    /// Whether a store that is behind its head file can be read.
    var readsWhatIsBehind: Bool { self == .audit || self == .readOnly }
}
