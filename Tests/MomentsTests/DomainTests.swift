import Moments
import Testing

struct DomainTests {
    @Test("A domain is the result of its events, and its revision counts them all")
    func events() throws {
        let uuid = try #require(DomainUUID("6695eb01-f6a4-8304-79aa-97f2502e193f"))
        let digest = try #require(DefinitionDigest(bytes: [UInt8](repeating: 9, count: 32)))
        var domain = Domain(name: "vm1")
        #expect(domain.revision == 0)
        #expect(!domain.isLive)
        #expect(domain.uuid == nil)

        try domain.apply(.domainDefined(name: "vm1", uuid: uuid, definition: digest))
        #expect(domain.isLive)
        #expect(domain.uuid == uuid)
        #expect(domain.definition == digest)

        try domain.apply(.checkpointCreated(Checkpoint(name: "c1", creationTime: 1)))
        try domain.apply(.currentSet("c1"))
        try domain.apply(.domainRenamed(to: "vm2"))
        #expect(domain.name == "vm2")
        #expect(domain.uuid == uuid)
        #expect(domain.graph.current == "c1")
        #expect(domain.revision == 4)

        try domain.apply(.domainUndefined)
        #expect(!domain.isLive)
        #expect(domain.name == "vm2")
        #expect(domain.revision == 5)
    }

    @Test("Defining again gives the domain whole: what is not known any more is nil")
    func definedAgain() throws {
        let uuid = try #require(DomainUUID("6695eb01-f6a4-8304-79aa-97f2502e193f"))
        var domain = Domain(name: "vm1")
        try domain.apply(.domainDefined(name: "vm1", uuid: uuid, definition: nil))
        try domain.apply(.domainUndefined)
        try domain.apply(.domainDefined(name: "vm3", uuid: nil, definition: nil))
        #expect(domain.isLive)
        #expect(domain.name == "vm3")
        #expect(domain.uuid == nil)
        #expect(domain.definition == nil)
    }

    @Test("A domain has the same graph if its cycles are resolved once, at the end")
    func unsettled() throws {
        var domain = Domain(name: "vm1")
        var replayed = Domain(name: "vm1")
        for name in ["a", "b", "c"] {
            let parent = name == "a" ? "c" : "a"
            let event = Event.checkpointCreated(
                Checkpoint(
                    name: CheckpointName(name), parent: CheckpointName(parent), creationTime: 1))
            try domain.apply(event)
            try replayed.applyUnsettled(event)
        }
        replayed.resolveCycles()
        #expect(replayed.graph == domain.graph)
        #expect(replayed.graph.tree == "a .b .c")
        #expect(replayed.graph.brokenInvariants() == [])
        #expect(replayed.revision == 3)
    }
}

struct EventTests {
    static let checkpoint = Checkpoint(name: "c1", parent: "c0", creationTime: 1)

    @Test(
        "An event knows its kind and the checkpoint that it is about",
        arguments: [
            (.domainDefined(name: "vm1", uuid: nil, definition: nil), "domainDefined", nil),
            (.domainRenamed(to: "vm2"), "domainRenamed", nil),
            (.domainUndefined, "domainUndefined", nil),
            (.checkpointCreated(checkpoint), "checkpointCreated", "c1"),
            (
                .checkpointRedefined(checkpoint, claimsCurrent: true), "checkpointRedefined", "c1"
            ),
            (.checkpointDeleted("c1"), "checkpointDeleted", "c1"),
            (.currentSet("c1"), "currentSet", "c1"),
            (.currentSet(nil), "currentSet", nil),
        ] as [(Event, String, String?)])
    func kinds(event: Event, kind: String, name: String?) {
        #expect(event.kind.rawValue == kind)
        #expect(event.checkpointName?.text == name)
    }
}
