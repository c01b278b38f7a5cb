package import Moments

/// A domain, replayed line by line.
///
/// Values that many checkpoints share are looked up by the lines' bytes, and created once.
package struct LineReplay {
    /// The domain after the lines so far. Call ``resolveCycles()`` before any query.
    package private(set) var domain: Domain
    private var commit = 0
    private var definitions: [DefinitionDigest: MomentGraph.SharedDefinition] = [:]
    private var diskLists: [DiskListKey: MomentGraph.SharedDisks] = [:]

    package init(onto domain: Domain) { self.domain = domain }

    /// Applies the next line.
    ///
    /// - Throws: ``InconsistentEvent`` if its event does not fit those before it.
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
            // The resulting domain depends on nothing else in the line.
            try domain.applyUnsettled(
                .bitmapObserved(
                    BitmapObservation(
                        checkpoint: seen.checkpoint?.checkpointName, disk: seen.disk.string,
                        bitmap: "",
                        verdict: seen.verdict, observationTime: seen.observationTime)))
        default: try domain.applyUnsettled(line.payload.event(domain: line.domain))
        }
    }

    /// Makes the domain ready for queries, and releases what is only kept for later lines.
    package mutating func resolveCycles() {
        domain.resolveCycles()
        guard !diskLists.isEmpty || !definitions.isEmpty else { return }
        domain.withShared { graph in
            for shared in diskLists.values { graph.release(shared) }
            for shared in definitions.values { graph.release(shared) }
        }
        diskLists = [:]
        definitions = [:]
    }

    private mutating func stored(_ checkpoint: ParsedCheckpoint) -> StoredCheckpoint {
        StoredCheckpoint(
            name: checkpoint.name.checkpointName, description: checkpoint.description?.string,
            parent: checkpoint.parent?.checkpointName, creationTime: checkpoint.creationTime,
            disks: checkpoint.disks.count == 0 ? nil : disks(of: checkpoint),
            definition: checkpoint.definition.map { definition($0) })
    }

    private mutating func definition(_ digest: DefinitionDigest) -> MomentGraph.SharedDefinition {
        if let shared = definitions[digest] { return shared }
        let shared = domain.withShared { $0.retain(digest) }
        definitions[digest] = shared
        return shared
    }

    private mutating func disks(of checkpoint: ParsedCheckpoint) -> MomentGraph.SharedDisks {
        let key = DiskListKey(checkpoint)
        if let shared = diskLists[key] { return shared }
        let disks = checkpoint.disks.map(\.disk)
        let shared = domain.withShared { $0.retain(disks, of: checkpoint.name.checkpointName) }
        diskLists[key] = shared
        return shared
    }
}
