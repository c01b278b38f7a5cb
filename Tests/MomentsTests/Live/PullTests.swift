import TestSupport
import Testing

@testable import Moments

/// What is concluded from an observation of a domain, and what is recorded of it.
struct PullTests {
    /// One conclusion: what is recorded, what is observed, and what follows.
    struct Row: Sendable, CustomTestStringConvertible {
        var recorded: String
        var current: String?
        var observed: String
        var evidence: Evidence
        var words: String
        var result: PullDecision.Result
        var findings: [String]
        var isAccepted = false
        /// What the observation before showed; nil if it showed what is recorded.
        var previously: String?

        init(
            _ recorded: String, current: String? = nil, _ observed: String,
            _ evidence: Evidence, _ words: String,
            _ result: PullDecision.Result = .recorded, _ findings: [String] = [],
            accepting: Bool = false, previously: String? = nil
        ) {
            self.previously = previously
            self.recorded = recorded
            self.current = current
            self.observed = observed
            self.evidence = evidence
            self.words = words
            self.result = result
            self.findings = findings
            isAccepted = accepting
        }

        init(
            _ recorded: String, current: String? = nil, _ observed: String, _ words: String,
            _ result: PullDecision.Result = .recorded, _ findings: [String] = [],
            accepting: Bool = false, previously: String? = nil
        ) {
            self.init(
                recorded, current: current, observed, .running, words, result, findings,
                accepting: accepting, previously: previously)
        }

        var pull: Pull {
            get throws {
                var pull = Pull(try .sketch(observed), evidence, acceptsGone: isAccepted)
                if pull.evidence.previous?.checkpoints != nil {
                    pull.evidence.previous?.checkpoints = Set(
                        try ObservedDomain.sketch(previously ?? recorded).checkpoints
                            .map { DomainObservation.ObservedCheckpoint($0) })
                }
                return pull
            }
        }

        var testDescription: String { "(\(recorded)) (\(observed)) -> \(words) \(result)" }
    }

    static let rows = [
        // What is equal appends nothing.
        Row("a@5 b@6<-a", current: "b", "a@5 b@6<-a", "", .unchanged),
        Row("", "", "", .unchanged),
        // What was made since the last observation is created; what was there is redefined.
        Row("a@5", current: "a", "a@5 b@60<-a", "created b<-a, current b"),
        Row("a@5", current: "a", "a@5 b@60<-a c@61<-b", "created b<-a, created c<-b, current c"),
        Row("a@5", current: "a", "a@5 b@6<-a", "redefined b<-a, current b"),
        Row("a@5", current: "a", "a@5 b@60", "redefined b, current b"),
        Row("a@5", current: "a", "a@5 b@60<-a", .unseen, "redefined b<-a, current b"),
        Row("", "a@60", "created a, current a"),
        Row("", "c@62<-b a@60 b@61<-a", "created a, created b<-a, created c<-b, current c"),
        // What was pruned in the record alone is left out, and what is below it moves.
        Row(
            "c@7", current: "c", "a@5 b@6<-a c@7<-b", .pruned(("a", 5), ("b", 6)), "", .unchanged,
            previously: "a@5 b@6<-a c@7<-b"),
        Row(
            "c@7", current: "c", "a@5 b@6<-a c@7<-b d@60<-c", .pruned(("a", 5), ("b", 9)),
            "redefined b, created d<-c, redefined c<-b, current d"),
        // A cycle of them ends.
        Row(
            "", "a@5<-b b@6<-a c@7<-a", .pruned(("a", 5), ("b", 6)), "redefined c"),
        // Deletions move children, which are no changes of their own.
        Row("a@5 b@6<-a c@7<-b", current: "c", "a@5 c@7<-a", "deleted b"),
        Row("a@5 b@6<-a c@7<-b", current: "c", "a@5 b@6<-a", "deleted c, current b"),
        Row("a@5 b@6<-a c@7<-b", current: "c", "a@5", "deleted c, deleted b, current a"),
        Row("a@5 b@6<-a c@7<-b", current: "c", "b@6 c@7<-b", "deleted a"),
        Row(
            "a@5 b@6<-a c@7<-b", current: "c", "a@5 b@6<-a d@60<-b",
            "deleted c, redefined d<-b, current d"),
        // A deletion and a move are two changes.
        Row(
            "a@5 b@6<-a c@7<-b d@8<-c", current: "d", "a@5 c@7<-a d@8<-a",
            "deleted b, redefined d<-a", .recorded),
        // A transient domain loses its checkpoints; nothing shows that they were deleted.
        Row("a@5 b@6<-a", current: "b", "", .transient, "", .lost, ["lost a b"]),
        Row("a@5 b@6<-a", current: "b", "a@5", .transient, "", .lost, ["lost b"]),
        Row("a@5 b@6<-a", current: "b", "a@5 c@60<-a", .transient, "", .lost, ["lost b"]),
        Row("a@5", current: "a", "a@5 b@60<-a", .transient, "created b<-a, current b"),
        Row(
            "a@5 b@6<-a", current: "b", "", .transient, "deleted b, deleted a, current none",
            accepting: true),
        // If all is gone, that is no evidence either, unless the names are others' now.
        Row("a@5 b@6<-a", current: "b", "", "", .lost, ["lost a b"]),
        Row("a@5 b@6<-a", current: "b", "x@60", "", .lost, ["lost a b"]),
        Row(
            "a@5 b@6<-a", current: "b", "", "deleted b, deleted a, current none",
            accepting: true),
        Row(
            "v.0@5 v.1@6<-v.0 v.2@7<-v.1", current: "v.2", "v.0@60",
            "deleted v.2, deleted v.1, deleted v.0, created v.0, current v.0", .recorded,
            ["name-reused v.0"]),
        // What was missing before was not deleted since: a push has not given it back.
        Row("a@5 b@6<-a", current: "b", "a@5", "", .lost, ["lost b"], previously: "a@5"),
        Row("a@5 b@6<-a", current: "b", "a@5", "", .lost, ["lost b"], previously: ""),
        Row(
            "a@5 b@6<-a", current: "b", "a@5", "", .lost, ["lost b"], previously: "a@5 b@7<-a"),
        Row(
            "a@5 b@6<-a c@7<-b", current: "c", "a@5", "", .lost, ["lost b"],
            previously: "a@5 c@7<-a"),
        Row("a@5 b@6<-a", current: "b", "a@5 b@6<-a", "", .unchanged, previously: ""),
        Row(
            "a@5 b@6<-a", current: "b", "a@5", "deleted b, current a", accepting: true,
            previously: "a@5"),
        Row("a@5 b@6<-a", current: "b", "a@5", .unknown, "", .lost, ["lost b"]),
        Row("a@5 b@6<-a", current: "b", "a@5", .moved, "", .lost, ["lost b"]),
        // One that was only recorded since then was never seen there.
        Row("a@5 b@60<-a", current: "b", "a@5", "", .lost, ["lost b"], previously: "a@5"),
        // What a transient domain had may be lost, even if it has a definition now.
        Row("a@5 b@6<-a", current: "b", "a@5", .defined, "", .lost, ["lost b"]),
        // Nothing is known against a deletion in a domain that was never observed.
        Row("a@5 b@6<-a", current: "b", "a@5", .unseen, "deleted b, current a"),
        // A deletion moves the children: one that still names its parent has lost it.
        Row(
            "a@5 b@6<-a c@7<-b", current: "c", "a@5 c@7<-b", "", .lost, ["lost b"]),
        Row(
            "a@5 b@6<-a c@7<-b", current: "c", "a@5 c@7<-b", "deleted b, redefined c<-b",
            .recorded, ["dangling-parent c"], accepting: true),
        // A name that came back is another checkpoint.
        Row(
            "a@5 b@6<-a", current: "b", "a@5 b@60<-a", "deleted b, created b<-a, current b",
            .recorded, ["name-reused b"]),
        Row(
            "a@5 b@6<-a", current: "b", "a@5 b@60<-a", .transient,
            "deleted b, created b<-a, current b", .recorded, ["name-reused b"]),
        Row(
            "v.0@5 v.1@6<-v.0", current: "v.1", "v.0@60", .transient, "", .lost,
            ["name-reused v.0", "lost v.1"]),
        // One of the same second and name cannot be distinguished.
        Row("a@5", current: "a", "a@5", "", .unchanged),
        // A fork does not show the current: the youngest that is new, else the recorded one.
        Row(
            "a@5 b@6<-a", current: "b", "a@5 b@6<-a c@60<-a",
            "redefined c<-a, current c"),
        Row("a@5 b@6<-a c@7<-a", current: "b", "a@5 b@6<-a c@7<-a", "", .unchanged),
        Row(
            "a@5 b@6<-a c@7<-a d@8<-c", current: "d", "a@5 b@6<-a c@7<-a",
            "deleted d, current c"),
        Row("a@5 b@6<-a", current: "b", "a@5 b@6<-a c@7<-a", "redefined c<-a"),
        // One chain does, whatever is recorded.
        Row("a@5 b@6<-a", "a@5 b@6<-a", "current b"),
        Row("a@5 b@6<-a", current: "a", "a@5 b@6<-a", "current b"),
        // Faults are recorded as they are.
        Row(
            "a@5", current: "a", "a@5 c@60<-x", "redefined c<-x", .recorded,
            ["dangling-parent c"]),
        // A guest that is off and was last seen elsewhere shows what a migration left behind.
        Row(
            "a@5 b@6<-a c@7<-b", current: "c", "a@5 b@6<-a", .elsewhere, "", .conflict,
            ["stale-source"]),
        Row("a@5 b@6<-a", current: "b", "a@5 b@6<-a", .elsewhere, "", .unchanged),
    ]

    @Test("Each observation leads to its conclusion, and again to nothing", arguments: rows)
    func table(row: Row) throws {
        var domain = try Domain.guest(row.recorded, current: row.current)
        let pull = try row.pull
        var observed = pull.observed
        _ = observed.removePruned(pull.evidence.pruned, recorded: domain.graph)
        let decision = try decide(pull, for: domain, in: .guest())
        #expect(decision.events.words == row.words)
        #expect(decision.result == row.result)
        #expect(
            decision.findings.filter { $0.severity == .error }.map {
                ([$0.kind.rawValue] + $0.checkpoints.map(\.text)).joined(separator: " ")
            } == row.findings)
        #expect(try domain.carryOut(.pull(pull)) == row.words)
        if row.result == .recorded {
            #expect(domain.graph.links == observed.graph.links)
            #expect(try domain.carryOut(.pull(pull)) == "")
        }
    }

    @Test("A domain that is not recorded is defined from its first checkpoints")
    func firstPull() throws {
        var domain = Domain(name: "vm1")
        var observed = try ObservedDomain.sketch("b@6<-a a@5")
        observed.definition = Guest.definition
        #expect(
            try domain.carryOut(.pull(Pull(observed, .unseen)))
                == "defined vm1, redefined a, redefined b<-a, current b")
        #expect(domain.uuid == Guest.uuid)
        #expect(domain.definition == Guest.definition)
    }

    @Test("A domain without checkpoints is recorded only where definitions are asked for")
    func withoutCheckpoints() throws {
        var domain = Domain(name: "vm1")
        var observed = try ObservedDomain.sketch("")
        observed.definition = Guest.definition
        let result = try decide(Pull(observed, .unseen), for: domain, in: .guest()).result
        #expect(result == .unchanged)
        let pull = Pull(observed, .unseen, recordsDefinitions: true)
        #expect(try domain.carryOut(.pull(pull)) == "defined vm1")
        #expect(try domain.carryOut(.pull(pull)) == "")
        observed.definition = Guest.digest(2)
        #expect(try domain.carryOut(.pull(Pull(observed, .unseen))) == "")
        #expect(
            try domain.carryOut(.pull(Pull(observed, .unseen, recordsDefinitions: true)))
                == "defined vm1")
    }

    @Test("A new name renames the domain, unless another recorded domain has that name")
    func renamed() throws {
        var domain = try Domain.guest("a@5", current: "a")
        var observed = try ObservedDomain.sketch("a@5 b@60<-a")
        observed.name = "vm2"
        let pull = Pull(observed, .running)
        let taken = DecisionContext.guest(nameHolder: .init(uuid: Guest.uuid(2)))
        let conflict = try decide(pull, for: domain, in: taken)
        #expect(conflict.result == .conflict)
        #expect(conflict.findings.map(\.kind) == [.nameTaken])
        #expect(conflict.events == [])
        #expect(try domain.carryOut(.pull(pull)) == "renamed vm2, created b<-a, current b")
    }

    @Test("Another domain of a recorded name is not mixed with the recorded one")
    func otherDomain() throws {
        var observed = try ObservedDomain.sketch("a@5")
        observed.uuid = Guest.uuid(3)
        let taken = DecisionContext.guest(nameHolder: .init(uuid: Guest.uuid))
        let decision = try decide(
            Pull(observed, .running), for: Domain(name: "vm1"), in: taken)
        #expect(decision.result == .conflict)
        #expect(decision.findings.map(\.kind) == [.otherDomain])
    }

    @Test("A name that no domain may have is a conflict")
    func invalidName() throws {
        var observed = try ObservedDomain.sketch("a@5")
        observed.name = "vm\t1"
        let decision = try decide(
            Pull(observed, .running), for: Domain(name: "vm1"), in: .guest())
        #expect(decision.findings.map(\.kind) == [.invalidName])
        #expect(decision.result == .conflict)
    }

    @Test("A domain that is known by its name alone takes the UUID that is observed")
    func namedOnly() throws {
        var domain = try Domain.guest("a@5", current: "a", uuid: nil)
        #expect(
            try domain.carryOut(.pull(Pull(.sketch("a@5"), .running))) == "defined vm1")
        #expect(domain.uuid == Guest.uuid)
        #expect(domain.definition == Guest.definition)
    }

    @Test("Description, disks and definition are compared byte for byte")
    func content() throws {
        var domain = try Domain.guest("a@5", current: "a")
        var observed = try ObservedDomain.sketch("a@5")
        observed.checkpoints[0].description = "e\u{301}"
        #expect(try domain.carryOut(.pull(Pull(observed, .running))) == "redefined a")
        observed.checkpoints[0].description = "\u{E9}"
        #expect(try domain.carryOut(.pull(Pull(observed, .running))) == "redefined a")
        observed.checkpoints[0].disks = .sketch("vda:a")
        #expect(try domain.carryOut(.pull(Pull(observed, .running))) == "redefined a")
        observed.checkpoints[0].definition = Guest.digest(7)
        #expect(try domain.carryOut(.pull(Pull(observed, .running))) == "redefined a")
        #expect(domain.graph.checkpoint(named: "a") == observed.checkpoints[0])
    }

    @Test(
        "Without permission to read secrets, recorded secrets are kept, and no difference is reported"
    )
    func secrets() throws {
        let whole = try #require(Guest.digest(7))
        let stripped = try #require(Guest.digest(8))
        var domain = try Domain.guest("a@5", current: "a")
        var observed = try ObservedDomain.sketch("a@5")
        observed.checkpoints[0].definition = whole
        try domain.carryOut(.pull(Pull(observed, .running)))
        observed.checkpoints[0].definition = stripped
        var evidence = Evidence.running
        evidence.hidesSecrets = true
        evidence.withoutSecrets = [whole: stripped]
        #expect(try domain.carryOut(.pull(Pull(observed, evidence))) == "")
        observed.checkpoints[0].description = "changed"
        #expect(try domain.carryOut(.pull(Pull(observed, evidence))) == "redefined a")
        #expect(domain.graph.checkpoint(named: "a")?.definition == whole)
        observed.checkpoints[0].definition = Guest.digest(9)
        #expect(try domain.carryOut(.pull(Pull(observed, evidence))) == "")
        #expect(domain.graph.checkpoint(named: "a")?.definition == whole)
    }

    @Test(
        "Two connections reach the same libvirt where host and socket are the same",
        arguments: [
            ("qemu:///system", "a", "qemu:///system", "a", true),
            ("qemu:///system", "a", "qemu:///system", "b", false),
            ("qemu+ssh://a/system", "a", "qemu:///system", "a", true),
            ("qemu:///system", "a", "qemu+ssh://b/system", "b", false),
            ("qemu:///system", "a", "qemu:///session", "a", false),
            ("qemu+unix:///system?socket=/x", "a", "qemu+unix:///system?socket=/y", "a", false),
            ("qemu+unix:///system?socket=/x-ro", "a", "qemu+unix:///system?socket=/x", "a", true),
        ])
    func places(uri: String, host: String, otherURI: String, otherHost: String, isSame: Bool) {
        let one = LibvirtConnection(uri: uri, host: host, version: "9.0.0")
        let other = LibvirtConnection(uri: otherURI, host: otherHost, version: "9.0.0")
        #expect(one.isSamePlace(as: other) == isSame)
    }
}

extension Evidence {
    static let here = LibvirtConnection(uri: "qemu:///system", host: "a", version: "9.0.0")

    private static let before = DomainObservation(
        time: Timestamp(seconds: 50), connection: here, checkpoints: [])

    /// A running, persistent domain that was observed at the second 50.
    static let running = Evidence(
        isPersistent: true, isActive: true, connection: here, previous: before)

    /// The same after checkpoints were pruned in the record alone.
    static func pruned(_ checkpoints: (name: CheckpointName, time: Int64)...) -> Evidence {
        var evidence = running
        for checkpoint in checkpoints {
            evidence.pruned.insert(
                DomainObservation.ObservedCheckpoint(
                    name: checkpoint.name, creationTime: CreationTime(seconds: checkpoint.time)))
        }
        return evidence
    }

    /// The same without a definition.
    static let transient = Evidence(
        isPersistent: false, isActive: true, connection: here, previous: before)

    /// A domain that was never observed before.
    static let unseen = Evidence(isPersistent: true, isActive: true, connection: here)

    /// A domain of which it is known where it was observed, and not what was there.
    static let unknown = Evidence(
        isPersistent: true, isActive: true, connection: here,
        previous: DomainObservation(time: Timestamp(seconds: 50), connection: here))

    /// A persistent domain that was transient when it was observed.
    static let defined = Evidence(
        isPersistent: true, isActive: true, connection: here,
        previous: DomainObservation(
            time: Timestamp(seconds: 50), connection: here, isPersistent: false,
            checkpoints: []))

    /// A running domain that was observed on another host.
    static let moved = Evidence(
        isPersistent: true, isActive: true, connection: elsewhere.connection, previous: before)

    /// A domain that is off, and was observed on another host.
    static let elsewhere = Evidence(
        isPersistent: true, isActive: false,
        connection: LibvirtConnection(uri: "qemu:///system", host: "b", version: "9.0.0"),
        previous: before)
}

extension ObservedDomain {
    /// The domain of ``Guest`` with the checkpoints of a sketch; see there.
    static func sketch(_ sketch: String) throws -> ObservedDomain {
        ObservedDomain(
            name: "vm1", uuid: Guest.uuid,
            checkpoints: try [Redefinition].sketch(sketch).map(\.checkpoint))
    }
}
