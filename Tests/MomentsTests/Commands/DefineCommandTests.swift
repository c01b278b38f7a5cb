import Moments
import Testing

struct DefineCommandTests {
    static func define(
        _ name: String, uuid: DomainUUID? = Guest.uuid, definition: UInt8 = 1
    ) throws -> Command {
        .define(name: name, uuid: uuid, definition: try #require(Guest.digest(definition)))
    }

    @Test("A domain that is not known is defined, with a UUID or without", arguments: [1, nil])
    func new(digit: Int?) throws {
        let uuid = digit.flatMap { Guest.uuid($0) }
        var domain = Domain(name: "vm1")
        #expect(
            try decide(Self.define("vm1", uuid: uuid), for: domain, in: .guest()) == [
                .domainDefined(name: "vm1", uuid: uuid, definition: Guest.definition)
            ])
        try domain.carryOut(Self.define("vm1", uuid: uuid))
        #expect(domain.isLive)
    }

    @Test(
        "The same again leads to no events, the UUID given or not",
        arguments: [(1, 1), (1, nil), (nil, nil)] as [(Int?, Int?)])
    func same(known: Int?, given: Int?) throws {
        let domain = try Domain.guest("a", uuid: known.flatMap { Guest.uuid($0) })
        #expect(
            try decide(
                Self.define("vm1", uuid: given.flatMap { Guest.uuid($0) }), for: domain,
                in: .guest()) == [])
    }

    @Test(
        "A definition that changed is recorded, with the UUID that is known", arguments: [1, nil])
    func changed(given: Int?) throws {
        let uuid = given.flatMap { Guest.uuid($0) }
        let expected = Event.domainDefined(
            name: "vm1", uuid: Guest.uuid, definition: Guest.digest(2))
        let define = try Self.define("vm1", uuid: uuid, definition: 2)
        #expect(try decide(define, for: .guest(), in: .guest()) == [expected])
        #expect(try decide(define, for: .guest(definition: nil), in: .guest()) == [expected])
    }

    @Test("A UUID is given later to a domain known by its name, its definition the same")
    func uuidLater() throws {
        var domain = try Domain.guest("a", current: "a", uuid: nil)
        #expect(try domain.carryOut(Self.define("vm1")) == "defined vm1")
        #expect(domain.uuid == Guest.uuid)
        #expect(domain.graph.current == "a")
        #expect(try domain.carryOut(Self.define("vm1")) == "")
    }

    @Test("Another UUID than the domain's is refused", arguments: [true, false])
    func otherUUID(isLive: Bool) throws {
        var domain = try Domain.guest()
        if !isLive { try domain.apply(.domainUndefined) }
        domain.expectRefusal(
            try Self.define("vm1", uuid: Guest.uuid(2)), .exists,
            "domain 'vm1' already exists with uuid 11111111-1111-1111-1111-111111111111")
    }

    @Test("Another name with the same UUID is refused, for a rename does that")
    func otherName() throws {
        try Domain.guest().expectRefusal(
            Self.define("vm2"), .exists,
            "domain 'vm1' is already defined with uuid 11111111-1111-1111-1111-111111111111")
    }

    @Test(
        "A name that another domain has is refused, whether its UUID is known or not",
        arguments: [
            (2, "domain 'vm2' already exists with uuid 22222222-2222-2222-2222-222222222222"),
            (nil, "domain 'vm2' already exists with uuid unknown"),
        ] as [(Int?, String)])
    func nameTaken(holder: Int?, message: String) throws {
        let context = DecisionContext.guest(
            nameHolder: .init(uuid: holder.flatMap { Guest.uuid($0) }))
        Domain(name: "vm2").expectRefusal(
            try Self.define("vm2"), in: context, .exists, message)
        var undefined = try Domain.guest()
        try undefined.apply(.domainUndefined)
        undefined.expectRefusal(try Self.define("vm2"), in: context, .exists, message)
    }

    @Test("Undefined, it is defined again as itself, also under another name")
    func again() throws {
        for (name, uuid) in [("vm1", Guest.uuid), ("vm2", Guest.uuid), ("vm2", nil)] {
            var domain = try Domain.guest("a", current: "a")
            try domain.carryOut(.undefine(deletingCheckpoints: true))
            #expect(try domain.carryOut(Self.define(name, uuid: uuid)) == "defined \(name)")
            #expect(domain.isLive)
            #expect(domain.name == name)
            #expect(domain.uuid == Guest.uuid)
            #expect(domain.graph.isEmpty)
            // Defined, deleted with its current, undefined and defined.
            #expect(domain.revision == 7)
        }
    }

    @Test(
        "Names that cannot be a domain's are refused",
        arguments: [
            ("", "is empty"), (" ", "is empty"), ("\t\n", "is empty"),
            ("a/b", "cannot contain '/'"),
            ("/", "cannot contain '/'"), (".", "folder"), ("..", "folder"),
            ("a/\u{338}b", "cannot contain '/'"),
            ("a\nb", "control character \\n"), ("a\u{1B}[0m", "control character"),
            ("a\u{7F}", "control character"), ("a\r\nb", "control character"),
        ])
    func names(name: String, message: String) throws {
        let define = try Self.define(name)
        Domain(name: "vm1").expectRefusal(define, .invalidXML, message)
        try Domain.guest().expectRefusal(.rename(to: name), .usage, message)
    }

    @Test(
        "Other names are accepted", arguments: ["a b", ".a", "...", "..a", "é", "-x", "vm:1", "%s"])
    func acceptedNames(name: String) throws {
        var domain = Domain(name: "vm1")
        #expect(try domain.carryOut(Self.define(name)) == "defined \(name)")
        var renamed = try Domain.guest()
        #expect(try renamed.carryOut(.rename(to: name)) == "renamed \(name)")
    }
}

struct RenameCommandTests {
    @Test("Renaming changes the name and nothing else")
    func renamed() throws {
        var domain = try Domain.guest("a b<-a", current: "b")
        let graph = domain.graph
        #expect(try domain.carryOut(.rename(to: "vm2")) == "renamed vm2")
        #expect(domain.name == "vm2")
        #expect(domain.uuid == Guest.uuid)
        #expect(domain.definition == Guest.definition)
        #expect(domain.graph == graph)
    }

    @Test("Renaming to the same name appends nothing")
    func same() throws {
        #expect(try decide(.rename(to: "vm1"), for: .guest(), in: .guest()) == [])
    }

    @Test("Renaming to a name that another domain has is refused", arguments: [Guest.uuid(2), nil])
    func taken(uuid: DomainUUID?) throws {
        try Domain.guest().expectRefusal(
            .rename(to: "vm2"), in: .guest(nameHolder: .init(uuid: uuid)), .exists,
            "domain with name 'vm2' already exists")
    }
}
