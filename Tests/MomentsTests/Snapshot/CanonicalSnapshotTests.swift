import TestSupport
import Testing

@testable import Moments

struct CanonicalSnapshotTests {
    /// All that a graph answers.
    private static func answers(_ domain: Domain) -> [String] {
        let graph = domain.graph
        var answers = [
            "\(graph.list() ?? [])", graph.tree, "\(graph.findings(domain: "d"))",
            "\(graph.current ?? "-") \(graph.recordedCurrent ?? "-") \(graph.currentClaims)",
            "\(graph.redefinitionOrder())", "\(graph.refusedByLibvirt)",
            "\(graph.libvirtCurrentAtStart ?? "-")", "\(graph.missingParents.sorted())",
            "\(graph.names(Listing(.roots, order: .topological)) ?? [])",
            decision(domain, .repair(Repair())),
        ]
        for name in graph.names() ?? [] {
            answers += [
                "\(name) \(graph.health(of: name))",
                "\(graph.names(Listing(.children(of: name))) ?? [])",
                "\(graph.detachedParent(of: name) ?? "-") \(graph.replacedTime(of: name) ?? -9)",
                "\(graph.names(Listing(.descendants(of: name), order: .topological)) ?? [])",
                decision(domain, .delete(name, .checkpoint)),
                decision(domain, .delete(name, .childrenOnly)),
                decision(domain, .repair(Repair(current: name))),
            ]
        }
        return answers
    }

    private static func decision(_ domain: Domain, _ command: Command) -> String {
        do {
            return "\(try decide(command, for: domain, in: DecisionContext(creationTime: 9)))"
        } catch {
            return "\(error)"
        }
    }

    private static func start() throws -> Domain {
        var domain = Domain(name: "vm ü")
        try domain.apply(
            .domainDefined(
                name: "vm ü", uuid: DomainUUID("0123456789abcdef0123456789abcdef"),
                definition: DefinitionDigest(bytes: [UInt8](repeating: 7, count: 32))))
        return domain
    }

    /// A domain in whose graph slots and shared values came and went.
    private static func startWithReusedSlots(
        _ random: inout SplitMix64, names: Int
    ) throws -> Domain {
        var domain = try start()
        var graph = domain.graph
        var history = RandomHistory(seed: random.next(), names: names)
        for _ in 0..<40 { try? graph.apply(history.event()) }
        for name in (graph.names() ?? []).shuffled(using: &random) {
            try graph.apply(.checkpointDeleted(name))
        }
        try graph.apply(.currentSet(nil))
        domain = Domain(
            name: domain.name, uuid: domain.uuid, definition: domain.definition,
            isLive: domain.isLive, revision: domain.revision, graph: graph)
        return domain
    }

    @Test(
        "The same events lead to the same bytes, however they were applied",
        arguments: Seeds.all, [1, 3, 8, 40])
    func canonical(seed: UInt64, names: Int) throws {
        var random = SplitMix64(seed: seed)
        for round in 0..<20 {
            let place: Comment = "seed \(seed), \(names) names, round \(round)"
            var history = CommitHistory(seed: seed &+ UInt64(round), names: names)
            var incremental = try Self.start()
            var reused = try Self.startWithReusedSlots(&random, names: names)
            var replayed = try Self.start()
            var resumed = try Self.start()
            for commit in 0..<40 {
                let events = history.commit(after: incremental)
                try incremental.apply(contentsOf: events)
                try reused.apply(contentsOf: events)
                replayed.beginCommit()
                for event in events { try replayed.applyUnsettled(event) }
                try resumed.apply(contentsOf: events)
                let bytes = DomainSnapshot.encode(incremental)
                try #require(DomainSnapshot.encode(reused) == bytes, place)
                if commit.isMultiple(of: 7) {
                    resumed = try #require(DomainSnapshot.decode(bytes), place)
                    try #require(resumed.graph.brokenInvariants() == [], place)
                }
                try #require(DomainSnapshot.encode(resumed) == bytes, place)
            }
            replayed.resolveCycles()
            try #require(
                DomainSnapshot.encode(replayed) == DomainSnapshot.encode(incremental), place)
            try #require(replayed.graph == incremental.graph, place)
            try #require(reused.graph == incremental.graph, place)
            try #require(resumed.graph == incremental.graph, place)
        }
    }

    @Test(
        "A decoded domain answers like the original, also after every later commit",
        arguments: Seeds.all, [2, 4, 9])
    func laterBehaviour(seed: UInt64, names: Int) throws {
        for round in 0..<15 {
            let seed = seed &+ UInt64(round)
            var history = CommitHistory(seed: seed, names: names)
            var domain = try Self.start()
            for _ in 0..<Int(seed % 40) {
                try domain.apply(contentsOf: history.commit(after: domain))
            }
            var decoded = try #require(DomainSnapshot.decode(DomainSnapshot.encode(domain)))
            for commit in 0..<15 {
                let place: Comment = "seed \(seed), \(names) names, commit \(commit)"
                try #require(decoded.graph == domain.graph, place)
                try #require(Self.answers(decoded) == Self.answers(domain), place)
                let events = history.commit(after: domain)
                try domain.apply(contentsOf: events)
                try decoded.apply(contentsOf: events)
                try #require(decoded.graph.brokenInvariants() == [], place)
            }
            // What does not fit one does not fit the other.
            var (left, right) = (domain.graph, decoded.graph)
            var events = RandomHistory(seed: ~seed, names: names)
            for _ in 0..<30 {
                let event = events.event()
                let fits = (try? left.apply(event)) != nil
                try #require(fits == ((try? right.apply(event)) != nil), "seed \(seed)")
            }
            try #require(left == right, "seed \(seed)")
        }
    }

    @Test("Each fact that a snapshot holds changes its bytes")
    func sensitivity() throws {
        var domain = try Self.start()
        try domain.apply(.checkpointCreated(Checkpoint(name: "a", creationTime: 1)))
        try domain.apply(
            .checkpointRedefined(
                Checkpoint(name: "b", parent: "ghost", creationTime: 2), claimsCurrent: false))
        let facts: [Event] = [
            .currentSet("a"), .domainUndefined, .domainRenamed(to: "other"),
            .checkpointCreated(Checkpoint(name: "ghost", creationTime: 1)),
            .checkpointRedefined(Checkpoint(name: "b", creationTime: 2), claimsCurrent: false),
            .checkpointRedefined(Checkpoint(name: "a", creationTime: 1), claimsCurrent: true),
            .bitmapObserved(
                BitmapObservation(
                    checkpoint: "a", disk: "vda", bitmap: "a", verdict: .valid,
                    observationTime: 3)),
        ]
        var seen = [DomainSnapshot.encode(Self.atRevisionZero(domain))]
        for fact in facts {
            try domain.apply(fact)
            let bytes = DomainSnapshot.encode(Self.atRevisionZero(domain))
            #expect(!seen.contains(bytes), "\(fact)")
            seen.append(bytes)
        }
    }

    private static func atRevisionZero(_ domain: Domain) -> Domain {
        Domain(
            name: domain.name, uuid: domain.uuid, definition: domain.definition,
            isLive: domain.isLive, revision: 0, graph: domain.graph)
    }
}
