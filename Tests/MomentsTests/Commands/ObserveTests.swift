import Moments
import Testing

/// The observations that are recorded of images.
struct ObserveTests {
    private static func domain() throws -> Domain {
        var domain = try Domain.guest()
        try domain.apply(
            .checkpointCreated(
                Checkpoint(
                    name: "c1", creationTime: 1,
                    disks: [Disk(name: "vda"), Disk(name: "vdb"), Disk(name: "vdz")])))
        return domain
    }

    private static func report(_ disks: KeyValuePairs<String, [String]>) throws -> ImageReport {
        var report = ImageReport()
        for (disk, bitmaps) in disks {
            try report.add(
                ImageChain(
                    DiskImage(
                        path: "/images/\(disk)", bitmaps: bitmaps.map { DirtyBitmap(name: $0) })),
                of: disk, guest: .shutOff)
        }
        return report
    }

    private static func seen(
        _ checkpoint: String?, _ disk: String, _ bitmap: String, _ verdict: BitmapVerdict
    ) -> Event {
        .bitmapObserved(
            BitmapObservation(
                checkpoint: checkpoint.map { CheckpointName($0) }, disk: disk, bitmap: bitmap,
                verdict: verdict,
                image: "/images/\(disk)", observationTime: 100))
    }

    @Test("Each inspected disk and each orphan is recorded with its image and time")
    func events() throws {
        let events = try decide(
            .observe(Self.report(["vda": ["c1", "x"], "vdb": []])), for: Self.domain(),
            in: .guest(at: 100))
        #expect(
            events == [
                Self.seen("c1", "vda", "c1", .valid), Self.seen("c1", "vdb", "c1", .missing),
                Self.seen(nil, "vda", "x", .orphan),
            ])
        #expect(try decide(.observe(ImageReport()), for: Self.domain(), in: .guest()) == [])
    }

    @Test("A verdict outlives a redefinition, but not one that describes other data")
    func redefinitions() throws {
        let disks = [Disk(name: "vda"), Disk(name: "vdb")]
        for (time, redefined, left) in [
            (1, disks, ["vda", "vdb"]), (2, disks, []),
            (1, [Disk(name: "vda", bitmap: "other"), Disk(name: "vdb")], ["vdb"]),
            (1, [Disk(name: "vdb"), Disk(name: "vda")], ["vda", "vdb"]),
            // A bitmap without a name has the checkpoint's.
            (1, [Disk(name: "vda", bitmap: "c1"), Disk(name: "vdb")], ["vda", "vdb"]),
            (1, [Disk(name: "vda", mode: .no), Disk(name: "vdb")], ["vdb"]),
        ] as [(Int64, [Disk], [String])] {
            var domain = try Domain.guest()
            try domain.apply(
                .checkpointCreated(Checkpoint(name: "c1", creationTime: 1, disks: disks)))
            for disk in ["vda", "vdb"] { try domain.apply(Self.seen("c1", disk, "c1", .valid)) }
            try domain.apply(
                .checkpointRedefined(
                    Checkpoint(
                        name: "c1", description: "again",
                        creationTime: CreationTime(seconds: time), disks: redefined),
                    claimsCurrent: false))
            #expect(domain.graph.health(of: "c1").map(\.disk).sorted() == left)
        }
    }

    @Test("A disk that no checkpoint and no definition names is refused; one that is lost is not")
    func disks() throws {
        let lost = try decide(
            .observe(Self.report(["vdz": ["c1"]])), for: Self.domain(), in: .guest())
        #expect(lost == [Self.seen("c1", "vdz", "c1", .valid)])
        for known in [Guest.disks, nil] {
            let error = #expect(throws: MomentlogError.self) {
                try decide(
                    .observe(Self.report(["vda": [], "sdx": []])), for: Self.domain(),
                    in: .guest(disks: known))
            }
            #expect(error?.code == .noSuchDisk)
            #expect(error?.message.contains("'sdx'") == true)
            #expect(error?.hint == "there are 'vda', 'vdb', 'vdz'")
        }
        // A disk of the domain that no checkpoint covers is observed, too.
        var bare = try Domain.guest()
        try bare.apply(.checkpointCreated(Checkpoint(name: "c1", creationTime: 1)))
        #expect(
            try decide(.observe(Self.report(["vdb": ["y"]])), for: bare, in: .guest(at: 100))
                == [Self.seen(nil, "vdb", "y", .orphan)])
    }
}
