import TestSupport
import Testing

@testable import Moments

/// What holds for every adoption.
struct AdoptPropertyTests {
    /// The errors of graphs that a library may have, and a single command may not make.
    private static let graphErrors: [MomentlogError.Code] = [
        .parentNotFound, .selfParent, .parentCycle,
    ]

    @Test(
        "Whatever an import appends, single commands could have appended, but for graph errors",
        arguments: Seeds.all)
    func singleCommands(seed: UInt64) throws {
        var adoptions = RandomAdoptions(seed: seed)
        var eventCount = 0
        var exceptions: [MomentlogError.Code: Int] = [:]
        for round in 0..<300 {
            var domain = Domain(name: "vm1")
            for step in 0..<4 {
                let place: Comment = "seed \(seed), round \(round), step \(step)"
                if !domain.isLive, adoptions.isChosen(1, of: 2) {
                    domain = try .guest("c1 c2<-c1", current: "c2")
                }
                let adoption = try adoptions.adoption()
                guard
                    let decision = try? decide(
                        adoption, for: domain, in: DecisionContext(creationTime: 0))
                else { continue }
                try #require(decision.events.count == decision.origins.count, place)
                domain.beginCommit()
                for (event, origin) in zip(decision.events, decision.origins) {
                    if let code = try refusal(of: event, origin, adoption, domain, place) {
                        exceptions[code, default: 0] += 1
                    }
                    try domain.applyUnsettled(event)
                    domain.resolveCycles()
                    eventCount += 1
                }
                try #require(domain.graph.brokenInvariants() == [], place)
                try #require(decision.report.current == domain.graph.current, place)
                try #require(decision.report.uuid == domain.uuid, place)
            }
        }
        #expect(eventCount > 1_000)
        #expect(Set(exceptions.keys) == Set(Self.graphErrors))
    }

    /// Expects that a single command leads to an event; returns the graph error that keeps it.
    private func refusal(
        of event: Event, _ origin: Origin, _ adoption: Adoption, _ domain: Domain,
        _ place: Comment
    ) throws -> MomentlogError.Code? {
        let context = DecisionContext(creationTime: 0)
        switch event {
        case .domainDefined(name: let name, uuid: let uuid, definition: let definition):
            guard let definition else {
                // No document holds a definition, and without one there is no such command.
                try #require(domain.definition == nil && DomainName.fault(in: name) == nil, place)
                try #require(uuid == domain.uuid || domain.uuid == nil, place)
                return nil
            }
            let command = Command.define(name: name, uuid: uuid, definition: definition)
            let events = try decide(command, for: domain, in: context)
            try #require(events == [event], place)
        case .checkpointRedefined(let checkpoint, claimsCurrent: let claims):
            let source = adoption.documents.first {
                origin == .importedFile(name: $0.name, sha256: $0.sha256)
                    && $0.checkpoint == checkpoint
            }
            // A child that the deletion of its parent has moved is moved back.
            let isMoved =
                domain.graph.checkpoint(named: checkpoint.name).map {
                    var known = $0
                    known.parent = checkpoint.parent
                    return known == checkpoint
                } ?? false
            try #require(
                !claims || isMoved || adoption.documents.count(where: \.claimsCurrent) > 1, place)
            try #require(
                source != nil || origin == .importedLibrary && (claims || isMoved), place)
            let redefinition = Redefinition(
                checkpoint, domainUUID: source == nil ? domain.uuid : source?.domainUUID,
                domainDisks: Guest.disks)
            do throws(MomentlogError) {
                let events = try decide(.redefine([redefinition]), for: domain, in: context)
                guard case .checkpointRedefined(let recorded, claimsCurrent: _)? = events.first
                else { throw MomentlogError(.corrupt, "\(events)") }
                #expect(recorded == checkpoint, place)
            } catch {
                #expect(Self.graphErrors.contains(error.code), "\(place) \(error)")
                return error.code
            }
        case .checkpointDeleted(let name):
            let known = domain.graph.checkpoint(named: name)
            let given = adoption.documents.filter { $0.checkpoint.name == name }
            try #require(
                adoption.replaces
                    && given.contains { $0.checkpoint.creationTime != known?.creationTime },
                place)
        case .currentSet(let name):
            let events = try decide(.setCurrent(name), for: domain, in: context)
            // The deletion of the current one is followed by what is current then, also none.
            let isStated = name == nil && domain.graph.recordedCurrent == nil
            try #require(events == [event] || isStated, place)
        default: Issue.record("\(place): an import does not lead to \(event)")
        }
        return nil
    }

    @Test("An import of the same library appends nothing the second time", arguments: Seeds.all)
    func again(seed: UInt64) throws {
        var adoptions = RandomAdoptions(seed: seed)
        for round in 0..<500 {
            var domain = Domain(name: "vm1")
            let adoption = try adoptions.adoption()
            let context = DecisionContext(creationTime: 0)
            guard let first = try? decide(adoption, for: domain, in: context) else { continue }
            try domain.apply(contentsOf: first.events)
            // A name that was guessed does not relate the documents to the domain any more.
            guard let second = try? decide(adoption, for: domain, in: context) else { continue }
            #expect(second.events == [], "seed \(seed), round \(round)")
            #expect(second.report.current == first.report.current)
        }
    }

    @Test(
        "Checkpoints are recorded in the order in which their graph lists them, parents first",
        arguments: Seeds.all)
    func order(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for round in 0..<500 {
            let names: [CheckpointName] = (0..<Int.random(in: 0...9, using: &generator))
                .map { "n\($0)" }
            let checkpoints = names.shuffled(using: &generator).map { name in
                Checkpoint(
                    name: name,
                    parent: ([nil, "ghost"] + names).randomElement(using: &generator) ?? nil,
                    creationTime: CreationTime(seconds: Int64.random(in: 0..<4, using: &generator)))
            }
            var graph = MomentGraph()
            try graph.apply(
                contentsOf: checkpoints.map { .checkpointRedefined($0, claimsCurrent: false) })
            let order = FamilyOrder(checkpoints).indices.map { checkpoints[$0].name }
            #expect(
                order == graph.names(Listing(.all, order: .topological)),
                "seed \(seed), round \(round)")
        }
    }

    @Test("The order of a chain of 100 000 checkpoints takes no recursion and no square of time")
    func longChain() {
        let checkpoints = (0..<100_000).map { number in
            Checkpoint(
                name: "c\(number)", parent: number == 0 ? nil : "c\(number - 1)",
                creationTime: CreationTime(seconds: Int64(100_000 - number)))
        }
        let order = FamilyOrder(checkpoints.reversed()).indices
        #expect(order.first == 99_999 && order.last == 0)
    }
}
