/// A checkpoint in the form of the log: values that many share are references to those that the
/// graph holds.
///
/// A replay that creates a list of disks and a digest for each checkpoint, only to find that the
/// graph has them, takes twice as long.
package struct StoredCheckpoint: Sendable {
    package var name: CheckpointName
    package var description: String?
    package var parent: CheckpointName?
    package var creationTime: Int64
    package var disks: MomentGraph.SharedDisks?
    package var definition: MomentGraph.SharedDefinition?

    package init(
        name: CheckpointName, description: String?, parent: CheckpointName?, creationTime: Int64,
        disks: MomentGraph.SharedDisks?, definition: MomentGraph.SharedDefinition?
    ) {
        self.name = name
        self.description = description
        self.parent = parent
        self.creationTime = creationTime
        self.disks = disks
        self.definition = definition
    }
}

extension MomentGraph {
    /// A list of disks that a graph retains.
    package struct SharedDisks: Sendable {
        fileprivate let id: InternTable<[DiskEntry]>.ID
        /// Whether the list gives the name of a bitmap that is not the checkpoint's.
        fileprivate let hasNamedBitmap: Bool
    }

    /// A definition that a graph retains.
    package struct SharedDefinition: Sendable {
        fileprivate let id: InternTable<DefinitionDigest>.ID
    }

    /// Retains the list of disks of a checkpoint until it is released.
    package mutating func retain(_ disks: [Disk], of checkpoint: CheckpointName) -> SharedDisks {
        let entries = disks.map { DiskEntry($0, of: checkpoint) }
        return SharedDisks(
            id: entries.isEmpty ? InternTable<[DiskEntry]>.none : diskLists.retain(entries),
            hasNamedBitmap: entries.contains { $0.hasNamedBitmap })
    }

    /// Retains a definition until it is released.
    package mutating func retain(_ definition: DefinitionDigest) -> SharedDefinition {
        SharedDefinition(id: definitions.retain(definition))
    }

    /// Releases a list that was retained.
    package mutating func release(_ disks: SharedDisks) { diskLists.release(disks.id) }

    /// Releases a definition that was retained.
    package mutating func release(_ definition: SharedDefinition) {
        definitions.release(definition.id)
    }

    /// Stores a checkpoint that was created or redefined; leaves cycles unresolved as
    /// ``applyUnsettled(_:)`` does.
    ///
    /// - Throws: ``InconsistentEvent`` for one that is created twice.
    package mutating func putUnsettled(
        _ stored: StoredCheckpoint, isNew: Bool, claimsCurrent: Bool
    ) throws(InconsistentEvent) {
        let disks = stored.disks.map { retain($0, of: stored.name) }
        if let definition = stored.definition { definitions.retain(id: definition.id) }
        try put(
            Content(
                name: stored.name, details: stored.description, parent: stored.parent,
                creationTime: stored.creationTime,
                disks: disks ?? InternTable<[DiskEntry]>.none,
                definition: stored.definition?.id ?? InternTable<DefinitionDigest>.none),
            isNew: isNew, claimsCurrent: claimsCurrent)
    }

    /// Counts a checkpoint's use of a list. A bitmap that the list names may have the name of this
    /// checkpoint, and is its own then.
    private mutating func retain(
        _ disks: SharedDisks, of name: CheckpointName
    ) -> InternTable<[DiskEntry]>.ID {
        guard let entries = diskLists[disks.id] else { return InternTable<[DiskEntry]>.none }
        if disks.hasNamedBitmap, entries.contains(where: { $0.bitmap == .named(name.text) }) {
            return diskLists.retain(entries.map { DiskEntry($0.disk(of: name), of: name) })
        }
        diskLists.retain(id: disks.id)
        return disks.id
    }
}

extension DiskEntry {
    fileprivate var hasNamedBitmap: Bool {
        if case .named = bitmap { return true }
        return false
    }
}
