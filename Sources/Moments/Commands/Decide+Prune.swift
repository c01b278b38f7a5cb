extension MomentGraph {
    /// Deletes what the rules do not keep, leaves first. The current checkpoint stays, so the
    /// pointer does not move.
    func decidePrune(
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
