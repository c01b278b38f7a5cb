extension Domain {
    func decidePrune(
        _ retention: Retention, _ context: DecisionContext
    ) throws(MomentlogError) -> [Event] {
        let events = try graph.decidePrune(retention, context)
        // What another domain keeps by name is no rule for this one.
        if !events.isEmpty, retention.isNamesAlone, let name = retention.names.min(),
            !retention.names.contains(where: graph.contains)
        {
            var error = MomentlogError.noCheckpoint(name)
            error.hint =
                "domain '\(self.name)' has none of the checkpoints to keep, and no other rule says"
                + " which of its checkpoints stay: prune it with another rule"
            error.suggestion = nil
            throw error.detailing("domain", .text(self.name))
        }
        return events
    }
}

extension MomentGraph {
    /// Deletes what the rules do not keep, leaves first. The current checkpoint stays, so the
    /// pointer does not move.
    fileprivate func decidePrune(
        _ retention: Retention, _ context: DecisionContext
    ) throws(MomentlogError) -> [Event] {
        guard !retention.isEmpty else {
            throw MomentlogError(
                .usage, "no rule says which checkpoints to keep",
                hint: "give at least one, such as the number of the newest to keep")
        }
        let removed = Set(
            choices(of: retention, now: context.creationTime, zone: context.zone)
                .filter { !$0.isKept }.map(\.checkpoint.name))
        guard !removed.isEmpty else { return [] }
        return (names(Listing(order: .topological)) ?? []).reversed()
            .filter { removed.contains($0) }.map { .checkpointDeleted($0) }
    }
}
