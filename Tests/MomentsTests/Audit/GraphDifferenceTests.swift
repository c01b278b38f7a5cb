import Moments
import TestSupport
import Testing

struct GraphDifferenceTests {
    /// A domain after each event of a random history that fits.
    private static func states(seed: UInt64, names: Int, count: Int) -> [Domain] {
        var history = RandomHistory(seed: seed, names: names)
        var domain = Domain(name: "vm")
        var states = [domain]
        while states.count < count {
            var next = domain
            let about: Event? =
                switch Int.random(in: 0..<12, using: &history.generator) {
                case 0: .domainRenamed(to: "vm\(Int.random(in: 0...2, using: &history.generator))")
                case 1:
                    .domainDefined(
                        name: "vm", uuid: nil,
                        definition: DefinitionDigest(bytes: [UInt8](repeating: 3, count: 32)))
                case 2: .domainUndefined
                default: nil
                }
            guard (try? next.apply(about ?? history.event())) != nil else { continue }
            domain = next
            states.append(domain)
        }
        return states
    }

    /// The content of a difference as plain values.
    private struct State: Equatable {
        var name: String
        var definition: DefinitionDigest?
        var isLive: Bool
        var checkpoints: [CheckpointName: Checkpoint]
        /// By checkpoint and disk.
        var verdicts: [[String]: BitmapVerdict]
        var claims: [CheckpointName]
        var current: CheckpointName?

        init(_ domain: Domain) {
            name = domain.name
            definition = domain.definition
            isLive = domain.isLive
            checkpoints = [:]
            verdicts = [:]
            for moment in domain.graph.list() ?? [] {
                let name = moment.checkpoint.name
                checkpoints[name] = moment.checkpoint
                for seen in domain.graph.health(of: name) {
                    verdicts[[name.text, seen.disk]] = seen.verdict
                }
            }
            claims = domain.graph.currentClaims
            current = domain.graph.current
        }

        mutating func apply(_ difference: GraphDifference) throws {
            if let change = difference.name {
                #expect(change.from == name)
                name = change.to
            }
            if let change = difference.definition { definition = change.to }
            if let change = difference.isLive { isLive = change.to }
            for checkpoint in difference.removed {
                #expect(checkpoints.removeValue(forKey: checkpoint.name) == checkpoint)
                verdicts = verdicts.filter { $0.key[0] != checkpoint.name.text }
            }
            for checkpoint in difference.added {
                #expect(checkpoints.updateValue(checkpoint, forKey: checkpoint.name) == nil)
            }
            for replaced in difference.replaced {
                // What changed is all there is to change.
                var checkpoint = try #require(checkpoints[replaced.before.name])
                #expect(checkpoint == replaced.before)
                if let change = replaced.parent { checkpoint.parent = change.to }
                if let change = replaced.description { checkpoint.description = change.to }
                if let change = replaced.creationTime { checkpoint.creationTime = change.to }
                if let change = replaced.disks { checkpoint.disks = change.to }
                if let change = replaced.definition { checkpoint.definition = change.to }
                #expect(checkpoint == replaced.after)
                checkpoints[checkpoint.name] = checkpoint
            }
            for change in difference.verdicts {
                let place = [change.checkpoint.text, change.disk]
                #expect(change.from?.verdict == verdicts[place])
                #expect(change.from?.verdict != change.to?.verdict)
                verdicts[place] = change.to?.verdict
            }
            if let change = difference.claims { claims = change.to }
            if let change = difference.current {
                #expect(change.from == current)
                current = change.to
            }
        }
    }

    @Test(
        "A difference, applied to the earlier state, gives the later one; it is empty for equals",
        arguments: Seeds.all, [2, 5, 9])
    func application(seed: UInt64, names: Int) throws {
        let states = Self.states(seed: seed, names: names, count: 60)
        var empty = 0
        for (first, before) in states.enumerated() {
            for (last, after) in states.enumerated().dropFirst(first) {
                let place: Comment = "seed \(seed), from \(first) to \(last)"
                let difference = GraphDifference(from: before, to: after)
                var state = State(before)
                // The name of what did not exist is no name.
                if first == 0 { state.name = after.name }
                try state.apply(difference)
                try #require(state == State(after), place)
                var start = State(before)
                if first == 0 { start.name = after.name }
                try #require(difference.isEmpty == (start == State(after)), place)
                empty += difference.isEmpty ? 1 : 0
            }
        }
        #expect(empty >= states.count)
    }

    @Test("A changed verdict is a difference; the same one, seen again, is not")
    func verdicts() throws {
        var domain = Domain(name: "vm")
        let disks = [Disk(name: "vda"), Disk(name: "vdb")]
        for (name, time) in [("z", 1), ("a", 2)] {
            try domain.apply(
                .checkpointCreated(
                    Checkpoint(
                        name: CheckpointName(name),
                        creationTime: CreationTime(seconds: Int64(time)), disks: disks))
            )
        }
        func observe(
            _ name: CheckpointName, _ disk: String, _ verdict: BitmapVerdict, _ time: Int64
        ) throws {
            try domain.apply(
                .bitmapObserved(
                    BitmapObservation(
                        checkpoint: name, disk: disk, bitmap: name.text, verdict: verdict,
                        observationTime: time)))
        }
        try observe("z", "vda", .valid, 1)
        try observe("z", "vdb", .valid, 1)
        try observe("a", "vda", .valid, 1)
        let before = domain
        try observe("a", "vda", .missing, 2)
        try observe("a", "vdb", .valid, 2)
        try observe("z", "vda", .valid, 2)
        #expect(try GraphDifference(from: before, to: with("z", "vda", .valid, 3, before)).isEmpty)
        // It covers vdb no more.
        try domain.apply(
            .checkpointRedefined(
                Checkpoint(name: "z", creationTime: 1, disks: [Disk(name: "vda")]),
                claimsCurrent: false))
        let words = GraphDifference(from: before, to: domain).verdicts.map { change in
            [change.from, change.to].reduce("\(change.checkpoint) \(change.disk)") {
                $0 + " " + ($1.map { "\($0.verdict.rawValue) \($0.observationTime)" } ?? "-")
            }
        }
        #expect(
            words == ["z vdb valid 1 -", "a vda valid 1 missing 2", "a vdb - valid 2"])
    }

    private func with(
        _ name: CheckpointName, _ disk: String, _ verdict: BitmapVerdict, _ time: Int64,
        _ domain: Domain
    ) throws -> Domain {
        var domain = domain
        try domain.apply(
            .bitmapObserved(
                BitmapObservation(
                    checkpoint: name, disk: disk, bitmap: name.text, verdict: verdict,
                    observationTime: time)))
        return domain
    }

    @Test("Added, removed, moved and changed checkpoints are distinguished, by creation time")
    func parts() throws {
        var domain = Domain(name: "vm")
        func checkpoint(_ name: CheckpointName, _ parent: CheckpointName?, _ time: Int64)
            -> Checkpoint
        {
            Checkpoint(name: name, parent: parent, creationTime: CreationTime(seconds: time))
        }
        try domain.apply(.checkpointCreated(checkpoint("c1", nil, 1)))
        try domain.apply(.checkpointCreated(checkpoint("c2", "c1", 2)))
        try domain.apply(.checkpointCreated(checkpoint("c3", "c2", 3)))
        try domain.apply(.currentSet("c3"))
        let before = domain
        try domain.apply(.checkpointDeleted("c2"))
        try domain.apply(.checkpointCreated(checkpoint("z", "c3", 4)))
        try domain.apply(.checkpointCreated(checkpoint("a", "c3", 5)))
        try domain.apply(
            .checkpointRedefined(
                Checkpoint(name: "c1", description: "new", creationTime: 1), claimsCurrent: false))
        try domain.apply(.currentSet("a"))
        let difference = GraphDifference(from: before, to: domain)
        #expect(difference.added.map(\.name) == ["z", "a"])
        #expect(difference.removed.map(\.name) == ["c2"])
        #expect(difference.replaced.map(\.after.name) == ["c1", "c3"])
        #expect(difference.replaced[0].description?.to == "new")
        #expect(difference.replaced[0].parent == nil)
        #expect(difference.replaced[1].parent?.from == "c2")
        #expect(difference.replaced[1].parent?.to == "c1")
        #expect(difference.current?.from == "c3" && difference.current?.to == "a")
        #expect(difference.name == nil && difference.isLive == nil && difference.claims == nil)
    }
}
