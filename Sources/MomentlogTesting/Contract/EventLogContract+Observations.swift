import EventLog
import Moments

extension EventLogContract {
    /// The observations that an engine stores beside the log.
    static let observations: [Case] = [
        Case("An observation is stored in place of the one before, and is not part of the log") {
            subject in
            let log = subject.log
            let (one, other) = try (uuid(1), uuid(2))
            try await Expect.that(log.observation(of: one) == nil, "nothing was stored")
            try await log.store([one: observation(at: 1, "c1"), other: observation(at: 2)])
            try await log.store([one: observation(at: 3, "c2", "c3")])
            try await Expect.equal(
                log.observation(of: one), observation(at: 3, "c2", "c3"), "the observation")
            try await Expect.equal(
                log.observations(),
                [one: observation(at: 3, "c2", "c3"), other: observation(at: 2)],
                "all observations")
            try await log.store([one: observation(at: 2, "c9"), other: observation(at: 2)])
            try await Expect.equal(
                log.observation(of: one), observation(at: 3, "c2", "c3"),
                "the observation after an earlier one")
            try await log.store([:])
            try await Expect.equal(log.size(), 0, "the size")
        },
        Case("A commit stores its observations, and a refused one does not") { subject in
            let log = subject.log
            let (one, other) = try (uuid(1), uuid(2))
            var commit = LogUnderTest.defining("vm1", uuid: one)
            commit.observations = [one: observation(at: 1, "c1")]
            _ = try await log.append(commit)
            var refused = LogUnderTest.defining("vm1", uuid: other)
            refused.observations = [one: observation(at: 2), other: observation(at: 2)]
            try await Expect.refusal(.exists, "a second domain of a name") {
                [refused] in _ = try await log.append(refused)
            }
            try await Expect.equal(
                log.observations(), [one: observation(at: 1, "c1")], "all observations")
        },
        Case("What was pruned is stored with an observation, and before the first one") { subject in
            let log = subject.log
            let (one, other) = try (uuid(1), uuid(2))
            var observed = observation(at: 1, "c1")
            observed.pruned = [pruning("c1", -5, 7)]
            var unobserved = DomainObservation(unobservedAt: Timestamp(seconds: 2))
            unobserved.pruned = [pruning("c1", 1, 8), pruning("c 2", 2, 9)]
            try await log.store([one: observed, other: unobserved])
            try await Expect.equal(log.observation(of: one), observed, "the observation")
            try await Expect.equal(log.observation(of: other), unobserved, "the pruned ones")
            // An earlier or a later observation keeps them, and only what is named is forgotten.
            try await log.store([one: observation(at: 0), other: observation(at: 3, "c1")])
            try await Expect.equal(log.observation(of: one), observed, "after an earlier one")
            var later = observation(at: 3, "c1")
            later.pruned = unobserved.pruned
            try await Expect.equal(log.observation(of: other), later, "after a later one")
            var more = DomainObservation(unobservedAt: Timestamp(seconds: 9))
            more.pruned = [pruning("c3", 3, 10)]
            more.forgotten = [pruning("c1", 1, 8), pruning("c1", 1, 1)]
            try await log.store([other: more])
            later.pruned = [pruning("c 2", 2, 9), pruning("c3", 3, 10)]
            try await Expect.equal(log.observation(of: other), later, "after another pruning")
        },
        Case("An observation whose checkpoints are not known is refused") { subject in
            let log = subject.log
            let (one, other) = try (uuid(1), uuid(2))
            var unknown = observation(at: 1)
            unknown.checkpoints = nil
            try await Expect.refusal(.usage, "an observation of no checkpoints") {
                [unknown] in try await log.store([one: unknown, other: observation(at: 1)])
            }
            try await Expect.equal(log.observations(), [:], "all observations")
        },
    ]

    private static func uuid(_ number: Int) throws -> DomainUUID {
        try Expect.some(LogUnderTest.uuid(number), "a UUID")
    }

    private static func pruning(
        _ name: CheckpointName, _ creationTime: CreationTime, _ revision: Int
    ) -> DomainObservation.PrunedCheckpoint {
        .init(.init(name: name, creationTime: creationTime), revision: revision)
    }

    private static func observation(
        at seconds: Int64, _ names: CheckpointName...
    ) -> DomainObservation {
        DomainObservation(
            time: Timestamp(seconds: seconds),
            connection: LibvirtConnection(
                uri: "qemu:///system", host: "host '\u{E9}'", version: "9.0.0"),
            checkpoints: Set(
                names.map { DomainObservation.ObservedCheckpoint(name: $0, creationTime: -5) }))
    }
}
