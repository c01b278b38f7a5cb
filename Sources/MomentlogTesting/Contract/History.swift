import EventLog
import Moments

/// A history of two domains that contains every kind of event, and in which the clock is set back.
struct History: Sendable {
    /// The domain with the most events.
    let domain: DomainEntry.ID
    /// The events of that domain, commit by commit.
    private(set) var commits: [[Event]] = []
    /// The times of all commits of the log, by the clock.
    private(set) var times: [Int64] = []
    /// The number of events of the log.
    private(set) var size = 0

    /// Appends the history to an empty log.
    init(appendedTo log: any EventLog) async throws {
        let definition = DefinitionDigest(of: [7])
        let defined = Event.domainDefined(
            name: "vm1", uuid: LogUnderTest.uuid(1), definition: definition)
        var first = LogUnderTest.defining("vm1", uuid: LogUnderTest.uuid(1), definition: [7])
        first.time = Timestamp(seconds: 1_000)
        domain = try await log.append(first).domain
        commits.append([defined])
        times.append(1_000)
        let seen = BitmapObservation(
            checkpoint: "c2", disk: "vda", bitmap: "c2", verdict: .missing, image: "/a",
            observationTime: 5)
        let full = Checkpoint(
            name: "c2", description: "\u{1F}\u{E9}", parent: "c1", creationTime: 1_700_000_001,
            disks: [Disk(name: "vda", bitmap: "c2"), Disk(name: "vdb", mode: .no)],
            definition: definition)
        var moved = full
        moved.parent = nil
        let steps: [(time: Int64, events: [Event])] = [
            (1_010, LogUnderTest.creating("c1")),
            (1_005, [.checkpointCreated(full), .currentSet("c2")]),
            (1_020, [.bitmapObserved(seen)]),
            (1_020, [.domainRenamed(to: "vm2")]),
            (1_015, [.checkpointRedefined(moved, claimsCurrent: true)]),
            (1_030, LogUnderTest.creating("c3", parent: "c2")),
            (1_030, [.checkpointDeleted("c2"), .currentSet(nil)]),
            (1_040, [.checkpointCreated(Checkpoint(name: "c2", creationTime: 1_700_000_002))]),
            (1_041, [.findingAcknowledged(Acknowledgement(.nameReused, of: "c2"))]),
            (1_050, ["c1", "c2", "c3"].map { .checkpointDeleted($0) } + [.domainUndefined]),
            (
                1_060,
                [
                    .domainDefined(
                        name: "vm4", uuid: LogUnderTest.uuid(1), definition: definition)
                ]
            ),
        ]
        for (place, step) in steps.enumerated() {
            if place == 3 { try await appendOther(to: log) }
            var commit = LogUnderTest.appending(
                step.events, to: domain, named: "vm1", revision: commits.joined().count)
            commit.time = Timestamp(seconds: step.time)
            size = try await log.append(commit).sequences.upperBound
            commits.append(step.events)
            times.append(step.time)
        }
    }

    /// Appends events of another domain, and of the store itself.
    private mutating func appendOther(to log: any EventLog) async throws {
        var other = LogUnderTest.defining("vm3")
        other.time = Timestamp(seconds: 1_012)
        let store = LogUnderTest.ofStore(
            [.lossAccepted(LostHead(origin: "o", size: 3, root: "r"))])
        var commit = store
        commit.time = other.time
        _ = try await log.append([other, commit])
        times += [1_012, 1_012]
    }
}
