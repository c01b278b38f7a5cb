import TestSupport
import Testing

@testable import Moments

struct RecordCommandTests {
    @Test(
        "What is given is recorded with its parent and time, the newest becomes current",
        arguments: [
            ("", nil, "a@5", "created a, current a"),
            ("a@5", "a", "b@6<-a", "created b<-a, current b"),
            // In any order.
            ("", nil, "c@7<-b a@5 b@6<-a", "created a, created b<-a, created c<-b, current c"),
            // An older one leaves the pointer, but below the current one it takes it.
            ("a@5 b@9<-a", "b", "c@7<-a", "created c<-a"),
            ("a@5 b@9<-a", "b", "c@7<-b", "created c<-b, current c"),
            ("a@5 b@9<-a", "b", "c@7<-b d@6<-c", "created c<-b, created d<-c, current c"),
            // Of the same second the deeper one is newer.
            ("a@5", "a", "b@6<-a c@6<-b", "created b<-a, created c<-b, current c"),
            ("a@5", "a", "c@6<-b b@6<-a", "created b<-a, created c<-b, current c"),
            ("a@5 b@6<-a c@6<-b", "c", "d@6<-a", "created d<-a"),
            ("a@5 b@6<-a c@6<-b", "c", "d@6<-c", "created d<-c, current d"),
            ("a@5", nil, "b@4", "created b, current b"),
            // A parent that was missing comes.
            ("b@6<-a", nil, "a@5", "created a, current a"),
        ])
    func accepted(sketch: String, current: String?, given: String, words: String) throws {
        var domain = try Domain.guest(sketch, current: current)
        let answer = try domain.carryOut(.record(given))
        #expect(answer == words)
        #expect(domain.nameReuses(by: []) == [])
    }

    @Test("Checkpoints that are recorded already with the same content append nothing")
    func repeated() throws {
        var domain = try Domain.guest()
        try domain.carryOut(.record("a@5 b@6<-a c@7<-b"))
        #expect(try domain.carryOut(.record("c@7<-b a@5 b@6<-a")) == "")
        #expect(try domain.carryOut(.record("b@6<-a")) == "")
        #expect(try domain.carryOut(.record("c@7<-b d@8<-c")) == "created d<-c, current d")
        // A pointer that was moved stays, as long as nothing is new.
        try domain.carryOut(.setCurrent("a"))
        #expect(try domain.carryOut(.record("c@7<-b")) == "")
    }

    @Test("The same name and time with another content is refused, and nothing is recorded")
    func otherContent() throws {
        let domain = try Domain.guest("a@5 b@6<-a", current: "b")
        domain.expectRefusal(
            try .record("b@6"), .exists, "moment b already exists with the same creation time")
        domain.expectRefusal(try .record("c@7<-b b@6"), .exists, "another parent")
    }

    @Test(
        "A parent that is neither recorded nor given, or closes a cycle, is refused",
        arguments: [
            ("a@5", "b@6<-x", MomentlogError.Code.parentNotFound),
            ("a@5", "c@7<-b b@6<-x", .parentNotFound), ("a@5", "b@6<-b", .selfParent),
            ("", "a@5<-b b@6<-a", .parentCycle), ("b@6<-a", "a@5<-b", .parentCycle),
            // A name that comes back leaves its children behind.
            ("a@5 b@6<-a", "a@7<-b b@6<-a", .parentCycle), ("a@5", "a@7<-x", .parentNotFound),
        ])
    func refused(sketch: String, given: String, code: MomentlogError.Code) throws {
        try Domain.guest(sketch).expectRefusal(.record(given), code, "")
    }

    @Test(
        "A name with another time is deleted and recorded again in one commit",
        arguments: [
            ("a@5", "a@9", "deleted a, created a, current a", "a"),
            // Children go to the parent of the one that is deleted.
            ("a@5 b@6<-a", "a@9", "deleted a, created a, current a", "a b"),
            (
                "a@5 b@6<-a c@7<-b", "b@9<-c", "deleted b, created b<-c, current b", "a b<-c c<-a"
            ),
            // But for those that are given.
            (
                "a@5 b@6<-a", "a@9 b@6<-a",
                "deleted a, created a, redefined b<-a, current a", "a b<-a"
            ),
            (
                "a@5 b@6<-a c@7<-b", "b@8 a@9<-b",
                "deleted b, created b, deleted a, created a<-b, current a", "a<-b b c"
            ),
        ])
    func reused(sketch: String, given: String, words: String, links: String) throws {
        var domain = try Domain.guest(sketch, current: "a")
        let before = domain
        let events = try decide(.record(given), for: domain, in: .guest())
        #expect(events.words == words)
        try domain.carryOut(.record(given))
        #expect(domain.graph.links == links)
        let reused = before.nameReuses(by: events)
        #expect(reused.allSatisfy { $0.severity == .error && $0.kind == .nameReused })
        let found = domain.graph.findings(domain: "vm1").filter { $0.kind == .nameReused }
        #expect(found.map(\.severity) == reused.map { _ in .warning })
        #expect(found.map(\.checkpoints) == reused.map(\.checkpoints))
        #expect(found.map(\.message) == reused.map(\.message))
        #expect(!found.isEmpty)
    }

    @Test("Only a deletion that no commit had recorded is found, until it is acknowledged")
    func acknowledged() throws {
        var domain = try Domain.guest("a@5", current: "a")
        try domain.carryOut(.delete("a", .checkpoint))
        try domain.carryOut(.record("a@9"))
        #expect(domain.graph.faults == [])
        try domain.carryOut(.redefine("a@10"))
        #expect(domain.graph.faults == [])
        try domain.carryOut(.record("a@11"))
        #expect(domain.graph.faults == ["name-reused a"])
        #expect(!domain.graph.hasErrors)
        try domain.carryOut(.create(CheckpointRequest(name: "b")))
        try domain.carryOut(.redefine("a@11"))
        #expect(domain.graph.faults == ["name-reused a"])
        let note = Command.acknowledge(Acknowledgement(.nameReused, of: "a"))
        #expect(try domain.carryOut(note) == "acknowledged name-reused of a")
        #expect(domain.graph.faults == [])
        #expect(try domain.carryOut(note) == "")
        domain.expectRefusal(
            .acknowledge(Acknowledgement(.nameReused, of: "x")), .noCheckpoint, "'x'")
        domain.expectRefusal(
            .acknowledge(Acknowledgement(.danglingParent, of: "a")), .usage, "dangling-parent")
        try domain.carryOut(.record("a@12"))
        // The child of the one that was replaced is a root by now.
        #expect(domain.graph.faults == ["name-reused a", "libvirt-current-differs b"])
        try domain.carryOut(.delete("a", .checkpoint))
        #expect(domain.graph.faults == [])
    }

    @Test("A domain that is not live is defined from the newest definition")
    func definition() throws {
        var given = try [Redefinition].sketch("a@5 b@6<-a c@7<-b")
        for (index, digit) in [(0, UInt8(2)), (1, 3)] {
            given[index].checkpoint.definition = Guest.digest(digit)
            given[index].domainUUID = Guest.uuid(4)
            given[index].domainDisks = Guest.disks
        }
        var domain = Domain(name: "vm1")
        #expect(
            try domain.carryOut(.record(given))
                == "defined vm1, created a, created b<-a, created c<-b, current c")
        #expect(domain.uuid == Guest.uuid(4))
        #expect(domain.definition == Guest.digest(3))
        let none = Domain(name: "vm1")
        none.expectRefusal(try .record("a@5"), .noDomain, "'vm1'")
        given[0].domainUUID = Guest.uuid(5)
        none.expectRefusal(.record(given), .foreignDomain, "must use uuid")
    }

    @Test("A chain of 50,000 of one second is recorded in time that grows with it")
    func large() throws {
        let count = 50_000
        let given = (0..<count).map { index in
            Redefinition(
                Checkpoint(
                    name: "c\(index)", parent: index == 0 ? nil : "c\(index - 1)", creationTime: 5))
        }
        var generator = SplitMix64(seed: 7)
        let domain = try Domain.guest()
        let events = try decide(
            .record(given.shuffled(using: &generator)), for: domain, in: .guest())
        #expect(events.count == count + 1)
        #expect(events.last == .currentSet("c\(count - 1)"))
    }
}
