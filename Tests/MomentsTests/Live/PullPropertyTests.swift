import TestSupport
import Testing

@testable import Moments

/// What holds whatever happened in a libvirt between two observations.
struct PullPropertyTests {
    @Test(
        "After any changes the record equals what was observed, and pulling again appends nothing",
        arguments: Seeds.all)
    func randomHistories(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var pulls = 0
        for round in 0..<60 {
            var record = try Domain.guest()
            var there = try Domain.guest()
            var time: Int64 = 100
            for step in 0..<25 {
                let place: Comment = "seed \(seed), round \(round), step \(step)"
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    time += 1
                    there.change(at: time, using: &random)
                }
                let checkpoints = (there.graph.list() ?? []).map(\.checkpoint)
                let observed = ObservedDomain(
                    name: "vm1", uuid: Guest.uuid,
                    checkpoints: checkpoints.shuffled(using: &random))
                let pull = Pull(
                    observed,
                    Evidence(
                        isPersistent: Bool.random(using: &random), isActive: true,
                        connection: Evidence.here,
                        previous: record.observation(at: time - 3, using: &random)),
                    acceptsGone: Bool.random(using: &random))
                let decision = try decide(pull, for: record, in: .guest())
                let before = record.graph
                record.beginCommit()
                try record.apply(contentsOf: decision.events)
                try #require(record.graph.brokenInvariants() == [], place)
                if decision.result == .lost {
                    try #require(!pull.acceptsGone && decision.events == [], place)
                    // A loss is only what is missing.
                    try #require(
                        before.names()?.contains { !there.graph.contains($0) } == true, place)
                    continue
                }
                pulls += 1
                try #require((record.graph.list() ?? []).map(\.checkpoint) == checkpoints, place)
                try #require(try decide(pull, for: record, in: .guest()).events == [], place)
            }
        }
        #expect(pulls > 300)
    }

    @Test("Each change between two observations is one event", arguments: Seeds.all)
    func oneEvent(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var record = try Domain.guest()
        var there = try Domain.guest()
        for step in 0..<400 {
            there.change(at: Int64(100 + step), using: &random, isSingle: true)
            let checkpoints = (there.graph.list() ?? []).map(\.checkpoint)
            let pull = Pull(
                ObservedDomain(name: "vm1", uuid: Guest.uuid, checkpoints: checkpoints), .running,
                acceptsGone: true)
            let events = try decide(pull, for: record, in: .guest()).events
            let changes = events.filter { $0.kind != .currentSet }
            try #require(changes.count <= 1, "seed \(seed), step \(step): \(events.words)")
            try record.apply(contentsOf: events)
        }
    }
}

extension Domain {
    /// What an observation showed: what is recorded, but in one of four cases a part of it.
    fileprivate func observation(
        at time: Int64, using random: inout SplitMix64
    ) -> DomainObservation {
        let isComplete = Int.random(in: 0..<4, using: &random) > 0
        let checkpoints = (graph.list() ?? []).map(\.checkpoint)
            .filter { _ in isComplete || Bool.random(using: &random) }
        return DomainObservation(
            time: Timestamp(seconds: time), connection: Evidence.here,
            checkpoints: Set(checkpoints.map { DomainObservation.ObservedCheckpoint($0) }))
    }

    /// Changes it as a client of libvirt might.
    fileprivate mutating func change(
        at time: Int64, using random: inout SplitMix64, isSingle: Bool = false
    ) {
        let names = graph.names() ?? []
        let name = names.randomElement(using: &random) ?? "c0"
        let new = isSingle ? "c\(time)" : "c\(Int.random(in: 0..<9, using: &random))"
        let command: Command
        switch Int.random(in: 0..<6, using: &random) {
        case 0 where !isSingle: command = .delete(name, .children)
        case 1 where !isSingle: command = .delete(name, .childrenOnly)
        case 2: command = .delete(name, .checkpoint)
        case 3:
            guard var checkpoint = graph.checkpoint(named: name) else { return }
            checkpoint.parent = names.randomElement(using: &random)
            checkpoint.description = "changed at \(time)"
            command = .redefine([Redefinition(checkpoint)])
        default: command = .create(CheckpointRequest(name: CheckpointName(new)))
        }
        guard let events = try? decide(command, for: self, in: .guest(at: time)) else { return }
        try? apply(contentsOf: events)
    }
}
