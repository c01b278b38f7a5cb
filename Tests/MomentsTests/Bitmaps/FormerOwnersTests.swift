import Moments
import TestSupport
import Testing

/// Whose the bitmaps were that no checkpoint names any more.
struct FormerOwnersTests {
    /// The images of vda hold a bitmap named `b`, those of vdb as well.
    private static func reconciliation() throws -> Reconciliation {
        var report = ImageReport()
        for disk in ["vda", "vdb"] {
            try report.add(
                ImageChain(DiskImage(path: disk, bitmaps: [DirtyBitmap(name: "b")])), of: disk)
        }
        return Reconciliation(of: MomentGraph(), with: report, domainDisks: Guest.disks)
    }

    private static func redefined(_ name: String, _ disks: Disk...) -> Event {
        .checkpointRedefined(
            Checkpoint(name: CheckpointName(name), creationTime: 1, disks: disks),
            claimsCurrent: false)
    }

    private static func created(_ name: String, _ disks: Disk...) -> Event {
        .checkpointCreated(Checkpoint(name: CheckpointName(name), creationTime: 1, disks: disks))
    }

    private static let onA = Disk(name: "vda", bitmap: "b")

    /// What happened, and by which checkpoint's which event the bitmaps of vda and vdb were
    /// left behind.
    static let cases: [([Event], vda: String, vdb: String)] = [
        ([], "-", "-"),
        ([created("b", onA), .checkpointDeleted("b")], "b 2", "-"),
        // Under another name than the bitmap's.
        ([redefined("x", onA), .checkpointDeleted("x")], "x 2", "-"),
        // A checkpoint of the bitmap's name that never named it on the disk.
        (
            [
                created("b", Disk(name: "vda", mode: .no), Disk(name: "vdb", bitmap: "c")),
                .checkpointDeleted("b"),
            ], "-", "-"
        ),
        ([created("b", Disk(name: "vdb")), .checkpointDeleted("b")], "-", "b 2"),
        // Named by the path of its source.
        (
            [redefined("x", Disk(name: "/images/b.qcow2", bitmap: "b")), .checkpointDeleted("x")],
            "-", "x 2"
        ),
        // Redefined without it, and then deleted: the first is what left it behind.
        (
            [
                redefined("x", onA), redefined("x", Disk(name: "vda", bitmap: "c")),
                .checkpointDeleted("x"),
            ], "x 2", "-"
        ),
        ([redefined("x", onA), redefined("x", onA), .checkpointDeleted("x")], "x 3", "-"),
        // Of several the last.
        (
            [
                created("b", onA), .checkpointDeleted("b"), redefined("y", onA), .currentSet("y"),
                .checkpointDeleted("y"),
            ], "y 5", "-"
        ),
        ([redefined("x", onA), redefined("y", onA), .checkpointDeleted("x")], "x 3", "-"),
        ([redefined("x", onA), .checkpointDeleted("other")], "-", "-"),
    ]

    @Test("An orphan's checkpoint is found by disk and bitmap", arguments: cases)
    func owners(events: [Event], vda: String, vdb: String) throws {
        let reconciliation = try Self.reconciliation()
        var owners = FormerOwners(of: reconciliation, domainDisks: Guest.disks)
        for (index, event) in events.enumerated() {
            owners.take(
                RecordedEvent(
                    sequence: index + 1, commit: 1, revision: index + 1, domain: "vm",
                    time: Timestamp(seconds: 1), provenance: Provenance(actor: "a"),
                    origin: .library, event: event))
        }
        let judged = reconciliation.judgements.map { judgement in
            owners[judgement].map { "\($0.checkpoint) \($0.departure.sequence)" } ?? "-"
        }
        #expect(judged == [vda, vdb])
    }
}
