public import Moments

/// The content of one checkpoint document.
///
/// Source: <https://libvirt.org/formatcheckpoint.html>.
public struct CheckpointDocument: Sendable, Hashable {
    /// The name, which only a document for a new checkpoint may omit.
    public var name: CheckpointName?

    /// The description; nil rather than empty.
    public var description: String?

    /// The name of the parent, if it has one.
    public var parent: CheckpointName?

    /// The creation time, which only a document for a new checkpoint may omit.
    public var creationTime: CreationTime?

    /// The disks in the document's order; empty if it has no `<disks>`.
    public var disks: [Disk]

    /// The early form's `<current>`, if the document has it.
    public var isCurrent: Bool?

    /// The domain's definition, if the document holds one.
    public var domain: DomainDefinition?

    init() {
        disks = []
    }

    /// The request of a document for a new checkpoint, which ignores its parent and creation time.
    public var request: CheckpointRequest {
        CheckpointRequest(name: name, description: description, disks: disks)
    }
}
