/// A requested change of a domain.
///
/// ``decide(_:for:in:)-(Command,_,_)`` returns the events that it leads to, or throws why it is
/// refused.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum Command: Sendable, Hashable {
    /// Creates a checkpoint below the current one.
    case create(CheckpointRequest)
    /// Records the metadata of checkpoints as given, without touching data: new ones, or replacing
    /// those of the same names. All or none.
    case redefine([Redefinition])
    /// Records checkpoints that a hypervisor created, from their metadata. All or none.
    /// The one that is named becomes current; if none is, the newest, unless the present current
    /// one is newer and not its ancestor.
    case record([Redefinition], current: CheckpointName? = nil)
    /// Imports the documents of a library. Those that cannot be imported are skipped.
    case adopt(Adoption)
    /// Records what a libvirt has.
    case pull(Pull)
    /// Deletes checkpoints from the graph.
    case delete(CheckpointName, DeletionScope)
    /// To take several checkpoints out of the graph, and no others. All or none.
    case deleteEach([CheckpointName])
    /// Moves the current pointer to a checkpoint, or to none.
    case setCurrent(CheckpointName?)
    /// Repairs the graph's errors.
    case repair(Repair)
    /// Acknowledges a finding of a checkpoint that has no repair.
    case acknowledge(Acknowledgement)
    /// Records the result of inspecting the domain's disk images.
    case observe(ImageReport)
    /// Restores the checkpoints and the current pointer of a point in time.
    case revert(to: When)
    /// Deletes the checkpoints that no retention rule keeps.
    case prune(Retention)
    /// Defines a domain, or changes its definition. Without a UUID, the domain keeps its own.
    case define(name: String, uuid: DomainUUID?, definition: DefinitionDigest)
    /// Renames the domain.
    case rename(to: String)
    /// Undefines the domain; its history stays. Refused while there are checkpoints, unless they
    /// are deleted as well.
    case undefine(deletingCheckpoints: Bool)
}
