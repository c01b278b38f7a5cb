import Moments
import Testing

/// The disks of a checkpoint that is redefined, with and without a definition in its
/// document.
struct RedefineDiskTests {
    static let disks = Guest.disks + [Guest.readOnly, Guest.empty, Guest.raw]

    static func redefinition(_ disks: String, in domainDisks: [DomainDisk]?) -> Redefinition {
        Redefinition(
            Checkpoint(
                name: "x", creationTime: 1, disks: .sketch(disks),
                definition: domainDisks == nil ? nil : Guest.definition),
            domainUUID: Guest.uuid, domainDisks: domainDisks ?? [])
    }

    @Test(
        "With a definition they are aligned to its disks, not to the domain's",
        arguments: [
            ("", "vda:x vdb:x sda:no sdb:no vdc:x"),
            ("vdb", "vda:no vdb:x sda:no sdb:no vdc:no"),
            ("/images/b.qcow2 vda sda:no", "vda:x vdb:x sda:no sdb:no vdc:no"),
            ("vda:no", "vda:no vdb:no sda:no sdb:no vdc:no"),
            // Raw disks and bitmaps of other names are accepted.
            ("vdc", "vda:no vdb:no sda:no sdb:no vdc:x"),
            ("vda:other vdc:third", "vda:other vdb:no sda:no sdb:no vdc:third"),
        ])
    func aligned(given: String, recorded: String) throws {
        var domain = try Domain.guest()
        let redefine = Command.redefine([Self.redefinition(given, in: Self.disks)])
        try domain.carryOut(redefine, in: .guest(disks: nil))
        #expect(domain.graph.checkpoint(named: "x")?.disks.words == recorded)
    }

    @Test(
        "With a definition they are refused as on create",
        arguments: [
            ("vdz", disks, .noSuchDisk, "no disk named 'vdz'"),
            ("vda vda", disks, .duplicateDisk, "disk 'vda' specified twice"),
            (
                "vda /images/a.qcow2", disks, .duplicateDisk,
                "disk '/images/a.qcow2' specified twice"
            ),
            ("sda", disks, .diskNotWritable, "disk 'sda' is empty or readonly"),
            ("sdb", disks, .diskNotWritable, "disk 'sdb' is empty or readonly"),
            ("vda vdb vdc", Guest.disks, .tooManyDisks, "too many disk checkpoint requests"),
            ("", [], .noDisks, "domain must have at least one disk to perform checkpoints"),
            ("vda", [], .tooManyDisks, "too many disk checkpoint requests for domain"),
        ] as [(String, [DomainDisk], MomentlogError.Code, String)])
    func refused(
        given: String, domainDisks: [DomainDisk], code: MomentlogError.Code, message: String
    ) throws {
        try Domain.guest().expectRefusal(
            .redefine([Self.redefinition(given, in: domainDisks)]), code, message)
    }

    @Test(
        "Without a definition they are kept as given, and only names of bitmaps filled in",
        arguments: [
            ("", ""), ("vda", "vda:x"), ("vdz sda", "vdz:x sda:x"),
            ("vdb:other vda:no", "vdb:other vda:no"), ("/images/a.qcow2", "/images/a.qcow2:x"),
            ("vda /images/a.qcow2", "vda:x /images/a.qcow2:x"),
        ])
    func kept(given: String, recorded: String) throws {
        var domain = try Domain.guest()
        try domain.carryOut(.redefine([Self.redefinition(given, in: nil)]))
        #expect(domain.graph.checkpoint(named: "x")?.disks.words == recorded)
    }

    @Test("Ours: without a definition a disk twice is refused", arguments: ["", ":no", ":other"])
    func twice(mode: String) throws {
        try Domain.guest().expectRefusal(
            .redefine([Self.redefinition("vdb vda vda\(mode)", in: nil)]), .duplicateDisk,
            "disk 'vda' specified twice in checkpoint 'x'")
    }
}
