import Moments
import Testing

/// The disks of a checkpoint that is created: what is asked for against what the
/// domain has.
struct CreateDiskTests {
    static let all = Guest.disks + [Guest.readOnly, Guest.empty, Guest.raw]
    static let writable = Guest.disks + [Guest.readOnly, Guest.empty]

    static func disks(_ request: [Disk], _ domainDisks: [DomainDisk]) throws -> String? {
        let events = try decide(
            .create(CheckpointRequest(name: "c1", disks: request)), for: .guest(),
            in: .guest(disks: domainDisks))
        guard case .checkpointCreated(let checkpoint) = events[0] else { return nil }
        return checkpoint.disks.words
    }

    @Test(
        "Each disk of the domain is recorded, in the domain's order and by its target",
        arguments: [
            // Without disks: all that can be written.
            ("", writable, "vda:c1 vdb:c1 sda:no sdb:no"),
            ("", Guest.disks, "vda:c1 vdb:c1"),
            ("", [Guest.readOnly, Guest.empty], "sda:no sdb:no"),
            // The others become `no`.
            ("vdb", writable, "vda:no vdb:c1 sda:no sdb:no"),
            ("vda", all, "vda:c1 vdb:no sda:no sdb:no vdc:no"),
            ("vdb vda", Guest.disks, "vda:c1 vdb:c1"),
            // By source path.
            ("/images/b.qcow2", Guest.disks, "vda:no vdb:c1"),
            ("/images/b.qcow2 vda", Guest.disks, "vda:c1 vdb:c1"),
            // With its own bitmap's name.
            ("vda:c1", Guest.disks, "vda:c1 vdb:no"),
            // Read-only, empty and raw ones with `no`; all with `no`.
            ("vda sda:no sdb:no vdc:no", all, "vda:c1 vdb:no sda:no sdb:no vdc:no"),
            ("vda:no vdb:no", Guest.disks, "vda:no vdb:no"),
            ("vda:no", writable, "vda:no vdb:no sda:no sdb:no"),
        ])
    func accepted(request: String, domainDisks: [DomainDisk], recorded: String) throws {
        #expect(try Self.disks(.sketch(request), domainDisks) == recorded)
    }

    @Test(
        "What cannot be covered is refused",
        arguments: [
            (
                "vda:x", Guest.disks, .bitmapName,
                "bitmap for disk 'vda' must match checkpoint name 'c1'"
            ),
            (
                "/images/b.qcow2:x", Guest.disks, .bitmapName,
                "bitmap for disk 'vdb' must match checkpoint name 'c1'"
            ),
            ("vdz", Guest.disks, .noSuchDisk, "no disk named 'vdz'"),
            ("vdz:no", Guest.disks, .noSuchDisk, "no disk named 'vdz'"),
            ("/images/z.qcow2", Guest.disks, .noSuchDisk, "no disk named '/images/z.qcow2'"),
            ("images/a.qcow2", Guest.disks, .noSuchDisk, "no disk named 'images/a.qcow2'"),
            ("vda vda", Guest.disks, .duplicateDisk, "disk 'vda' specified twice"),
            ("vda vda:no", Guest.disks, .duplicateDisk, "disk 'vda' specified twice"),
            (
                "vda /images/a.qcow2", Guest.disks, .duplicateDisk,
                "disk '/images/a.qcow2' specified twice in checkpoint 'c1': it is 'vda'"
            ),
            ("/images/a.qcow2 vda", Guest.disks, .duplicateDisk, "disk 'vda' specified twice"),
            (
                "vda vdb vdc", Guest.disks, .tooManyDisks,
                "too many disk checkpoint requests for domain"
            ),
            ("sda", all, .diskNotWritable, "disk 'sda' is empty or readonly"),
            ("sdb", all, .diskNotWritable, "disk 'sdb' is empty or readonly"),
            ("/images/cd.iso", all, .diskNotWritable, "disk '/images/cd.iso' is empty or readonly"),
            (
                "vdc", all, .unsupportedFormat,
                "checkpoint for disk vdc unsupported for storage type raw"
            ),
            (
                "", all, .unsupportedFormat,
                "checkpoint for disk vdc unsupported for storage type raw"
            ),
            (
                "", [], .noDisks, "domain must have at least one disk to perform checkpoints"
            ),
        ] as [(String, [DomainDisk], MomentlogError.Code, String)])
    func refused(
        request: String, domainDisks: [DomainDisk], code: MomentlogError.Code, message: String
    ) throws {
        try Domain.guest().expectRefusal(
            .create(CheckpointRequest(name: "c1", disks: .sketch(request))),
            in: .guest(disks: domainDisks), code, message)
    }

    @Test("Every refusal of a disk names the checkpoint")
    func namesTheCheckpoint() throws {
        for request in ["vda:x", "vdz", "vda vda", "vda vdb vdc", "sda"] {
            let disks = request == "sda" ? Self.all : Guest.disks
            let error = #expect(throws: MomentlogError.self) {
                try decide(
                    .create(CheckpointRequest(name: "c1", disks: .sketch(request))), for: .guest(),
                    in: .guest(disks: disks))
            }
            #expect(error?.message.contains("'c1'") == true, "\(request)")
        }
    }

    @Test("A source that two disks share names neither, and they go by their targets")
    func sharedSource() throws {
        let shared = ["vda", "vdb"].map {
            DomainDisk(target: $0, source: "/images/a.qcow2", format: "qcow2")
        }
        try Domain.guest().expectRefusal(
            .create(CheckpointRequest(name: "c1", disks: .sketch("/images/a.qcow2"))),
            in: .guest(disks: shared), .noSuchDisk, "it is the source of 'vda', 'vdb'")
        #expect(try Self.disks(.sketch("vdb"), shared) == "vda:no vdb:c1")
    }

    @Test("A network disk's source is no path, and no name for it")
    func networkDisk() throws {
        let disks = [DomainDisk(target: "vda", source: "pool/image", format: "qcow2")]
        try Domain.guest().expectRefusal(
            .create(CheckpointRequest(name: "c1", disks: .sketch("pool/image"))),
            in: .guest(disks: disks), .noSuchDisk, "no disk named 'pool/image'")
    }

    @Test("Of many disks that a domain has, the hint lists some and counts the rest")
    func manyDisks() throws {
        let disks = (0..<10).map { DomainDisk(target: "vd\($0)", format: "qcow2") }
        let error = #expect(throws: MomentlogError.self) {
            try decide(
                .create(CheckpointRequest(name: "c1", disks: .sketch("sda"))), for: .guest(),
                in: .guest(disks: disks))
        }
        #expect(error?.hint?.contains("'vd7' and 2 more") == true)
    }
}
