import Momentlog
import Moments
import TestSupport
import Testing

/// A store's checkpoints held against images, as values.
struct ReconcileTests {
    private static func report(_ disks: KeyValuePairs<String, [String]>) throws -> ImageReport {
        var report = ImageReport()
        for (disk, names) in disks {
            let bitmaps = names.map { DirtyBitmap(name: $0) }
            try report.add(ImageChain(DiskImage(path: disk, bitmaps: bitmaps)), of: disk)
        }
        return report
    }

    @Test("The former owner of an orphan is found by disk and bitmap, whatever the names")
    func orphans() async throws {
        let fixture = try await StoreFixture()
        let store = fixture.store
        try await fixture.define("vm1")
        for (name, disks) in [
            ("x", "<disk name='vda' checkpoint='bitmap' bitmap='b'/>"),
            ("y", "<disk name='vda' checkpoint='bitmap' bitmap='kept'/>"),
            ("c", "<disk name='vdb' checkpoint='bitmap'/>"),
        ] {
            try await store.redefine(
                [SourceDocument(CheckpointText.document(name, disks: "<disks>\(disks)</disks>"))],
                in: "vm1", by: Submission(actor: "maker"))
        }
        try await store.delete("x", from: "vm1", by: Submission(actor: "cleaner"))
        try await store.delete("c", from: "vm1", by: Submission(actor: "cleaner"))
        try await store.redefine(
            [SourceDocument(CheckpointText.document("y", disks: ""))], in: "vm1",
            by: Submission(actor: "changer"))
        let found = try await store.reconcile(
            "vm1", with: try Self.report(["vda": ["b", "c", "kept", "x"], "vdb": ["c"]]))
        let judged = found.reconciliation.judgements.map { judgement in
            let owner = found.formerOwner(of: judgement)
            return "\(judgement.disk) \(judgement.bitmap): \(owner?.checkpoint ?? "nobody's")"
        }
        #expect(
            judged == [
                "vda b: x", "vda c: nobody's", "vda kept: y", "vda x: nobody's", "vdb c: c",
            ])
        let messages = found.reconciliation.judgements.map { found.message(of: $0) }
        #expect(messages[0].contains("'vda': the checkpoint 'x' was deleted 20"))
        #expect(messages[0].hasSuffix(") by cleaner"))
        #expect(
            messages[1].contains(
                "'vda', and none ever did: it belongs to a checkpoint that has not been")
        )
        #expect(messages[2].contains("the checkpoint 'y' was redefined without it 20"))
        #expect(messages[2].hasSuffix(") by changer"))
        #expect(messages[4].contains("'vdb': the checkpoint was deleted 20"))
        await store.close()
    }
}
