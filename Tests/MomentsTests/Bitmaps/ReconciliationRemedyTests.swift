import Moments
import TestSupport
import Testing

/// The remedies of verdicts: nothing is removed without proof that it is of no use.
struct ReconciliationRemedyTests {
    private static let disks = ["vda", "vdb"].map {
        DomainDisk(target: $0, source: "/img/\($0)", format: "qcow2")
    }
    private static let broken = DirtyBitmap(name: "c1", isInconsistent: true)

    /// One disk's images and what is known of the guest.
    private struct Seen {
        var images: [DiskImage]
        var guest = GuestState.shutOff
        var definedPath: String?
        var isDefined = true
    }

    private static func image(
        _ path: String, _ bitmaps: DirtyBitmap..., node: String? = nil
    ) -> DiskImage {
        DiskImage(path: path, bitmaps: bitmaps, node: node)
    }

    /// The remedies of c1 on vda.
    private static func remedies(
        _ vda: Seen, vdb: Seen? = nil, covers: [String] = ["vda"]
    ) throws -> [Remedy] {
        var graph = MomentGraph()
        try graph.apply(
            .checkpointCreated(
                Checkpoint(
                    name: "c1", creationTime: 1, disks: covers.map { Disk(name: $0) })))
        var report = ImageReport()
        for (disk, seen) in [("vda", vda), ("vdb", vdb)] {
            guard let seen else { continue }
            try report.add(
                try #require(ImageChain(seen.images)), of: disk, guest: seen.guest,
                definedPath: seen.definedPath, isDefined: seen.isDefined)
        }
        let found = Reconciliation(of: graph, with: report, domainDisks: disks)
        return found.remedies(for: try #require(found.judgements.first), in: "vm")
    }

    @Test("An inconsistent bitmap of a guest that is shut off is removed, then its checkpoint")
    func dead() throws {
        let remedies = try Self.remedies(Seen(images: [Self.image("/img/vda", Self.broken)]))
        #expect(
            remedies.map(\.action) == [
                .deleteCheckpoint(domain: "vm", checkpoint: "c1", side: .libvirt),
                .deleteCheckpoint(domain: "vm", checkpoint: "c1", side: .record),
                .removeBitmap(
                    .file(path: "/img/vda", format: "qcow2", isEncrypted: false), bitmap: "c1"),
            ])
        #expect(remedies.allSatisfy { $0.isDestructive && $0.precondition != nil })
        #expect(remedies.map(\.group) == [1, 1, 1] && remedies.map(\.order) == [1, 2, 3])
    }

    @Test("A running QEMU removes the bitmap from the node that it writes to")
    func node() throws {
        let remedies = try Self.remedies(
            Seen(images: [Self.image("/img/vda", Self.broken, node: "n1")], guest: .running))
        #expect(
            remedies.last?.action
                == .removeBitmap(.node("n1", domain: "vm"), bitmap: "c1"))
    }

    @Test("A checkpoint with data on another disk stays, and no longer covers the broken one")
    func uncovering() throws {
        let broken = Seen(images: [Self.image("/img/vda", Self.broken)])
        for other in [
            nil, Seen(images: [Self.image("/img/vdb", DirtyBitmap(name: "c1"))]),
            Seen(images: [Self.image("/img/vdb", Self.broken)], guest: .unknown),
        ] {
            let remedies = try Self.remedies(broken, vdb: other, covers: ["vda", "vdb"])
            #expect(
                remedies.map(\.action.name)
                    == [.export, .redefine, .redefine, .removeBitmap])
            #expect(remedies.allSatisfy { $0.isDestructive })
        }
        let both = try Self.remedies(
            broken, vdb: Seen(images: [Self.image("/img/vdb", Self.broken)]),
            covers: ["vda", "vdb"])
        #expect(
            both.map(\.action.name)
                == [.deleteCheckpoint, .deleteCheckpoint, .removeBitmap, .removeBitmap])
    }

    @Test("Nothing is removed unless it is certainly unusable")
    func doubtful() throws {
        let path = "/img/vda"
        var corrupt = Self.image(path, Self.broken)
        corrupt.isCorrupt = true
        var backed = Self.image(path, Self.broken)
        backed.backingPath = "/img/base"
        var part = Self.image(path, Self.broken)
        part.isNamedByPath = false
        var readOnly = Self.image(path, Self.broken, node: "n1")
        readOnly.isReadOnly = true
        let busy = DirtyBitmap(name: "c1", isInconsistent: true, isBusy: true)
        let sound = DirtyBitmap(name: "c1")
        let rows: [(String, Seen)] = [
            ("the guest may run", Seen(images: [Self.image(path, Self.broken)], guest: .unknown)),
            ("absent, the guest may run", Seen(images: [Self.image(path)], guest: .unknown)),
            (
                "disabled",
                Seen(images: [Self.image(path, DirtyBitmap(name: "c1", isRecording: false))])
            ),
            ("corrupt", Seen(images: [corrupt])),
            ("incomplete", Seen(images: [backed])),
            ("a part of a file", Seen(images: [part])),
            ("another file", Seen(images: [Self.image("/img/other", Self.broken)])),
            ("read-only", Seen(images: [readOnly], guest: .running)),
            ("busy", Seen(images: [Self.image(path, busy, node: "n1")], guest: .running)),
            (
                "below the top of a running guest",
                Seen(
                    images: [
                        Self.image(path, Self.broken, node: "n1"),
                        Self.image("/img/base", Self.broken, node: "n2"),
                    ], guest: .running)
            ),
            (
                "sound below",
                Seen(images: [Self.image(path, Self.broken), Self.image("/img/base", sound)])
            ),
            (
                "only below",
                Seen(images: [Self.image(path), Self.image("/img/base", sound)])
            ),
            (
                "a gap",
                Seen(
                    images: [
                        Self.image(path, sound), Self.image("/img/mid"),
                        Self.image("/img/base", sound),
                    ])
            ),
            (
                "the definition is an old one",
                Seen(
                    images: [Self.image(path, Self.broken, node: "n1")], guest: .running,
                    definedPath: "/img/old")
            ),
            ("raw", Seen(images: [DiskImage(path: path, format: "raw")])),
            (
                "an image that somebody named",
                Seen(
                    images: [Self.image(path, Self.broken, node: "n1")], guest: .running,
                    isDefined: false)
            ),
        ]
        for (name, seen) in rows {
            let remedies = try Self.remedies(seen)
            #expect(remedies.allSatisfy { !$0.isDestructive }, "\(name): \(remedies)")
        }
    }

    @Test("Without a definition that names the image nothing is removed")
    func undefined() throws {
        var graph = MomentGraph()
        try graph.apply(
            .checkpointCreated(
                Checkpoint(name: "c1", creationTime: 1, disks: [Disk(name: "vda")])))
        let image = Self.image("/img/vda", Self.broken)
        var slice = Self.disks[0]
        slice.offset = 512
        var transient = Self.disks[0]
        transient.isTransient = true
        let definitions: [[DomainDisk]?] = [
            nil, [Self.disks[1]], [slice], [transient],
            [
                DomainDisk(
                    target: "vda", source: "/img/vda", format: "qcow2",
                    storage: .network(protocol: "nbd"))
            ], [DomainDisk(target: "vda", format: "qcow2", storage: .volume(pool: "p", name: "v"))],
        ]
        for definition in definitions {
            for guest in [GuestState.shutOff, .running] {
                var report = ImageReport()
                try report.add(ImageChain(image), of: "vda", guest: guest, isDefined: true)
                let found = Reconciliation(of: graph, with: report, domainDisks: definition)
                for judgement in found.judgements {
                    let remedies = found.remedies(for: judgement, in: "vm")
                    #expect(remedies.allSatisfy { !$0.isDestructive }, "\(remedies)")
                }
            }
        }
    }

    @Test("A guest that one disk shows running is not shut off by another's file")
    func otherDiskRuns() throws {
        let remedies = try Self.remedies(
            Seen(images: [Self.image("/img/vda", Self.broken)]),
            vdb: Seen(images: [Self.image("/img/vdb", node: "n")], guest: .running))
        #expect(remedies.allSatisfy { !$0.isDestructive })
    }

    @Test("libvirt gets the UUID of a domain whose name it would read as an ID")
    func numbers() throws {
        var graph = MomentGraph()
        try graph.apply(
            .checkpointCreated(
                Checkpoint(name: "c1", creationTime: 1, disks: [Disk(name: "vda")])))
        var report = ImageReport()
        try report.add(
            ImageChain(Self.image("/img/vda", Self.broken)), of: "vda", guest: .shutOff)
        let found = Reconciliation(of: graph, with: report, domainDisks: Self.disks)
        let uuid = DomainUUID("11111111-1111-4111-8111-111111111111")
        let named = found.remedies(for: found.judgements[0], in: "3", uuid: uuid)
        #expect(
            named.first?.action
                == .deleteCheckpoint(
                    domain: "11111111-1111-4111-8111-111111111111", checkpoint: "c1",
                    side: .libvirt))
        #expect(found.remedies(for: found.judgements[0], in: "3").isEmpty)
    }

    @Test("What is unknown has the ways to find out")
    func inspections() throws {
        let remedies = try Self.remedies(
            Seen(images: [Self.image("/img/vda", Self.broken)], guest: .unknown))
        #expect(
            remedies.map(\.action) == [
                .inspect(domain: "vm", disk: "vda", .runningGuest),
                .inspect(domain: "vm", disk: "vda", .imageFile(path: "/img/vda")),
            ])
        #expect(remedies.map(\.group) == [1, 2])
    }

    @Test("No orphan is ever removed; that of a lost or unrecorded checkpoint leads to its file")
    func orphans() throws {
        for owner in BitmapOwner.allCases {
            for guest in [GuestState.running, .shutOff, .unknown] {
                var report = ImageReport()
                try report.add(
                    ImageChain(Self.image("/img/vda", Self.broken, node: "n")), of: "vda",
                    guest: guest)
                let found = Reconciliation(of: MomentGraph(), with: report)
                let remedies = found.remedies(
                    for: found.judgements[0], owner: owner, in: "vm")
                let names = remedies.map(\.action.name)
                switch owner {
                case .lostParent: #expect(names == [.import])
                case .unrecorded: #expect(names == [.record])
                case .deleted, .operation, .unknown: #expect(names.isEmpty)
                }
                #expect(remedies.allSatisfy { !$0.isDestructive })
            }
        }
    }
}
