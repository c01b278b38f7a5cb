import Moments
import Testing

struct RedefineCommandTests {
    @Test(
        "One checkpoint: new below any other, moved with all below it, or a root",
        arguments: [
            ("d@4<-a", "a .b ..c .d"), ("d@4", "a .b ..c d"), ("c@3<-a", "a .b .c"),
            ("b@2", "a b .c"), ("a@1", "a .b ..c"), ("b@2<-a", "a .b ..c"),
        ])
    func one(sketch: String, tree: String) throws {
        var domain = try Domain.guest("a@1 b@2<-a c@3<-b", current: "c")
        try domain.carryOut(.redefine(sketch))
        #expect(domain.graph.tree == tree)
        #expect(!domain.graph.hasErrors)
    }

    @Test(
        "A missing parent is refused",
        arguments: [
            ("x<-nosuch", "parent nosuch for moment x not found"),
            ("a<-nosuch", "parent nosuch for moment a not found"),
            ("x b<-y", "parent y for moment b not found"),
        ])
    func parentNotFound(sketch: String, message: String) throws {
        try Domain.guest("a b<-a").expectRefusal(.redefine(sketch), .parentNotFound, message)
    }

    @Test("A checkpoint as its own parent is refused, new or not", arguments: ["a", "x"])
    func selfParent(name: String) throws {
        try Domain.guest("a b<-a").expectRefusal(
            .redefine("\(name)<-\(name)"), .selfParent,
            "cannot set moment \(name) as its own parent")
    }

    @Test("An existing checkpoint is replaced whole, and its children stay")
    func replaced() throws {
        var domain = try Domain.guest()
        let old = Checkpoint(
            name: "a", description: "old", creationTime: 5, disks: .sketch("vda:a vdb:no"),
            definition: Guest.definition)
        try domain.apply(.checkpointRedefined(old, claimsCurrent: false))
        for word in ["b<-a", "c<-b"] { try domain.apply(domain.graph.redefinition(word)) }
        let new = Checkpoint(name: "a", creationTime: 7)
        #expect(
            try decide(.redefine([Redefinition(new)]), for: domain, in: .guest()) == [
                .checkpointRedefined(new, claimsCurrent: false), .currentSet("a"),
            ])
        try domain.carryOut(.redefine([Redefinition(new)]))
        #expect(domain.graph.checkpoint(named: "a") == new)
        #expect(domain.graph.tree == "a .b ..c")
    }

    @Test("All metadata is recorded as given, including a creation time of 0")
    func recorded() throws {
        let checkpoint = Checkpoint(
            name: "x", description: "text", parent: "a", creationTime: 0,
            disks: .sketch("vda:x"))
        #expect(
            try decide(
                .redefine([Redefinition(checkpoint)]), for: .guest("a b", current: "b"),
                in: .guest(at: 7)) == [.checkpointRedefined(checkpoint, claimsCurrent: false)])
    }

    @Test("Neither a definition of the domain nor its disks are needed")
    func noDefinition() throws {
        var domain = try Domain.guest(definition: nil)
        let redefine = try Command.redefine("a")
        #expect(
            try domain.carryOut(redefine, in: .guest(disks: nil)) == "redefined a, current a")
    }

    @Test(
        "An invalid name is refused before its parent is checked",
        arguments: ["a/b", "../a", ".a", "", "a b", "é", String(repeating: "n", count: 248)])
    func names(name: String) throws {
        for parent in [nil, "nosuch", name] {
            let checkpoint = Checkpoint(
                name: CheckpointName(name), parent: parent.map { CheckpointName($0) },
                creationTime: 1)
            try Domain.guest().expectRefusal(
                .redefine([Redefinition(checkpoint)]), .invalidXML, "the checkpoint's name")
        }
    }

    @Test("A time before 1970 is refused before its parent is checked")
    func negativeTime() throws {
        for parent in [nil, "nosuch", "x"] {
            let checkpoint = Checkpoint(
                name: "x", parent: parent.map { CheckpointName($0) }, creationTime: -5)
            try Domain.guest().expectRefusal(
                .redefine([Redefinition(checkpoint)]), .invalidXML,
                "the creation time of checkpoint 'x' is -5, before 1970")
        }
    }

    @Test("Redefining nothing is wrong usage")
    func nothing() throws {
        try Domain.guest("a").expectRefusal(.redefine([]), .usage, "no checkpoint is given")
    }
}

/// The definition that a redefined checkpoint holds.
struct ForeignDefinitionTests {
    static func redefinition(_ uuid: DomainUUID?) -> Redefinition {
        Redefinition(
            Checkpoint(name: "x", creationTime: 1, definition: Guest.digest(2)), domainUUID: uuid,
            domainDisks: Guest.disks)
    }

    @Test("With another UUID, or without one, it is refused", arguments: [Guest.uuid(2), nil])
    func foreign(uuid: DomainUUID?) throws {
        let domain = try Domain.guest("a")
        domain.expectRefusal(
            .redefine([Self.redefinition(uuid)]), .foreignDomain,
            "definition for checkpoint x must use uuid 11111111-1111-1111-1111-111111111111")
        domain.expectRefusal(
            .redefine([Self.redefinition(uuid)]), .foreignDomain, uuid?.description ?? "none")
    }

    @Test("One of several that is foreign has all refused")
    func oneOfSeveral() throws {
        let redefinitions = try [Redefinition].sketch("a b") + [Self.redefinition(Guest.uuid(2))]
        try Domain.guest().expectRefusal(.redefine(redefinitions), .foreignDomain, "checkpoint x")
    }

    @Test("With the domain's UUID it is recorded, though it is not the domain's own")
    func own() throws {
        var domain = try Domain.guest()
        try domain.carryOut(.redefine([Self.redefinition(Guest.uuid)]))
        #expect(domain.graph.checkpoint(named: "x")?.definition == Guest.digest(2))
        #expect(domain.definition == Guest.definition)
    }

    @Test("Of a domain whose UUID is not known every definition is its own")
    func unknownUUID() throws {
        for uuid in [Guest.uuid(1), Guest.uuid(2), nil] {
            var domain = try Domain.guest(uuid: nil)
            #expect(
                try domain.carryOut(.redefine([Self.redefinition(uuid)]))
                    == "redefined x, current x")
            #expect(domain.uuid == nil)
        }
    }

    @Test("Where the document holds no definition its UUID does not matter")
    func noDefinition() throws {
        var redefinition = Self.redefinition(Guest.uuid(2))
        redefinition.checkpoint.definition = nil
        var domain = try Domain.guest()
        #expect(try domain.carryOut(.redefine([redefinition])) == "redefined x, current x")
    }
}
