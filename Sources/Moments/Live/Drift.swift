/// One difference between the record of a domain and what a libvirt or a folder has.
public struct Drift: Sendable, Hashable {
    /// The kinds of differences.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A recorded checkpoint is missing there.
        case lost
        /// A checkpoint there is not recorded.
        case unknown
        /// A checkpoint's metadata differs.
        case differs
        /// Another checkpoint has the name there: its creation time differs.
        case replaced
        /// Another checkpoint is current there.
        case current
    }

    /// The domain's name in the record, or there if it is not recorded.
    public let domain: DomainReference

    /// The checkpoint; nil for the current pointer.
    public let checkpoint: CheckpointName?

    /// The kind of difference.
    public let kind: Kind

    /// The parts that differ; empty unless the kind is ``Kind/differs``.
    public let fields: [DomainComparison.Field]

    /// The recorded checkpoint; nil if there is none.
    public let recorded: Checkpoint?

    /// The checkpoint there; nil if there is none.
    public let observed: Checkpoint?

    /// The current pointers that differ; nil unless the kind is ``Kind/current``.
    public let current: Current?

    /// What resolves the difference, the preferred remedy first.
    public let remedies: [Remedy]

    /// The current checkpoints of both sides.
    public struct Current: Sendable, Hashable {
        /// The recorded one; nil for none.
        public let recorded: CheckpointName?
        /// The observed one.
        public let observed: CheckpointName?
    }
}

extension Drift {
    /// The other side of a comparison.
    public enum Side: Sendable, Hashable {
        /// A running libvirt.
        case libvirt(uri: String)
        /// A folder, or files; nil if they are at several paths.
        case files(path: String?)
    }
}

extension Domain {
    /// Returns the differences between the record and what was observed, checkpoints by creation
    /// time, the current pointer last.
    ///
    /// Current pointers are compared only if both are known: an export states its pointer; libvirt
    /// does not report which checkpoint is current, so that it is known only for one chain.
    ///
    /// - Parameters:
    ///   - observed: The observed domain.
    ///   - side: The side on which it was observed.
    ///   - evidence: What is known of the observation.
    /// - Complexity: O(*n* log *n*) in the checkpoints of both.
    public func drift(
        from observed: ObservedDomain, at side: Drift.Side, _ evidence: Evidence
    ) -> [Drift] {
        let graph = isLive ? graph : MomentGraph()
        var observed = observed.withoutPlaceholder
        let whole = observed
        let pruned = Set(observed.removePruned(evidence.pruned, recorded: graph))
        let comparison = DomainComparison(graph, observed, evidence)
        let domain = isLive ? nameReference : DomainReference(observed.name)
        let remedies = DriftRemedies(
            domain: domain, side: side, hasLost: !comparison.missing.isEmpty,
            hasNew: !comparison.new.isEmpty || !comparison.replaced.isEmpty,
            source: evidence.isStaleSource ? evidence.previous?.connection.uri : nil)
        var found: [Drift] = []
        func add(
            _ kind: Drift.Kind, _ checkpoint: CheckpointName, _ there: Checkpoint?,
            _ fields: [DomainComparison.Field] = [], isPruned: Bool = false
        ) {
            found.append(
                Drift(
                    domain: domain, checkpoint: checkpoint, kind: kind, fields: fields,
                    recorded: graph.checkpoint(named: checkpoint), observed: there, current: nil,
                    remedies: isPruned ? remedies.ofPruned : remedies[kind]))
        }
        for checkpoint in whole.checkpoints where pruned.contains(checkpoint.name) {
            add(.unknown, checkpoint.name, checkpoint, isPruned: true)
        }
        for name in comparison.missing { add(.lost, name, nil) }
        for checkpoint in comparison.new { add(.unknown, checkpoint.name, checkpoint) }
        for checkpoint in comparison.replaced { add(.replaced, checkpoint.name, checkpoint) }
        for (checkpoint, fields) in comparison.changed {
            add(.differs, checkpoint.name, checkpoint, fields)
        }
        found.sort { ($0.time, $0.checkpoint ?? "") < ($1.time, $1.checkpoint ?? "") }
        let there: CheckpointName?
        switch side {
        case .libvirt: there = whole.graph.libvirtCurrentAtStart ?? graph.current
        case .files: there = observed.statedCurrent.map(\.checkpoint) ?? graph.current
        }
        if found.isEmpty, !graph.hasErrors, there != graph.current {
            found.append(
                Drift(
                    domain: domain, checkpoint: nil, kind: .current, fields: [], recorded: nil,
                    observed: nil,
                    current: Drift.Current(recorded: graph.current, observed: there),
                    remedies: remedies[.current]))
        }
        return found
    }
}

extension Drift {
    fileprivate var time: Int64 { (recorded ?? observed)?.creationTime.seconds ?? .max }
}

/// The remedies of each kind of difference.
private struct DriftRemedies {
    let domain: DomainReference
    let side: Drift.Side
    /// Whether recorded checkpoints are missing there.
    let hasLost: Bool
    /// Whether checkpoints there are not recorded.
    let hasNew: Bool
    /// Where the guest was last observed, if that is elsewhere; else nil.
    let source: String?

    /// The remedies of what was pruned in the record alone.
    var ofPruned: [Remedy] {
        guard case .libvirt(let uri) = side else { return self[.unknown] }
        return Remedy.steps(of: [
            Remedy.Cure(
                .pull(domain: domain, uri: uri, .pruned),
                if: "the record is to have it again")
        ])
    }

    subscript(kind: Drift.Kind) -> [Remedy] {
        switch side {
        case .libvirt where source != nil:
            // What a migration left behind is wrong, and not the record.
            return Remedy.steps(of: [
                Remedy.Cure(.pull(domain: domain, uri: source ?? "", []))
            ])
        case .libvirt(let uri):
            let pull = Remedy.Cure(
                .pull(domain: domain, uri: uri, hasLost ? .besidesLost : []))
            let push = Action.push(domain: domain, uri: uri, isExact: false)
            // A push refuses to pass over what only libvirt has.
            let restore = Remedy.Cure(
                hasNew ? [.pull(domain: domain, uri: uri, .besidesLost), push] : [push])
            return switch kind {
            case .lost:
                Remedy.steps(of: [
                    restore,
                    Remedy.Cure(
                        .pull(domain: domain, uri: uri, .deletions),
                        if: "it was deleted on purpose"),
                ])
            case .unknown, .differs, .replaced: Remedy.steps(of: [pull])
            case .current:
                Remedy.steps(of: [
                    pull, Remedy.Cure(.push(domain: domain, uri: uri, isExact: true)),
                ])
            }
        case .files(let path):
            func taking(_ replaces: Bool) -> Action {
                .importFile(path: path, domain: .named(domain), replaces: replaces)
            }
            return switch kind {
            case .unknown: Remedy.steps(of: [Remedy.Cure(taking(false))])
            case .differs, .replaced, .current:
                Remedy.steps(of: [
                    Remedy.Cure(taking(true), if: "the folder is right, and not the record")
                ])
            case .lost:
                Remedy.steps(of: [
                    Remedy.Cure(
                        .export(domain: domain), if: "a libvirt lost them, and is to have them back"
                    )
                ])
            }
        }
    }

    private typealias Action = Remedy.Action
}
