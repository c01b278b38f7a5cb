/// The difference between an observed domain and the recorded one.
///
/// A checkpoint is identified by its name and creation time. Missing ones are removed from the
/// record's graph before parents are compared: a deletion moves children, and moved children are
/// not differences of their own.
public struct DomainComparison: Sendable {
    /// The checkpoints that both have, by creation time.
    public private(set) var kept: [CheckpointName] = []

    /// The recorded checkpoints whose names the observed domain does not have, each after its
    /// descendants.
    public private(set) var missing: [CheckpointName] = []

    /// The observed checkpoints whose names the record does not have, parents first.
    public private(set) var new: [Checkpoint] = []

    /// The observed checkpoints that have the names of recorded ones, but other creation times,
    /// parents first.
    public private(set) var replaced: [Checkpoint] = []

    /// The kept checkpoints whose observed metadata differs, parents first, with the differing
    /// parts.
    public private(set) var changed: [(checkpoint: Checkpoint, fields: [Field])] = []

    /// Whether a kept checkpoint still names a missing one as its parent, which a deletion would
    /// have changed.
    public private(set) var hasOrphans = false

    /// A part of a checkpoint that can differ.
    public enum Field: String, Sendable, Hashable, CaseIterable {
        case parent, description, disks, domain
    }

    /// Compares a recorded graph with an observed domain.
    ///
    /// - Complexity: O(*n* log *n*) in the checkpoints of both.
    public init(_ recorded: MomentGraph, _ observed: ObservedDomain, _ evidence: Evidence) {
        let ordered = FamilyOrder(observed.checkpoints).indices.map { observed.checkpoints[$0] }
        var seen: Set<CheckpointName> = []
        for checkpoint in ordered {
            seen.insert(checkpoint.name)
            guard let known = recorded.checkpoint(named: checkpoint.name) else {
                new.append(checkpoint)
                continue
            }
            if known.creationTime == checkpoint.creationTime {
                kept.append(checkpoint.name)
            } else {
                replaced.append(checkpoint)
            }
        }
        let names = recorded.names(Listing(.all, order: .topological)) ?? []
        missing = names.reversed().filter { !seen.contains($0) }
        var rest = recorded
        for name in missing { rest.delete(named: name) }
        for checkpoint in replaced { rest.delete(named: checkpoint.name) }
        rest.resolveCycles()
        let keptNames = Set(kept)
        for checkpoint in ordered where keptNames.contains(checkpoint.name) {
            guard let known = rest.checkpoint(named: checkpoint.name) else { continue }
            var fields = Self.fields(known, checkpoint, evidence)
            let former = recorded.parentName(of: checkpoint.name)
            if let parent = checkpoint.parent, !seen.contains(parent),
                former == parent
            {
                // A deletion would have moved it.
                fields.removeAll { $0 == .parent }
                hasOrphans = true
            }
            if !fields.isEmpty { changed.append((checkpoint, fields)) }
        }
    }

    /// The kept checkpoints that are below an ancestor of their recorded parents, or below none, as a
    /// push leaves them that did not complete.
    ///
    /// - Complexity: O(*n*) in the changed checkpoints, and in the ancestors of those.
    func unsettled(in recorded: MomentGraph, _ evidence: Evidence) -> [CheckpointName] {
        changed.filter { checkpoint, fields in
            guard fields == [.parent], evidence.isUnsettled(checkpoint) else { return false }
            guard let parent = checkpoint.parent else { return true }
            var seen: Set<CheckpointName> = []
            var ancestor = recorded.parentName(of: checkpoint.name)
            while let name = ancestor, seen.insert(name).inserted {
                if name == parent { return true }
                ancestor = recorded.parentName(of: name)
            }
            return false
        }.map(\.checkpoint.name)
    }

    /// Whether the observed domain equals the recorded one.
    public var isEqual: Bool {
        missing.isEmpty && new.isEmpty && replaced.isEmpty && changed.isEmpty
    }

    /// Returns the parts in which an observed checkpoint differs from the recorded one.
    static func fields(
        _ known: Checkpoint, _ observed: Checkpoint, _ evidence: Evidence
    ) -> [Field] {
        var fields: [Field] = []
        if known.parent != observed.parent { fields.append(.parent) }
        if !known.description.hasSameBytes(as: observed.description) {
            fields.append(.description)
        }
        if known.disks != observed.disks { fields.append(.disks) }
        if !evidence.isSame(known.definition, observed.definition) { fields.append(.domain) }
        return fields
    }
}
