/// Something that somebody wants done to a domain.
///
/// ``decide(_:for:in:)`` tells which events it leads to, or why it is refused.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum Command: Sendable, Hashable {
    /// To make a new checkpoint below the current one.
    case create(CheckpointRequest)
    /// To put the metadata of checkpoints into the record as given, data untouched:
    /// new, or replacing those of the same names. All or none.
    case redefine([Redefinition])
    /// To record checkpoints that a hypervisor made, from their metadata. All or none.
    /// The one that is named becomes current; if none is, the newest, unless the present current
    /// one is newer and not its ancestor.
    case record([Redefinition], current: String? = nil)
    /// To take over the documents of a library that was read. What cannot be taken over is left
    /// out.
    case adopt(Adoption)
    /// To take what a libvirt has into the record.
    case pull(Pull)
    /// To take checkpoints out of the graph.
    case delete(String, DeletionScope)
    /// To take several checkpoints out of the graph, and no others. All or none.
    case deleteEach([String])
    /// To move the current pointer to a checkpoint, or to none.
    case setCurrent(String?)
    /// To repair what is wrong with the graph, so that no error stands.
    case repair(Repair)
    /// To take note of a finding of a checkpoint that has no repair.
    case acknowledge(Acknowledgement)
    /// To note what was seen of the domain's disk images.
    case observe(ImageReport)
    /// To give the graph the checkpoints and the current pointer that it had at a point in time.
    case revert(to: When)
    /// To delete the checkpoints that rules do not keep.
    case prune(Retention)
    /// To make a domain known, or change its definition. A UUID that is not given is
    /// that which the domain has.
    case define(name: String, uuid: DomainUUID?, definition: DefinitionDigest)
    /// To give the domain another name.
    case rename(to: String)
    /// To end the domain; its history stays. Refused while there are checkpoints,
    /// unless they are to go as well.
    case undefine(deletingCheckpoints: Bool)
}
