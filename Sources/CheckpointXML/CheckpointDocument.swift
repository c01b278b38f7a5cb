public import Moments

/// What one checkpoint document says, as it was read.
///
/// Source: <https://libvirt.org/formatcheckpoint.html>.
public struct CheckpointDocument: Sendable, Hashable {
    /// The name, which only a document to create from may leave out.
    public var name: String?

    /// The description; nil rather than empty.
    public var description: String?

    /// The name of the parent, if it has one.
    public var parent: String?

    /// Seconds since the epoch, which only a document to create from may leave out.
    public var creationTime: Int64?

    /// The disks in the document's order; empty if it has no `<disks>`.
    public var disks: [Disk]

    /// The early form's `<current>`, if the document has it.
    public var isCurrent: Bool?

    /// The domain's definition, if the document holds one.
    public var domain: DomainDefinition?

    init() {
        disks = []
    }

    /// What the document asks for if a checkpoint is to be created from it: its parent
    /// and creation time have no say in that.
    public var request: CheckpointRequest {
        CheckpointRequest(name: name, description: description, disks: disks)
    }
}
