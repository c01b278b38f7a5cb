import Moments
import Testing

/// Where several things are wrong, libvirt's order of checks tells which of them is
/// reported.
struct CheckOrderTests {
    static let disks = Guest.disks + [Guest.readOnly, Guest.raw]

    @Test(
        "Create checks the disks before the name: their number, then each in order",
        arguments: [
            ("vda vda vdz sda sda", disks, .tooManyDisks),
            ("vda", [], .tooManyDisks),
            ("", [], .noDisks),
            ("vdz vda vda sda", disks, .noSuchDisk),
            ("vda vda vdz sda", disks, .duplicateDisk),
            ("sda vda vda vdz", disks, .diskNotWritable),
            ("sda:no sda vdz", disks, .duplicateDisk),
            ("vda:x vdc vdz", disks, .noSuchDisk),
            ("vda:x vdc vda", disks, .duplicateDisk),
            ("vda:x vdc sda", disks, .diskNotWritable),
            ("vdc vda:x", disks, .bitmapName),
            ("vdc:x", disks, .bitmapName),
            ("vdc", disks, .unsupportedFormat),
            ("vda", disks, .exists),
        ] as [(String, [DomainDisk], MomentlogError.Code)])
    func create(request: String, domainDisks: [DomainDisk], code: MomentlogError.Code) throws {
        try Domain.guest("c1").expectRefusal(
            .create(CheckpointRequest(name: "c1", disks: .sketch(request))),
            in: .guest(disks: domainDisks), code, "")
    }

    @Test(
        "Redefine checks the parents, then the definition's UUID, then the disks",
        arguments: [
            ("a<-a", .selfParent), ("a<-x", .parentNotFound), ("a<-c", .parentCycle),
            ("a", .foreignDomain),
        ] as [(String, MomentlogError.Code)])
    func redefine(sketch: String, code: MomentlogError.Code) throws {
        var redefinitions = try [Redefinition].sketch(sketch)
        redefinitions[0].checkpoint.definition = Guest.definition
        redefinitions[0].checkpoint.disks = .sketch("vdz")
        redefinitions[0].domainUUID = Guest.uuid(2)
        let domain = try Domain.guest("a b<-a c<-b", current: "c")
        domain.expectRefusal(.redefine(redefinitions), code, "")
        guard code == .foreignDomain else { return }
        redefinitions[0].domainUUID = Guest.uuid
        redefinitions[0].domainDisks = Guest.disks
        domain.expectRefusal(.redefine(redefinitions), .noSuchDisk, "")
    }

    @Test("Of several checkpoints all parents are checked before any definition")
    func several() throws {
        var redefinitions = try [Redefinition].sketch("a b<-x")
        redefinitions[0].checkpoint.definition = Guest.definition
        try Domain.guest().expectRefusal(.redefine(redefinitions), .parentNotFound, "moment b")
    }

    @Test("An unexpected revision is reported first, also for an unknown domain")
    func revision() throws {
        let context = DecisionContext.guest(expectedRevision: 7)
        let commands: [Command] = try [
            .create(CheckpointRequest(name: "/")), .redefine("a<-a"), .redefine([]),
            .delete("nosuch", .checkpoint), .setCurrent("nosuch"),
            .define(name: "/", uuid: nil, definition: #require(Guest.definition)),
            .rename(to: "/"), .undefine(deletingCheckpoints: false),
        ]
        for command in commands {
            try Domain.guest("a").expectRefusal(
                command, in: context, .revisionConflict,
                "domain 'vm1' is at revision 2, not 7")
            Domain(name: "vm1").expectRefusal(
                command, in: context, .revisionConflict,
                "domain 'vm1' is at revision 0, not 7")
        }
    }

    @Test("At the expected revision a command is decided as without one")
    func expectedRevision() throws {
        var domain = try Domain.guest("a", current: "a")
        for expected in [3, nil] {
            #expect(
                try decide(
                    .setCurrent(nil), for: domain, in: .guest(expectedRevision: expected)
                ).words == "current none")
        }
        try domain.carryOut(.setCurrent(nil), in: .guest(expectedRevision: 3))
        domain.expectRefusal(
            .setCurrent("a"), in: .guest(expectedRevision: 3), .revisionConflict,
            "revision 4, not 3")
        let definition = try #require(Guest.definition)
        #expect(
            try decide(
                .define(name: "vm1", uuid: nil, definition: definition), for: Domain(name: "vm1"),
                in: .guest(expectedRevision: 0)
            ).words == "defined vm1")
    }

    @Test("A command on an unknown domain is refused before anything else is checked")
    func noDomain() throws {
        var undefined = try Domain.guest()
        try undefined.apply(.domainUndefined)
        let commands: [Command] = try [
            .create(CheckpointRequest(name: "/")), .redefine("a<-a"), .redefine([]),
            .delete("nosuch", .checkpoint), .setCurrent("nosuch"), .setCurrent(nil),
            .rename(to: "/"), .rename(to: "vm1"), .undefine(deletingCheckpoints: true),
        ]
        for domain in [Domain(name: "vm1"), undefined] {
            for command in commands {
                domain.expectRefusal(
                    command, .noDomain, "no domain with matching name or UUID 'vm1'")
            }
        }
    }
}
