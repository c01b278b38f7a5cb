import Moments
import TestSupport
import Testing

struct CommandHistoryTests {
    /// One random history: what was decided, and what went into it from outside.
    struct History {
        var domain = Domain(name: "vm1")
        var commits: [[Event]] = []
        var decided: [Event.Kind: Int] = [:]
        var refused: [MomentlogError.Code: Int] = [:]

        mutating func append(_ commit: [Event], _ place: Comment) throws {
            domain.beginCommit()
            commits.append(commit)
            for event in commit {
                try domain.applyUnsettled(event)
                domain.resolveCycles()
                try #require(domain.graph.brokenInvariants() == [], place)
            }
        }

        /// Decides a command and applies its events.
        mutating func carryOut(
            _ command: Command, in context: DecisionContext, _ place: Comment
        ) throws {
            let hadErrors = domain.graph.hasErrors
            let before = domain
            var isAccepted = false
            do throws(MomentlogError) {
                let decision = try decide(command, for: domain, in: context)
                do { try append(decision, place) } catch { Issue.record(error, place) }
                for event in decision { decided[event.kind, default: 0] += 1 }
                isAccepted = true
            } catch {
                refused[error.code, default: 0] += 1
                #expect(!error.message.isEmpty && !error.message.hasSuffix("."), place)
                #expect(error.hint?.isEmpty == false, place)
            }
            if isAccepted, case .record(let given, _) = command {
                try checkRecord(of: given, before, place)
            }
            let errors = domain.graph.findings(domain: "vm1").filter { $0.severity == .error }
            try #require(hadErrors || errors.isEmpty, place)
            if let current = domain.graph.recordedCurrent {
                try #require(domain.graph.contains(current), place)
            }
        }

        /// All that was given is there as it was given; and nothing else has gone.
        private func checkRecord(
            of given: [Redefinition], _ before: Domain, _ place: Comment
        ) throws {
            var replaced: [CheckpointName] = []
            for checkpoint in given.map(\.checkpoint) {
                let there = domain.graph.checkpoint(named: checkpoint.name)
                try #require(there?.parent == checkpoint.parent, place)
                try #require(there?.creationTime == checkpoint.creationTime, place)
                let known = before.graph.checkpoint(named: checkpoint.name)
                if let known, known.creationTime != checkpoint.creationTime {
                    replaced.append(checkpoint.name)
                    let time = domain.graph.replacedTime(of: checkpoint.name)
                    try #require(time == known.creationTime, place)
                }
            }
            let events = commits[commits.count - 1]
            let findings = before.nameReuses(by: events)
            try #require(findings.flatMap(\.checkpoints) == replaced.sorted(), place)
            let names = Set(given.map(\.checkpoint.name))
            for name in before.graph.names() ?? [] where !names.contains(name) {
                try #require(domain.graph.contains(name), place)
            }
        }

        /// Replays everything from the start.
        func requireSameAfterReplay(_ place: Comment) throws {
            var replayed = Domain(name: "vm1")
            for commit in commits {
                replayed.beginCommit()
                for event in commit { try replayed.applyUnsettled(event) }
            }
            replayed.resolveCycles()
            try #require(replayed.graph == domain.graph, place)
            try #require(replayed.graph.brokenInvariants() == [], place)
            try #require(replayed.name == domain.name, place)
            try #require(replayed.uuid == domain.uuid, place)
            try #require(replayed.definition == domain.definition, place)
            try #require(replayed.isLive == domain.isLive, place)
            try #require(replayed.revision == domain.revision, place)
        }
    }

    @Test(
        "Random commands keep the graph sound, never fail to apply, and replay to the same",
        arguments: Seeds.all, [false, true])
    func histories(seed: UInt64, isFaulty: Bool) throws {
        var decided: [Event.Kind: Int] = [:]
        var refused: [MomentlogError.Code: Int] = [:]
        let codes: [MomentlogError.Code] = [
            .noDomain, .revisionConflict, .invalidXML, .noDefinition, .noSuchDisk, .duplicateDisk,
            .tooManyDisks, .diskNotWritable, .bitmapName, .exists, .selfParent, .parentNotFound,
            .parentCycle, .foreignDomain, .noCheckpoint, .usage, .hasCheckpoints,
        ]
        // Some kinds and refusals are rare: more histories follow until there are enough of each.
        func rareKinds() -> [Event.Kind] {
            Event.Kind.allCases.filter { !$0.isOfStore && decided[$0, default: 0] < 10 }
        }
        func missingCodes() -> [MomentlogError.Code] { codes.filter { refused[$0] == nil } }
        for round in 0..<80
        where round < 20 || !rareKinds().isEmpty || !missingCodes().isEmpty {
            var commands = RandomCommands(seed: seed &+ UInt64(round), names: 2 + round % 7)
            var faults = RandomHistory(seed: seed &+ UInt64(round), names: 2 + round % 7)
            var history = History()
            for step in 0..<150 {
                let place: Comment =
                    "seed \(seed), \(isFaulty ? "faulty, " : "")round \(round), step \(step)"
                if isFaulty && step.isMultiple(of: 10) {
                    for _ in 0..<3 {
                        let event = faults.event()
                        var copy = history.domain
                        if (try? copy.apply(event)) != nil { try history.append([event], place) }
                    }
                }
                let context = commands.context(for: history.domain)
                try history.carryOut(commands.command(for: history.domain), in: context, place)
                if step.isMultiple(of: 30) { try history.requireSameAfterReplay(place) }
            }
            try history.requireSameAfterReplay("seed \(seed), round \(round)")
            decided.merge(history.decided, uniquingKeysWith: +)
            refused.merge(history.refused, uniquingKeysWith: +)
        }
        // Else the commands would be too tame to show anything.
        // Commands are about domains: none leads to an event about the store.
        #expect(rareKinds() == [], "seed \(seed)")
        #expect(missingCodes() == [], "seed \(seed)")
        #expect((refused[.inconsistent] != nil) == isFaulty, "seed \(seed)")
    }

    @Test(
        "A redefinition is refused exactly if it would be in a cycle or below nothing",
        arguments: Seeds.all)
    func redefinitions(seed: UInt64) throws {
        var (accepted, refused) = (0, 0)
        for round in 0..<2_000 {
            let place: Comment = "seed \(seed), round \(round)"
            var random = RandomCommands(seed: seed &+ UInt64(round), names: 2 + round % 6)
            var domain = try Domain.guest()
            var slow = SlowGraph()
            var faults = RandomHistory(seed: seed &+ UInt64(round), names: 2 + round % 6)
            for _ in 0..<12 {
                let event = faults.event()
                if slow.apply(event) { try domain.apply(event) }
            }
            let redefinitions = random.redefinitions()
            for redefinition in redefinitions {
                slow.checkpoints[redefinition.checkpoint.name] = redefinition.checkpoint
            }
            let names = Set(redefinitions.map(\.checkpoint.name))
            let isContradictory =
                names.count < redefinitions.count
                || redefinitions.count(where: { $0.claimsCurrent == true }) > 1
            let isFaulty =
                !names.isDisjoint(with: slow.dangling)
                || !names.isDisjoint(with: slow.cycles.joined())
            do {
                try domain.carryOut(.redefine(redefinitions))
                try #require(!isFaulty && !isContradictory, place)
                for name in slow.names {
                    try #require(
                        domain.graph.checkpoint(named: name) == slow.checkpoints[name], place)
                }
                try #require(domain.graph.count == slow.checkpoints.count, place)
                accepted += 1
            } catch let error as MomentlogError {
                try #require(isFaulty || isContradictory, "\(error), \(place)")
                refused += 1
            }
        }
        #expect(min(accepted, refused) > 400, "seed \(seed)")
    }

    @Test("A deletion takes what its scope says from any graph, and no more", arguments: Seeds.all)
    func deletions(seed: UInt64) throws {
        for round in 0..<250 {
            let place: Comment = "seed \(seed), round \(round)"
            var domain = try Domain.guest()
            var slow = SlowGraph()
            var faults = RandomHistory(seed: seed &+ UInt64(round), names: 2 + round % 6)
            for _ in 0..<20 {
                let event = faults.event()
                if slow.apply(event) { try domain.apply(event) }
            }
            for name in slow.names {
                for scope in DeletionScope.allCases {
                    let below = Set(slow.descendants(of: name))
                    let gone: Set<CheckpointName> =
                        switch scope {
                        case .checkpoint: [name]
                        case .children: below.union([name])
                        case .childrenOnly: below
                        }
                    var copy = domain
                    let words = try copy.carryOut(.delete(name, scope))
                    let left = slow.names.filter { !gone.contains($0) }
                    try #require(copy.graph.names()?.sorted() == left, place)
                    // The pointer: untouched, on what is above all that went, or on the last
                    // that claims it.
                    let recorded = domain.graph.recordedCurrent
                    let isGone = recorded.map { gone.contains($0) } ?? false
                    let claims = domain.graph.currentClaims
                    let claimsLeft = claims.filter { !gone.contains($0) }
                    let heir = scope == .childrenOnly ? name : slow.checkpoints[name]?.parent
                    var expected = isGone ? nil : recorded
                    if claims.isEmpty || claimsLeft.isEmpty {
                        if isGone { expected = heir.flatMap { left.contains($0) ? $0 : nil } }
                    } else if claimsLeft.count == 1 {
                        expected = expected ?? claimsLeft[0]
                    }
                    try #require(copy.graph.recordedCurrent == expected, place)
                    let isReported =
                        expected != recorded && (claimsLeft.count < 2 || claims.isEmpty)
                    try #require(words.contains("current") == isReported, place)
                }
            }
        }
    }
}
