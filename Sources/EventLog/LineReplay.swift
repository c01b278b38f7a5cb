package import Moments

/// A domain, replayed line by line.
///
/// What many checkpoints have in common is looked up by the lines' bytes, and made once.
package struct LineReplay {
    /// The domain as the lines so far tell it. Before it is asked anything, ``settle()`` has to
    /// be called.
    package private(set) var domain: Domain
    private var commit = 0
    private var definitions: [DefinitionDigest: MomentGraph.SharedDefinition] = [:]
    private var diskLists: [DiskListKey: MomentGraph.SharedDisks] = [:]

    package init(onto domain: Domain) { self.domain = domain }

    /// Applies the next line.
    ///
    /// - Throws: ``InconsistentEvent`` if its event does not fit what came before.
    package mutating func apply(_ line: ParsedLine) throws(InconsistentEvent) {
        if line.commit != commit {
            commit = line.commit
            domain.beginCommit()
        }
        switch line.payload {
        case .checkpointCreated(let checkpoint):
            try domain.putUnsettled(stored(checkpoint), isNew: true, claimsCurrent: false)
        case .checkpointRedefined(let checkpoint, claimsCurrent: let claims):
            try domain.putUnsettled(stored(checkpoint), isNew: false, claimsCurrent: claims)
        case .bitmapObserved(let seen):
            // What the domain becomes by it depends on nothing else that the line tells.
            try domain.applyUnsettled(
                .bitmapObserved(
                    BitmapObservation(
                        checkpoint: seen.checkpoint?.string, disk: seen.disk.string, bitmap: "",
                        verdict: seen.verdict, observationTime: seen.observationTime)))
        default: try domain.applyUnsettled(line.payload.event(domain: line.domain))
        }
    }

    /// Makes the domain one that can be asked, and lets go of what is only kept for later lines.
    package mutating func settle() {
        domain.settle()
        guard !diskLists.isEmpty || !definitions.isEmpty else { return }
        domain.withShared { graph in
            for shared in diskLists.values { graph.letGo(shared) }
            for shared in definitions.values { graph.letGo(shared) }
        }
        diskLists = [:]
        definitions = [:]
    }

    private mutating func stored(_ checkpoint: ParsedCheckpoint) -> StoredCheckpoint {
        StoredCheckpoint(
            name: checkpoint.name.string, description: checkpoint.description?.string,
            parent: checkpoint.parent?.string, creationTime: checkpoint.creationTime,
            disks: checkpoint.disks.count == 0 ? nil : disks(of: checkpoint),
            definition: checkpoint.definition.map { definition($0) })
    }

    private mutating func definition(_ digest: DefinitionDigest) -> MomentGraph.SharedDefinition {
        if let shared = definitions[digest] { return shared }
        let shared = domain.withShared { $0.share(digest) }
        definitions[digest] = shared
        return shared
    }

    private mutating func disks(of checkpoint: ParsedCheckpoint) -> MomentGraph.SharedDisks {
        let key = DiskListKey(checkpoint)
        if let shared = diskLists[key] { return shared }
        let disks = checkpoint.disks.map(\.disk)
        let shared = domain.withShared { $0.share(disks, of: checkpoint.name.string) }
        diskLists[key] = shared
        return shared
    }
}
