import Moments
import TestSupport
import Testing

struct RevertCommandTests {
    /// Decides a reversion of a domain to what it was.
    private func events(_ domain: Domain, to past: Domain?) throws -> [Event] {
        var context = DecisionContext.guest()
        context.past = past
        return try decide(.revert(to: .sequence(1)), for: domain, in: context)
    }

    @Test(
        "A reversion deletes leaves first, redefines parents first, and then sets the pointer",
        arguments: [
            (
                "c1 c2<-c1 c3<-c2", "c3", "c1", "c1", "deleted c3, deleted c2, current c1",
            ),
            (
                "c1", "c1", "c1 c2<-c1 c3<-c2", "c3",
                "redefined c2<-c1, redefined c3<-c2, current c3"
            ),
            ("c1 c3@3<-c1", "c3", "c1 c2<-c1 c3@3<-c2", "c3", "redefined c2<-c1, redefined c3<-c2"),
            ("c1@5 c2@7<-c1", "c2", "c1@6 c2@7<-c1", "c2", "redefined c1"),
            ("c1", "c1", "c1", nil, "current none"), ("c1", nil, "c1", nil, ""),
            ("a b<-a x<-b", "x", "a", "a", "deleted x, deleted b, current a"),
            // Errors that stood come back.
            ("c1 c2<-c1", "c2", "c1 c2<-ghost", "c2", "redefined c2<-ghost"),
            ("a b<-a", "b", "a@1<-b b@2<-a", "b", "redefined a<-b"),
            ("a b<-a", "b", "a* b<-a*", "b", "redefined a*, redefined b<-a*"),
            ("a* b<-a*", nil, "a b<-a", nil, "current none"),
            ("a* b<-a*", nil, "a b<-a*", "b", "current b"),
            ("a* b*", nil, "a* b*", nil, ""),
            (
                "a* b* c", nil, "a* b c*", nil,
                "current none, redefined a*, redefined c*"
            ),
        ] as [(String, String?, String, String?, String)])
    func order(
        now: String, current: String?, then: String, pastCurrent: String?, words: String
    ) throws {
        var past = try Domain.guest(then, current: then.contains("*") ? nil : pastCurrent)
        if then.contains("*"), let pastCurrent {
            // The pointer before the claims, which it would settle.
            past = try Domain.guest(then.replacing("*", with: ""), current: pastCurrent)
            for word in then.split(separator: " ") where word.hasSuffix("*") {
                try past.apply(past.graph.redefinition(String(word)))
            }
        }
        var domain = try Domain.guest(now, current: now.contains("*") ? nil : current)
        let events = try events(domain, to: past)
        #expect(events.words == words)
        try domain.apply(contentsOf: events)
        #expect(domain.graph.shows(past.graph))
        #expect(try self.events(domain, to: past).isEmpty)
    }

    @Test("A domain that was not defined then is refused")
    func notDefined() throws {
        let domain = try Domain.guest("c1")
        var undefined = domain
        try undefined.apply(.domainUndefined)
        for past in [nil, Domain(name: "vm1"), undefined] {
            let error = #expect(throws: MomentlogError.self) { try events(domain, to: past) }
            #expect(error?.code == .noDomain)
            #expect(error?.message == "domain 'vm1' was not defined at 1")
        }
        #expect(throws: MomentlogError.self) { try events(undefined, to: domain) }
    }

    @Test("A reused name is no longer reported once the former checkpoint has it again")
    func reusedName() throws {
        let before = try Domain.guest("c1@5")
        var domain = before
        try domain.carryOut(try .record("c1@9"))
        let after = domain
        #expect(domain.graph.replacedTime(of: "c1") == 5)
        try domain.apply(contentsOf: try events(domain, to: before))
        #expect(domain.graph.replacedTime(of: "c1") == nil)
        #expect(domain.graph.findings(domain: "vm1").allSatisfy { $0.kind != .nameReused })
        try domain.apply(contentsOf: try events(domain, to: after))
        #expect(domain.graph.replacedTime(of: "c1") == 5)
    }

    @Test("What was seen of a bitmap stays when its checkpoint is reverted")
    func health() throws {
        let past = try Domain.guest("c1 c2<-c1", current: "c2")
        var domain = past
        try domain.apply(
            .bitmapObserved(
                BitmapObservation(
                    checkpoint: "c1", disk: "vda", bitmap: "c1", verdict: .valid,
                    observationTime: 7)))
        #expect(try events(domain, to: past).isEmpty)
    }

    /// Each state that a random history of events goes through, faults of all kinds included.
    private func states(seed: UInt64, names: Int, count: Int) throws -> [Domain] {
        var history = RandomHistory(seed: seed, names: names)
        var states = [try Domain.guest()]
        while states.count < count {
            var next = states[states.count - 1]
            guard (try? next.apply(history.event())) != nil else { continue }
            states.append(next)
        }
        return states
    }

    @Test(
        "After a reversion the graph equals the earlier one, and can be reverted again",
        arguments: Seeds.all, [2, 4, 9])
    func anyState(seed: UInt64, names: Int) throws {
        let states = try states(seed: seed, names: names, count: 120)
        let latest = states[states.count - 1]
        var kinds: Set<Event.Kind> = []
        for (index, past) in states.enumerated() {
            let place: Comment = "seed \(seed), \(names) names, state \(index)"
            var domain = latest
            let events = try events(domain, to: past)
            kinds.formUnion(events.map(\.kind))
            let ranks = events.compactMap { rank[$0.kind] }
            if past.graph.currentClaims.isEmpty { #expect(ranks == ranks.sorted(), place) }
            for name in deletedParents(events, latest.graph) { Issue.record("\(name): \(place)") }
            try domain.apply(contentsOf: events)
            #expect(domain.graph.brokenInvariants() == [], place)
            try #require(domain.graph.shows(past.graph), place)
            try #require(try self.events(domain, to: past).isEmpty, place)
            // The events alone lead to the same.
            var replayed = latest
            replayed.beginCommit()
            for event in events { try replayed.applyUnsettled(event) }
            replayed.resolveCycles()
            #expect(replayed.graph == domain.graph, place)
            try domain.apply(contentsOf: try self.events(domain, to: latest))
            try #require(domain.graph.shows(latest.graph), place)
        }
        // Else it would be too tame to show anything.
        #expect(kinds.contains(.checkpointRedefined), "seed \(seed)")
    }

    private let rank: [Event.Kind: Int] = [
        .checkpointDeleted: 0, .checkpointRedefined: 1, .currentSet: 2,
    ]

    /// The checkpoints that are deleted before one that is shown below them.
    private func deletedParents(_ events: [Event], _ graph: MomentGraph) -> [CheckpointName] {
        var deleted: Set<CheckpointName> = []
        var found: [CheckpointName] = []
        for case .checkpointDeleted(let name) in events {
            if !graph.isShownCut(name), let parent = graph.checkpoint(named: name)?.parent,
                deleted.contains(parent)
            {
                found.append(parent)
            }
            deleted.insert(name)
        }
        return found
    }

    @Test("A long chain is reverted without recursion, in linear time")
    func longChain() throws {
        var domain = try Domain.guest()
        for index in 0..<20_000 {
            try domain.apply(
                .checkpointCreated(
                    Checkpoint(
                        name: "n\(index)", parent: index == 0 ? nil : "n\(index - 1)",
                        creationTime: CreationTime(seconds: Int64(index)))))
        }
        let empty = try Domain.guest()
        let deletions = try events(domain, to: empty)
        #expect(deletions.count == 20_000)
        #expect(try events(empty, to: domain).count == 20_000)
    }
}

extension MomentGraph {
    /// Whether the checkpoints, their links, the claims that stand and the recorded pointer are
    /// those of another graph, and so the graph's errors.
    fileprivate func shows(_ other: MomentGraph) -> Bool {
        let names = names(Listing(order: .topological)) ?? []
        return names == other.names(Listing(order: .topological))
            && names.allSatisfy { checkpoint(named: $0) == other.checkpoint(named: $0) }
            && recordedCurrent == other.recordedCurrent && current == other.current
            && currentClaims == other.currentClaims
            && errorFindings == other.errorFindings
    }

    fileprivate var errorFindings: [Finding] {
        findings(domain: "vm1").filter { $0.severity == .error }
    }
}
