import Moments
import Testing

/// What images prove, by what is known of the guest.
struct GuestStateTests {
    static let disk = DomainDisk(target: "vda", source: "/img/top", format: "qcow2")

    /// The verdict on the bitmap c1, as `VERDICT`, and its message.
    static func verdict(
        _ images: [DiskImage], _ guest: GuestState, disk: DomainDisk = disk,
        definedPath: String? = nil
    ) throws -> (verdict: BitmapVerdict, message: String) {
        var graph = MomentGraph()
        try graph.apply(
            .checkpointCreated(
                Checkpoint(name: "c1", creationTime: 1, disks: [Disk(name: "vda")])))
        var report = ImageReport()
        try report.add(
            try #require(ImageChain(images)), of: "vda", guest: guest, definedPath: definedPath)
        let judgement = try #require(
            Reconciliation(of: graph, with: report, domainDisks: [disk]).judgements.first {
                $0.checkpoint == "c1"
            })
        return (judgement.verdict, judgement.message)
    }

    private static func image(_ bitmaps: DirtyBitmap..., backing: String? = nil) -> DiskImage {
        DiskImage(path: "/img/top", bitmaps: bitmaps, backingPath: backing)
    }

    private static let sound = DirtyBitmap(name: "c1")

    @Test(
        "An absent bitmap or one in use is unknown unless the guest's state is known",
        arguments: [
            (image(), [BitmapVerdict.missing, .missing, .unknown]),
            (image(DirtyBitmap(name: "other")), [.missing, .missing, .unknown]),
            (
                image(DirtyBitmap(name: "c1", isInconsistent: true)),
                [.inconsistent, .inconsistent, .unknown]
            ),
            (image(sound), [.valid, .valid, .valid]),
            (
                image(DirtyBitmap(name: "c1", isRecording: false)),
                [.notRecording, .notRecording, .notRecording]
            ),
        ])
    func guests(image: DiskImage, expected: [BitmapVerdict]) throws {
        for (guest, verdict) in zip([GuestState.running, .shutOff, .unknown], expected) {
            #expect(try Self.verdict([image], guest).verdict == verdict, "\(guest)")
        }
    }

    @Test("A bitmap that only a lower image has is missing, and a commit would bring it back")
    func overlay() throws {
        let images = [Self.image(), DiskImage(path: "/img/base", bitmaps: [Self.sound])]
        for guest in [GuestState.running, .shutOff] {
            let (verdict, message) = try Self.verdict(images, guest)
            #expect(verdict == .missing)
            #expect(message.contains("active block commit into '/img/base'"), "\(message)")
        }
        #expect(try Self.verdict(images, .unknown).verdict == .unknown)
        let broken = DiskImage(
            path: "/img/base", bitmaps: [DirtyBitmap(name: "c1", isInconsistent: true)])
        #expect(try !Self.verdict([Self.image(), broken], .shutOff).message.contains("commit"))
    }

    @Test(
        "What cannot be used, or was not inspected whole, is never valid",
        arguments: [GuestState.running, .shutOff, .unknown])
    func neverValid(guest: GuestState) throws {
        let sound = Self.image(Self.sound)
        var corrupt = sound
        corrupt.isCorrupt = true
        var corruptBase = DiskImage(path: "/img/base")
        corruptBase.isCorrupt = true
        var raw = Self.disk
        raw.format = "raw"
        var transient = Self.disk
        transient.isTransient = true
        let rows: [(String, [DiskImage], DomainDisk, String?, BitmapVerdict)] = [
            ("corrupt", [corrupt], Self.disk, nil, .unknown),
            ("corrupt base", [sound, corruptBase], Self.disk, nil, .unknown),
            ("another format", [sound], raw, nil, .unsupportedFormat),
            (
                "transient", [sound], transient, nil, guest == .unknown ? .unknown : .missing
            ),
            (
                "incomplete", [Self.image(Self.sound, backing: "/img/base")], Self.disk, nil,
                .unknown
            ),
            ("another path", [sound], Self.disk, "/img/old", .unknown),
        ]
        for (name, images, disk, definedPath, expected) in rows {
            let (verdict, message) = try Self.verdict(
                images, guest, disk: disk, definedPath: definedPath)
            #expect(verdict == expected, "\(name): \(message)")
        }
    }

    @Test("A file at another path than the definition's is named in the message only")
    func otherPath() throws {
        var disk = Self.disk
        disk.source = "/img/defined"
        let (verdict, message) = try Self.verdict([Self.image(Self.sound)], .shutOff, disk: disk)
        #expect(verdict == .valid)
        #expect(message.contains("'/img/defined'"))
    }

    @Test("A disk needs a full backup only if no bitmap of it can be valid")
    func outlook() throws {
        func outlook(_ guest: GuestState) throws -> Reconciliation.Outlook {
            var graph = MomentGraph()
            try graph.apply(
                .checkpointCreated(
                    Checkpoint(name: "c1", creationTime: 1, disks: [Disk(name: "vda")])))
            var report = ImageReport()
            try report.add(ImageChain(Self.image()), of: "vda", guest: guest)
            return try #require(Reconciliation(of: graph, with: report).outlooks.first)
        }
        #expect(try outlook(.shutOff).needsFullBackup)
        #expect(try outlook(.running).needsFullBackup)
        #expect(try !outlook(.unknown).needsFullBackup)
        #expect(try outlook(.unknown).isUncertain)
    }
}

struct BitmapOwnerTests {
    private static func owners(_ bitmaps: [DirtyBitmap]) throws -> [BitmapOwner?] {
        var graph = MomentGraph()
        try graph.apply(
            .checkpointRedefined(
                Checkpoint(name: "c2", parent: "lost", creationTime: 1, disks: []),
                claimsCurrent: false))
        var report = ImageReport()
        try report.add(
            ImageChain(DiskImage(path: "a", bitmaps: bitmaps)), of: "vda", guest: .running)
        return Reconciliation(of: graph, with: report).judgements.map(\.owner)
    }

    @Test(
        "An orphan's state and the live checkpoints determine its possible owner",
        arguments: [
            (DirtyBitmap(name: "lost"), BitmapOwner.lostParent),
            (DirtyBitmap(name: "lost", isBusy: true), .operation),
            (DirtyBitmap(name: "backup-vda", isPersistent: false), .operation),
            (DirtyBitmap(name: "c9"), .unrecorded),
            (DirtyBitmap(name: "c9", isRecording: false, isInconsistent: true), .unrecorded),
            (DirtyBitmap(name: "c9", isRecording: false), .unknown),
            (DirtyBitmap(name: "not a checkpoint's name"), .unknown),
        ])
    func owner(bitmap: DirtyBitmap, owner: BitmapOwner) throws {
        #expect(try Self.owners([bitmap]) == [owner])
    }

    @Test("Bitmaps of running operations do not make a domain unsound, others do")
    func soundness() throws {
        func isSound(_ bitmap: DirtyBitmap) throws -> Bool {
            var report = ImageReport()
            try report.add(
                ImageChain(DiskImage(path: "a", bitmaps: [bitmap])), of: "vda", guest: .running)
            return Reconciliation(of: MomentGraph(), with: report).isSound
        }
        #expect(try isSound(DirtyBitmap(name: "backup-vda", isPersistent: false, isBusy: true)))
        #expect(try !isSound(DirtyBitmap(name: "c9")))
    }
}
