extension Domain {
    /// Decides the events that restore the graph's earlier checkpoints and current pointer.
    ///
    /// - Parameters:
    ///   - when: The point in time, for the refusal.
    ///   - past: The domain at that point; nil if nothing had happened to it yet.
    func decideRevert(to when: When, _ past: Domain?) throws(MomentlogError) -> [Event] {
        guard let past, past.isLive else { throw .notDefined(self, at: when) }
        do {
            return try Reversion(of: graph, to: past.graph).events
        } catch {
            throw MomentlogError(
                .corrupt, "domain '\(name)' cannot be reverted: \(error)",
                hint: "verify the whole store", suggestion: .verify, cause: error)
        }
    }
}

/// The events that turn a graph into an earlier one: deletions, leaves first; redefinitions,
/// parents first; the current pointer.
///
/// Checkpoints, their links and the pointer become what they were, errors included. Verdicts on
/// bitmaps are about disk images, which a record does not change: they stay, and a checkpoint that
/// was deleted and is restored, or that replaces another of its name, has none until images are
/// inspected again.
private struct Reversion {
    private(set) var events: [Event] = []
    private var graph: MomentGraph

    /// - Complexity: O(*n* log *n*) in the checkpoints of both.
    init(of graph: MomentGraph, to past: MomentGraph) throws(InconsistentEvent) {
        self.graph = graph
        let parentsFirst = graph.names(Listing(order: .topological)) ?? []
        for name in parentsFirst.reversed() where !past.contains(name) {
            try append(.checkpointDeleted(name))
        }
        for name in past.names(Listing(order: .topological)) ?? [] {
            guard let checkpoint = past.checkpoint(named: name),
                self.graph.checkpoint(named: name) != checkpoint
            else { continue }
            // A claim that existed then and now continues.
            let claims =
                self.graph.hasClaims && past.hasClaims && self.graph.claimsCurrent(name)
                && past.claimsCurrent(name)
            try append(.checkpointRedefined(checkpoint, claimsCurrent: claims))
        }
        try restorePointer(past)
    }

    /// Sets the current pointer, then the claims of that time, since setting the pointer resolves
    /// all.
    private mutating func restorePointer(_ past: MomentGraph) throws(InconsistentEvent) {
        let claims = past.currentClaims
        let hasOtherClaims = graph.currentClaims != claims
        if graph.recordedCurrent != past.recordedCurrent
            || hasOtherClaims && !graph.areClaimsSettled
        {
            try append(.currentSet(past.recordedCurrent))
        }
        guard graph.currentClaims != claims else { return }
        for name in claims {
            guard let checkpoint = past.checkpoint(named: name) else { continue }
            try append(.checkpointRedefined(checkpoint, claimsCurrent: true))
        }
    }

    private mutating func append(_ event: Event) throws(InconsistentEvent) {
        // Cycles do not matter before the end: nothing here depends on where they are cut.
        try graph.applyUnsettled(event)
        events.append(event)
    }
}

extension MomentlogError {
    fileprivate static func notDefined(_ domain: Domain, at when: When) -> MomentlogError {
        MomentlogError(
            .noDomain, "domain '\(domain.name)' was not defined at \(when)",
            hint: "look up in the log when it was defined", suggestion: .readLog)
    }
}
