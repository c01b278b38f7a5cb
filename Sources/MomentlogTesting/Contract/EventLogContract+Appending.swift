import EventLog
import Moments

extension EventLogContract {
    /// How commits are appended.
    static let appending: [Case] = [
        Case("An empty log contains nothing") { subject in
            let log = subject.log
            try await Expect.equal(log.size(), 0, "the size")
            try await Expect.equal(log.domains(), [], "the domains")
            try await Expect.equal(subject.lines(), [], "the lines")
            try await Expect.equal(log.requests(["r"]), [], "the requests")
            try await Expect.equal(log.settings(), StoreSettings(), "the settings")
            try await Expect.equal(log.position(at: .now), .start, "its end")
            try await Expect.equal(log.append([PendingCommit]()), [], "receipts of no commits")
            try await Expect.that(log.domain(named: "vm1") == nil, "it has no domain")
            try await log.ensureDurable(within: nil)
        },
        Case("Sequences, commits and revisions are numbered from 1 without gaps") { subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1"))
            let two = try await log.append(LogUnderTest.defining("vm2"))
            let receipts = try await [
                one, two,
                log.append(
                    LogUnderTest.appending(LogUnderTest.creating("c1"), after: one, named: "vm1")),
                log.append(LogUnderTest.appending([.currentSet(nil)], after: two, named: "vm2")),
            ]
            try Expect.equal(receipts.map(\.commit), [1, 2, 3, 4], "the commits of receipts")
            try Expect.equal(
                receipts.map(\.sequences), [1...1, 2...2, 3...4, 5...5], "the sequences of receipts"
            )
            try Expect.equal(receipts.map(\.revision), [1, 1, 3, 2], "the revisions of receipts")
            try Expect.equal(
                receipts.map(\.domain), [one, two, one, two].map(\.domain), "the domains")
            let events = try await subject.events()
            try Expect.equal(events.map(\.sequence), [1, 2, 3, 4, 5], "the sequences")
            try Expect.equal(events.map(\.commit), [1, 2, 3, 3, 4], "the commits")
            try Expect.equal(events.map(\.revision), [1, 1, 2, 3, 2], "the revisions")
            try Expect.equal(
                events.map(\.domain), ["vm1", "vm2", "vm1", "vm1", "vm2"], "the domains' names")
            try Expect.equal(events.map(\.domainId), [1, 2, 1, 1, 2], "the domains' numbers")
            try await Expect.equal(log.size(), 5, "the size")
            try await Expect.equal(
                log.domains().map(\.id), [one.domain, two.domain], "the domains' identifiers")
        },
        Case("Lines record the provenance, origin and process that a commit states") { subject in
            var commit = LogUnderTest.defining("vm1")
            commit.provenance = Provenance(
                actor: "a\"\\\u{E9}", reason: "b\n\u{1F}", request: "r \"1\"")
            commit.recorder = Recorder(uid: 1_000, host: "h\t")
            commit.entries[0].origin = .live(uri: "qemu:///system", host: "h", libvirt: "9.0.0")
            _ = try await subject.log.append(commit)
            let event = try await Expect.some(subject.events().first, "the event")
            try Expect.equal(event.provenance, commit.provenance, "the provenance")
            try Expect.equal(event.recorder, commit.recorder, "the process")
            try Expect.equal(event.origin, commit.entries[0].origin, "the origin")
            try Expect.equal(event.event, commit.entries[0].event, "the event")
            try Expect.equal(event.time, commit.time, "the time")
        },
        Case("An event is never earlier than the one before it, and states the time of the clock") {
            subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1"))
            var commit = LogUnderTest.appending([.currentSet(nil)], after: one, named: "vm1")
            commit.time.microseconds -= 1
            _ = try await log.append(commit)
            let events = try await subject.events()
            try Expect.equal(
                events.map(\.time), [LogUnderTest.time, LogUnderTest.time], "the times")
            try Expect.equal(events.map(\.clock), [nil, commit.time], "what the clock said")
        },
        Case("Several commits are appended together, or none of them") { subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1"))
            let good = LogUnderTest.appending(LogUnderTest.creating("c1"), after: one, named: "vm1")
            var stale = good
            stale.target = .domain(one.domain, revision: 7)
            try await subject.expectRefusal(
                .revisionConflict, of: good, stale, as: "a commit that is followed by a stale one")
            try await subject.expectRefusal(
                .revisionConflict, of: LogUnderTest.defining("vm2"), stale,
                as: "a new domain that is followed by a stale commit")
            let next = LogUnderTest.appending(
                [.checkpointDeleted("c1")], to: one.domain, named: "vm1", revision: 3)
            let receipts = try await log.append([good, next])
            try Expect.equal(receipts.map(\.commit), [2, 3], "the commits")
            try Expect.equal(receipts.map(\.revision), [3, 4], "the revisions")
        },
        Case("A commit whose last event is refused leaves nothing behind") { subject in
            let one = try await subject.log.append(LogUnderTest.defining("vm1"))
            let events = LogUnderTest.creating("c1") + [.checkpointDeleted("c2")]
            try await subject.expectRefusal(
                .usage, of: LogUnderTest.appending(events, after: one, named: "vm1"),
                as: "a commit that deletes what does not exist")
            var commit = LogUnderTest.defining("vm2", definition: [1])
            commit.entries.append(.init(.checkpointDeleted("c2"), origin: .library))
            try await subject.expectRefusal(
                .usage, of: commit, as: "a new domain that deletes what does not exist")
            try await Expect.refusal(.corrupt, "the definition of a refused commit") {
                try await subject.log.definition(DefinitionDigest(of: [1]))
            }
        },
        Case("A commit that was decided on another revision is refused") { subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1"))
            for revision in [Int.min, -1, 0, 2, 3, .max] {
                try await subject.expectRefusal(
                    .revisionConflict,
                    of: LogUnderTest.appending(
                        [.currentSet(nil)], to: one.domain, named: "vm1", revision: revision),
                    as: "revision \(revision)")
            }
        },
        Case("A domain that the log does not know is refused") { subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1"))
            for number in [Int64.min, -1, 0, 2, .max] {
                let id = DomainEntry.ID(number: number, store: one.domain.store)
                try await subject.expectRefusal(
                    .noDomain,
                    of: LogUnderTest.appending([.currentSet(nil)], to: id, named: "x", revision: 1),
                    as: "appending to domain \(number)")
                try await Expect.refusal(.noDomain, "replaying domain \(number)") {
                    try await log.replay(id)
                }
            }
        },
        Case("Commits that are appended at the same time are numbered without gaps") { subject in
            let log = subject.log
            let receipts = try await withThrowingTaskGroup(of: CommitReceipt.self) { group in
                for number in 0..<20 {
                    group.addTask { try await log.append(LogUnderTest.defining("vm\(number)")) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try Expect.equal(receipts.map(\.commit).sorted(), Array(1...20), "the commits")
            let numbers = receipts.map { Int($0.domain.number) }
            try Expect.equal(numbers.sorted(), Array(1...20), "the domains' numbers")
            let events = try await subject.events()
            try Expect.equal(events.map(\.sequence), Array(1...20), "the sequences")
            for receipt in receipts {
                let event = events[receipt.sequences.lowerBound - 1]
                try Expect.equal(event.domainId, Int(receipt.domain.number), "a domain's number")
            }
        },
        Case("What is decided under other settings is refused") { subject in
            let log = subject.log
            _ = try await log.append(LogUnderTest.defining("vm1"))
            let on = try await log.append(LogUnderTest.turningStripSecrets(true))
            try Expect.equal(on.revision, 1, "the store's revision")
            let strips = StoreSettings(stripsSecrets: true)
            try await Expect.equal(log.settings(), strips, "the settings")
            var commit = LogUnderTest.defining("vm2")
            try await subject.expectRefusal(
                .revisionConflict, of: commit, as: "a commit under other settings")
            commit.settings = strips
            try await Expect.equal(log.append(commit).commit, 3, "the commit")
            var change = LogUnderTest.turningStripSecrets(true)
            change.settings = strips
            try await subject.expectRefusal(
                .revisionConflict, of: change, as: "a change from another value")
            let back = LogUnderTest.turningStripSecrets(false)
            try await subject.expectRefusal(
                .revisionConflict, of: back, back, as: "a change that is made twice")
            let forth = LogUnderTest.turningStripSecrets(true)
            try await Expect.equal(log.append([back, forth]).count, 2, "the commits")
            try await Expect.equal(log.settings(), strips, "the settings in the end")
        },
        Case("Events of the store itself are in a stream of their own") { subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1"))
            let lost = LogUnderTest.ofStore(
                [.lossAccepted(LostHead(origin: "o", size: 3, root: "r"))])
            try await Expect.equal(log.append(lost).revision, 1, "the store's first revision")
            try await Expect.equal(log.append(lost).revision, 2, "the store's second revision")
            try await Expect.equal(log.domains().map(\.id), [one.domain], "the domains")
            try await Expect.equal(log.replay(one.domain).revision, 1, "the domain's revision")
            let events = try await subject.events()
            try Expect.equal(events.map(\.domain), ["vm1", nil, nil], "the domains' names")
            try Expect.equal(events.map(\.domainId), [1, nil, nil], "the domains' numbers")
        },
        Case("Definitions are kept by their content, and those that events name must exist") {
            subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1", definition: [1, 2, 3]))
            let existing = DefinitionDigest(of: [1, 2, 3])
            try await Expect.equal(log.definition(existing), [1, 2, 3], "the content")
            try await Expect.equal(
                log.replay(one.domain).definition, existing, "the domain's definition")
            let missing = DefinitionDigest(of: [9])
            try await Expect.refusal(.corrupt, "a definition that does not exist") {
                try await log.definition(missing)
            }
            let checkpoint = Checkpoint(name: "c1", creationTime: 1, definition: missing)
            let events: [Event] = [
                .domainDefined(name: "vm1", uuid: nil, definition: missing),
                .checkpointCreated(checkpoint),
                .checkpointRedefined(checkpoint, claimsCurrent: false),
            ]
            for event in events {
                try await subject.expectRefusal(
                    .corrupt, of: LogUnderTest.appending([event], after: one, named: "vm1"),
                    as: "a \(event.kind) that names a missing definition")
            }
            // A definition in the log need not be given again.
            var named = checkpoint
            named.definition = existing
            _ = try await log.append(
                LogUnderTest.appending([.checkpointCreated(named)], after: one, named: "vm1"))
        },
        Case("A log that was closed refuses to be used") { subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1"))
            await log.close()
            await log.close()
            try await Expect.refusal(.storage, "the size") { try await log.size() }
            try await Expect.refusal(.storage, "the domains") { try await log.domains() }
            try await Expect.refusal(.storage, "a replay") { try await log.replay(one.domain) }
            try await Expect.refusal(.storage, "a page") { try await log.page(EventQuery()) }
            try await Expect.refusal(.storage, "an append") {
                try await log.append(LogUnderTest.defining("vm2"))
            }
        },
    ]
}
