import TestSupport
import Testing

@testable import Moments

struct CheckpointHistoryTests {
    private static func recorded(_ event: Event, _ sequence: Int) -> RecordedEvent {
        RecordedEvent(
            sequence: sequence, commit: sequence, revision: sequence, domain: "vm",
            time: Timestamp(seconds: Int64(sequence)), provenance: Provenance(actor: "a"),
            origin: .library, event: event)
    }

    @Test("A name that was deleted and created again has two lifetimes")
    func lives() throws {
        func checkpoint(_ name: CheckpointName, _ parent: CheckpointName?) -> Checkpoint {
            Checkpoint(name: name, parent: parent, creationTime: 1)
        }
        let events: [Event] = [
            .checkpointCreated(checkpoint("a", nil)),  // 1
            .checkpointCreated(checkpoint("b", "a")),
            .checkpointCreated(checkpoint("c", "b")),  // 3
            .currentSet("c"),
            .checkpointDeleted("b"),  // 5: c moves
            .checkpointDeleted("a"),  // 6: c is a root
            .currentSet(nil),
            .checkpointDeleted("c"),  // 8
            .checkpointRedefined(checkpoint("c", nil), claimsCurrent: false),  // 9
            .checkpointRedefined(checkpoint("c", "gone"), claimsCurrent: false),
        ]
        var history = CheckpointHistory(of: "c")
        for (index, event) in events.enumerated() {
            try history.take(Self.recorded(event, index + 1))
        }
        let positions = history.lives.map { $0.steps.map(\.recorded.sequence) }
        #expect(positions == [[3, 4, 5, 6, 8], [9, 10]])
        #expect(history.lives.map(\.hasEnded) == [true, false])
        #expect(
            history.lives[0].steps.map(\.change).dropFirst(1) == [
                .becameCurrent, .moved(from: "b", to: "a"), .moved(from: "a", to: nil), .deleted,
            ])
        #expect(history.lives[1].steps[0].change == .added(checkpoint("c", nil)))
        guard case .redefined(let replacement) = history.lives[1].steps[1].change else {
            Issue.record("it was redefined")
            return
        }
        #expect(replacement.parent?.to == "gone")
    }

    @Test("The steps of a lifetime lead to the present checkpoint", arguments: Seeds.all)
    func steps(seed: UInt64) throws {
        var random = RandomHistory(seed: seed, names: 5)
        var graph = MomentGraph()
        var histories = random.names.map { CheckpointHistory(of: $0) }
        for step in 1...500 {
            let event = random.event()
            guard (try? graph.apply(event)) != nil else { continue }
            for index in histories.indices {
                try histories[index].take(Self.recorded(event, step))
                let history = histories[index]
                let place: Comment = "seed \(seed), step \(step), \(history.name)"
                var checkpoint: Checkpoint?
                var seen: [String: BitmapObservation] = [:]
                for change in history.lives.last?.steps.map(\.change) ?? [] {
                    switch change {
                    case .created(let new), .added(let new): checkpoint = new
                    case .redefined(let replacement):
                        try #require(checkpoint == replacement.before, place)
                        checkpoint = replacement.after
                        let (old, new) = (replacement.before, replacement.after)
                        seen = seen.filter { disk, _ in
                            old.creationTime == new.creationTime
                                && old.bitmap(on: disk) == new.bitmap(on: disk)
                        }
                    case .moved(from: let from, to: let to):
                        try #require(checkpoint?.parent == from, place)
                        checkpoint?.parent = to
                    case .becameCurrent: break
                    case .observed(let now, before: let before):
                        try #require(before == seen[now.disk], place)
                        seen[now.disk] = now
                    case .deleted: checkpoint = nil
                    }
                }
                try #require(checkpoint == graph.checkpoint(named: history.name), place)
                let hasEnded = history.lives.last?.hasEnded ?? true
                try #require(hasEnded != graph.contains(history.name), place)
                try #require(!history.lives.dropLast().contains { !$0.hasEnded }, place)
            }
        }
        #expect(histories.contains { $0.lives.count > 5 })
    }
}
