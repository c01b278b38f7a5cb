import Moments
import TestSupport
import Testing

struct HistoryTests {
    @Test(
        "After each event of a random history the graph is sound and says what a slow one says",
        arguments: Seeds.all, [2, 3, 5, 8])
    func agreement(seed: UInt64, names: Int) throws {
        for round in 0..<10 {
            var history = RandomHistory(seed: seed &+ UInt64(round), names: names)
            var graph = MomentGraph()
            var slow = SlowGraph()
            var events: [Event] = []
            for step in 0..<40 {
                var event = history.event()
                if step.isMultiple(of: 5), let name = slow.dangling.first,
                    var cut = slow.checkpoints[name]
                {
                    cut.parent = nil
                    event = .checkpointRedefined(cut, claimsCurrent: false)
                }
                let place: Comment = "seed \(seed), \(names) names, round \(round), step \(step)"
                let before = graph
                let fits = slow.apply(event)
                do {
                    try graph.apply(event)
                    try #require(fits, place)
                    events.append(event)
                } catch is InconsistentEvent {
                    try #require(!fits, place)
                    try #require(graph == before, place)
                }
                try Self.requireAgreement(graph, slow, place)
            }
            let place: Comment = "seed \(seed), \(names) names, round \(round), replay"
            var replayed = MomentGraph()
            for event in events {
                replayed.beginCommit()
                try replayed.applyUnsettled(event)
            }
            replayed.resolveCycles()
            try #require(replayed == graph, place)
            try Self.requireAgreement(replayed, slow, place)
        }
    }

    private static func requireAgreement(
        _ graph: MomentGraph, _ slow: SlowGraph, _ place: Comment
    ) throws {
        try #require(graph.brokenInvariants() == [], place)
        try #require(graph.tree == slow.tree, place)
        try #require(graph.count == slow.checkpoints.count, place)
        try #require(graph.names() == slow.inOrder(slow.names), place)
        try #require(graph.names(Listing(.roots)) == slow.children(of: nil), place)
        try #require(graph.hasErrors == slow.hasErrors, place)
        try #require(graph.recordedCurrent == slow.recordedCurrent, place)
        try #require(graph.current == slow.current, place)
        let claims = slow.claims.count > 1 ? slow.claims.sorted() : []
        try #require(graph.currentClaims == claims, place)
        try #require(graph.libvirtCurrentAtStart == slow.libvirtCurrent, place)
        try #require(graph.faults == slow.faults, place)
        for moment in try #require(graph.list(), place) {
            let name = moment.checkpoint.name
            let (children, descendants) = (slow.children(of: name), slow.descendants(of: name))
            try #require(moment.checkpoint == slow.checkpoints[name], place)
            let seen = graph.health(of: name).map {
                "\($0.disk) \($0.verdict) \($0.observationTime)"
            }
            try #require(seen.sorted() == slow.health(of: name), place)
            try #require(moment.isCurrent == (name == slow.current), place)
            try #require(moment.childCount == children.count, place)
            try #require(moment.descendantCount == descendants.count, place)
            try #require(graph.names(Listing(.children(of: name))) == children, place)
            try #require(
                graph.names(Listing(.descendants(of: name), order: .topological)) == descendants,
                place)
        }
    }

    @Test(
        "Events that are applied together give the same graph as one by one", arguments: Seeds.all)
    func together(seed: UInt64) throws {
        var history = RandomHistory(seed: seed, names: 6)
        var generator = SplitMix64(seed: seed)
        var (single, together) = (MomentGraph(), MomentGraph())
        for commit in 0..<200 {
            var events: [Event] = []
            single.beginCommit()
            for _ in 0..<Int.random(in: 0...8, using: &generator) {
                let event = history.event()
                if (try? single.applyUnsettled(event)) != nil { events.append(event) }
                single.resolveCycles()
            }
            let place: Comment = "seed \(seed), commit \(commit)"
            try together.apply(contentsOf: events)
            try #require(together == single, place)
            try #require(together.tree == single.tree, place)
            try #require(together.faults == single.faults, place)
            try #require(together.brokenInvariants() == [], place)
        }
    }

    @Test("Hundreds of names come and go and are found", arguments: Seeds.all)
    func churn(seed: UInt64) throws {
        var history = RandomHistory(seed: seed, names: 600)
        var graph = MomentGraph()
        var slow = SlowGraph()
        for step in 0..<8_000 {
            let event = history.event()
            let fits = slow.apply(event)
            let isTaken = (try? graph.applyUnsettled(event)) != nil
            try #require(isTaken == fits, "seed \(seed), step \(step)")
            guard (step + 1).isMultiple(of: 1_000) else { continue }
            graph.resolveCycles()
            try #require(graph.brokenInvariants() == [], "seed \(seed), step \(step)")
            for name in history.names {
                let checkpoint = graph.checkpoint(named: name)
                try #require(checkpoint == slow.checkpoints[name], "seed \(seed), step \(step)")
            }
        }
        for name in slow.names { try graph.applyUnsettled(.checkpointDeleted(name)) }
        graph.resolveCycles()
        try #require(graph == MomentGraph(), "seed \(seed)")
        try #require(graph.brokenInvariants() == [], "seed \(seed)")
    }
}
