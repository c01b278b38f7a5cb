import TestSupport

@testable import Moments

/// Commits of random events that fit a domain: with cycles, missing parents, parents that are
/// cut away, names that come back in one commit, claims, verdicts and acknowledgements.
struct CommitHistory {
    private var history: RandomHistory
    private var generator: SplitMix64

    init(seed: UInt64, names: Int) {
        history = RandomHistory(seed: seed, names: names)
        generator = SplitMix64(seed: ~seed)
    }

    /// The events of the next commit, perhaps none.
    mutating func commit(after domain: Domain) -> [Event] {
        var graph = domain.graph
        graph.beginCommit()
        var events: [Event] = []
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            for event in next(graph) {
                var attempt = graph
                guard (try? attempt.applyUnsettled(event)) != nil else { break }
                attempt.resolveCycles()
                graph = attempt
                events.append(event)
            }
        }
        return events
    }

    private mutating func next(_ graph: MomentGraph) -> [Event] {
        let checkpoint = graph.list()?.randomElement(using: &generator)?.checkpoint
        guard var checkpoint else { return [history.event()] }
        switch Int.random(in: 0..<12, using: &generator) {
        case 0:
            // Another checkpoint of the same name.
            checkpoint.creationTime = CreationTime(
                seconds: checkpoint.creationTime.seconds + 1)
            return [.checkpointDeleted(checkpoint.name), .checkpointCreated(checkpoint)]
        case 1, 2:
            // As a repair does where the parent is missing.
            checkpoint.parent = nil
            return [.checkpointRedefined(checkpoint, claimsCurrent: false)]
        case 3:
            return [.findingAcknowledged(Acknowledgement(.nameReused, of: checkpoint.name))]
        case 4:
            checkpoint.parent = ["ghost", "lost", "n0"].randomElement(using: &generator)
            return [.checkpointRedefined(checkpoint, claimsCurrent: false)]
        default:
            return [history.event()]
        }
    }
}
