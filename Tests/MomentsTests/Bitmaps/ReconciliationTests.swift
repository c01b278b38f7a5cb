import Moments
import TestSupport
import Testing

struct ReconciliationTests {
    /// A graph of checkpoints that cover disks under their own names, one after the other.
    private static func graph(_ checkpoints: [(String, disks: [Disk])]) throws -> MomentGraph {
        var graph = MomentGraph()
        for (number, (name, disks)) in checkpoints.enumerated() {
            try graph.apply(
                .checkpointCreated(
                    Checkpoint(
                        name: CheckpointName(name),
                        creationTime: CreationTime(seconds: Int64(number)), disks: disks
                    )))
        }
        return graph
    }

    private static func report(_ chains: [(String, [DiskImage])]) throws -> ImageReport {
        var report = ImageReport()
        for (disk, images) in chains {
            try report.add(try #require(ImageChain(images)), of: disk, guest: .shutOff)
        }
        return report
    }

    private static func image(_ path: String, _ names: String...) -> DiskImage {
        DiskImage(path: path, bitmaps: names.map { DirtyBitmap(name: $0) })
    }

    private static func words(_ reconciliation: Reconciliation) -> [String] {
        reconciliation.judgements.map {
            "\($0.checkpoint ?? "-") \($0.disk) \($0.bitmap) \($0.verdict.rawValue)"
        }
    }

    @Test("Each checkpoint gets a verdict on each disk that it covers; other bitmaps are orphans")
    func twoDisks() throws {
        let both = [Disk(name: "vda"), Disk(name: "vdb")]
        let graph = try Self.graph([
            ("c1", both), ("c2", [Disk(name: "vda"), Disk(name: "vdb", mode: .no)]),
            ("c3", [Disk(name: "vda", bitmap: "other"), Disk(name: "vdc")]),
        ])
        let reconciliation = Reconciliation(
            of: graph,
            with: try Self.report([
                ("vda", [Self.image("a", "c1", "c2", "c3"), Self.image("a0", "other")]),
                ("vdb", [Self.image("b", "c2", "c1")]),
            ]))
        #expect(
            Self.words(reconciliation) == [
                "c1 vda c1 valid", "c1 vdb c1 valid", "c2 vda c2 valid", "c3 vda other missing",
                "c3 vdc c3 unknown", "- vda c3 orphan", "- vdb c2 orphan",
            ])
        #expect(!reconciliation.isSound)
        #expect(
            reconciliation.outlooks.map { "\($0.disk) \($0.bases) \($0.needsFullBackup)" } == [
                "vda [\"c1\", \"c2\"] false", "vdb [\"c1\"] false", "vdc [] false",
            ])
    }

    @Test("The result is sound only if everything is valid, without orphans and uninspected disks")
    func soundness() throws {
        func isSound(_ bitmaps: [String], _ disks: [String] = ["vda"]) throws -> Bool {
            Reconciliation(
                of: try Self.graph([("c1", disks.map { Disk(name: $0) })]),
                with: try Self.report([
                    (
                        "vda",
                        [DiskImage(path: "a", bitmaps: bitmaps.map { DirtyBitmap(name: $0) })]
                    )
                ])
            ).isSound
        }
        #expect(try isSound(["c1"]))
        #expect(try !isSound(["c1", "c2"]))
        #expect(try !isSound([]))
        #expect(try !isSound(["c1"], ["vda", "vdb"]))
        #expect(try isSound([], []))
    }

    @Test("Orphans are sorted by the bytes of their names")
    func orphanOrder() throws {
        let names = (0..<40).map { "b\($0 * 7 % 40)" }
        let image = DiskImage(path: "a", bitmaps: names.map { DirtyBitmap(name: $0) })
        let found = Reconciliation(of: MomentGraph(), with: try Self.report([("vda", [image])]))
        #expect(found.judgements.map(\.bitmap) == names.sorted())
    }

    @Test("A disk that was inspected and has no valid bitmap needs a full backup, no other does")
    func fullBackup() throws {
        let graph = try Self.graph([("c1", [Disk(name: "vda"), Disk(name: "vdb")])])
        let reconciliation = Reconciliation(
            of: graph,
            with: try Self.report([
                ("vda", [Self.image("a", "c1")]), ("vdb", [Self.image("b")]),
                ("vdc", [DiskImage(path: "c", format: "raw")]),
            ]))
        #expect(reconciliation.outlooks.filter(\.needsFullBackup).map(\.disk) == ["vdb", "vdc"])
    }

    @Test("A disk that a checkpoint names by its path is found by its target")
    func diskByPath() throws {
        let graph = try Self.graph([("c1", [Disk(name: "/images/a.qcow2")])])
        let report = try Self.report([("vda", [Self.image("/other", "c1")])])
        #expect(
            Self.words(Reconciliation(of: graph, with: report)).first?.hasSuffix("unknown") == true)
        #expect(
            Self.words(Reconciliation(of: graph, with: report, domainDisks: Guest.disks))
                == ["c1 /images/a.qcow2 c1 valid"])
    }

    @Test("A disk that is named by path here and by target there is reported once")
    func outlookByPath() throws {
        let graph = try Self.graph([
            ("c1", [Disk(name: "/images/a.qcow2")]), ("c2", [Disk(name: "vda")]),
        ])
        func words(_ disk: String, _ domainDisks: [DomainDisk]?) throws -> [String] {
            let found = Reconciliation(
                of: graph, with: try Self.report([(disk, [Self.image("a", "c1", "c2")])]),
                domainDisks: domainDisks)
            return found.outlooks.map { "\($0.disk) \($0.wasSeen) \($0.bases)" }
        }
        #expect(try words("vda", Guest.disks) == [#"vda true ["c1", "c2"]"#])
        // The path identifies an image, too, where nothing else is known.
        #expect(
            try words("/images/a.qcow2", nil)
                == [#"/images/a.qcow2 true ["c1"]"#, "vda false []"])
        #expect(try words("/images/a.qcow2", Guest.disks).first == #"vda true ["c1"]"#)
    }

    @Test("A disk that the domain no longer has is distinguished from one that was not inspected")
    func goneDisk() throws {
        let graph = try Self.graph([("c1", [Disk(name: "vda"), Disk(name: "vdz")])])
        let messages = Reconciliation(
            of: graph, with: ImageReport(), domainDisks: Guest.disks
        ).judgements.map(\.message)
        #expect(
            messages == [
                "no image of disk 'vda' was inspected", "the domain has no disk 'vdz' any more",
            ])
    }

    @Test("Names are compared byte by byte, whatever they are")
    func strangeNames() throws {
        let names = ["é", "e\u{301}", "", "-x", "a b'\"", "\u{212A}", "💾\n"]
        let graph = try Self.graph([("c1", [Disk(name: "vda", bitmap: "é")])])
        let image = DiskImage(path: "a", bitmaps: names.map { DirtyBitmap(name: $0) })
        let reconciliation = Reconciliation(of: graph, with: try Self.report([("vda", [image])]))
        #expect(reconciliation.judgements.first?.verdict == .valid)
        #expect(reconciliation.judgements.count == names.count)
    }

    @Test("A disk that is given twice is refused")
    func twice() throws {
        var report = try Self.report([("vda", [Self.image("a")])])
        #expect {
            try report.add(ImageChain(Self.image("b")), of: "vda")
        } throws: {
            ($0 as? MomentlogError)?.code == .duplicateDisk
        }
        #expect(report["vda"]?.top.path == "a")
    }

    @Test(
        "The judgements equal those of a naive inspection of each bitmap", arguments: Seeds.all)
    func agreement(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for round in 0..<200 {
            let place: Comment = "seed \(seed), round \(round)"
            let names = (0..<4).map { "c\($0)" }
            let graph = try Self.graph(
                names.filter { _ in Bool.random(using: &random) }.map { ($0, [Disk(name: "vda")]) })
            let images = (0..<Int.random(in: 1...4, using: &random)).map { number in
                DiskImage(
                    path: "\(number)",
                    bitmaps: names.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }.map {
                        DirtyBitmap(
                            name: $0, isRecording: Int.random(in: 0..<6, using: &random) > 0,
                            isInconsistent: Int.random(in: 0..<6, using: &random) == 0,
                            isPersistent: Int.random(in: 0..<9, using: &random) > 0)
                    })
            }
            let reconciliation = Reconciliation(
                of: graph, with: try Self.report([("vda", images)]))
            for judgement in reconciliation.judgements {
                guard judgement.checkpoint != nil else {
                    try #require(judgement.verdict == .orphan, place)
                    try #require(!graph.contains(CheckpointName(judgement.bitmap)), place)
                    continue
                }
                try #require(
                    (judgement.verdict == .valid) == Self.isValid(judgement.bitmap, images), place)
            }
            let there = Set(images.flatMap { $0.bitmaps.map(\.name) })
            try #require(
                Set(reconciliation.judgements.filter { $0.verdict == .orphan }.map(\.bitmap))
                    == there.subtracting((graph.names() ?? []).map(\.text)), place)
        }
    }

    /// Libvirt's rule, as its source has it.
    private static func isValid(_ name: String, _ images: [DiskImage]) -> Bool {
        var (isFound, hasEnded) = (false, false)
        for image in images {
            guard let bitmap = image.bitmaps.first(where: { $0.name == name }) else {
                if !isFound { return false }
                hasEnded = true
                continue
            }
            if hasEnded || bitmap.isInconsistent || !bitmap.isPersistent || !bitmap.isRecording {
                return false
            }
            isFound = true
        }
        return isFound
    }

    @Test("Ten thousand checkpoints on four disks get verdicts and remedies")
    func large() throws {
        let count = 10_000
        let disks = (0..<4).map { Disk(name: "vd\($0)") }
        let graph = try Self.graph((0..<count).map { ("c\($0)", disks) })
        let bitmaps = (0..<count).map { DirtyBitmap(name: "c\($0)", isInconsistent: $0 % 2 == 1) }
        let reconciliation = Reconciliation(
            of: graph,
            with: try Self.report(
                disks.map { ($0.name, [DiskImage(path: $0.name, bitmaps: bitmaps)]) }),
            domainDisks: disks.map {
                DomainDisk(target: $0.name, source: $0.name, format: "qcow2")
            })
        #expect(reconciliation.judgements.count == 4 * count)
        #expect(reconciliation.outlooks.map(\.bases.count) == [5_000, 5_000, 5_000, 5_000])
        let remedies = reconciliation.judgements.map {
            reconciliation.remedies(for: $0, in: "vm1").count
        }
        // Of each other checkpoint the removal of four bitmaps, and two steps that delete it.
        #expect(remedies.reduce(0, +) == 4 * count / 2 * 6)
    }
}
