/// What to do about an error, as data, which the caller renders in its own terms.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum Suggestion: Sendable, Hashable {
    /// Name the actor of a change.
    case nameActor
    /// List the checkpoints of the domain that was asked for.
    case listCheckpoints
    /// Show everything that happened to the checkpoints of a name.
    case history(domain: DomainReference, checkpoint: CheckpointName)
    /// List the domains.
    case listDomains
    /// Show everything that happened to a domain, which may be undefined.
    case log(domain: DomainReference)
    /// Record the checkpoint, which a hypervisor created.
    case record
    /// Redefine the checkpoint.
    case redefine
    /// Set the current checkpoint.
    case setCurrent
    /// Check a domain, which shows its errors and their remedies.
    case check(domain: DomainReference)
    /// Record the domain's definition.
    case define
    /// Record the document that was given as a domain's definition.
    case defineDocument
    /// Rename a domain.
    case rename(domain: DomainReference)
    /// End a domain together with its checkpoints.
    case undefineWithCheckpoints
    /// Read the events of the log.
    case readLog
    /// Print the log's head.
    case printHead
    /// Verify the whole store.
    case verify
    /// Specify the path of the store's file.
    case nameStore
    /// Specify another store, or create one.
    case makeStore
    /// Specify the domain.
    case nameDomain
    /// Replace the store by a backup; the store is kept as a backup copy.
    case replaceStore
}
