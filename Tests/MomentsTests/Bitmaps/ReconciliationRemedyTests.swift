import Foundation
import Moments
import TestSupport
import Testing

/// The commands that repair what was judged.
struct ReconciliationRemedyTests {
    /// What repairs the first of a graph's checkpoints on its first disk.
    private static func repair(
        _ checkpoints: KeyValuePairs<String, [Disk]>, _ images: KeyValuePairs<String, DiskImage>,
        domain: String = "vm", of verdict: BitmapVerdict? = nil
    ) throws -> [String] {
        var graph = MomentGraph()
        for (number, (name, disks)) in checkpoints.enumerated() {
            try graph.apply(
                .checkpointCreated(
                    Checkpoint(name: name, creationTime: Int64(number), disks: disks)))
        }
        var report = ImageReport()
        for (disk, image) in images { try report.add(ImageChain(image), of: disk) }
        let found = Reconciliation(of: graph, with: report)
        let judgement = try #require(
            found.judgements.first { verdict == nil || $0.verdict == verdict })
        return found.repair(judgement, in: domain)
    }

    private static func image(_ path: String, _ bitmaps: DirtyBitmap...) -> DiskImage {
        DiskImage(path: path, bitmaps: bitmaps)
    }

    private static let broken = DirtyBitmap(name: "c1", isInconsistent: true)

    @Test("what is valid or not known needs no repair")
    func nothing() throws {
        let disks = [Disk(name: "vda"), Disk(name: "vdb")]
        let images: KeyValuePairs = ["vda": Self.image("a", DirtyBitmap(name: "c1"))]
        #expect(try Self.repair(["c1": disks], images) == [])
        #expect(try Self.repair(["c1": disks], images, of: .unknown) == [])
    }

    @Test("a checkpoint without data goes; one that has some on another disk stays")
    func deletions() throws {
        let one = [Disk(name: "vda")]
        #expect(
            try Self.repair(["c1": one], ["vda": Self.image("a b.qcow2", Self.broken)]) == [
                "qemu-img bitmap --remove 'a b.qcow2' c1",
                "virsh checkpoint-delete --metadata vm c1", "momentlog delete vm c1",
            ])
        #expect(
            try Self.repair(["c1": one], ["vda": Self.image("a")], domain: "-x") == [
                "virsh checkpoint-delete --metadata -- -x c1", "momentlog delete -- -x c1",
            ])
        // Of vdb nothing is known: it may be there.
        let two = one + [Disk(name: "vdb")]
        let stays = try Self.repair(["c1": two], ["vda": Self.image("a", Self.broken)])
        #expect(stays.count == 4 && !stays.contains { $0.contains("delete") })
        #expect(stays[1].hasPrefix("momentlog dumpxml --security-info vm c1 | sed "))
    }

    @Test("a monitor's command is JSON, whatever the names")
    func monitor() throws {
        var image = Self.image("a", DirtyBitmap(name: "b\"\\\n\u{1}'ü"))
        image.node = "#block\"1"
        let command = try #require(try Self.repair([:], ["vda": image]).first)
        let shell = try CommandRun.run(
            "/bin/sh", ["-c", command.replacingOccurrences(of: "virsh ", with: "printf '%s' ")])
        let json = try #require(shell.output.firstIndex(of: "{").map { shell.output[$0...] })
        let read = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect(read?["execute"] as? String == "block-dirty-bitmap-remove")
        #expect(
            read?["arguments"] as? [String: String]
                == ["node": "#block\"1", "name": "b\"\\\n\u{1}'ü"])
    }

    @Test(
        "of the disks in a document only that one is left out, whatever it is named",
        arguments: [
            ("vda", "vdaa"), ("/img/a.b", "/img/axb"), ("/img/[a]*&$^", "/img/a"),
            ("/img/a#b\\c", "/img/a"), ("/img/a<'\">", "/img/a"),
        ])
    func uncovering(disk: String, other: String) throws {
        let commands = try Self.repair(
            ["c1": [Disk(name: disk), Disk(name: "unseen")]],
            [disk: Self.image("a")])
        let edit = try #require(commands.first)
        #expect(commands.count == 3)
        let escapes = [
            ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("'", "&apos;"), ("\"", "&quot;"),
        ]
        let name = escapes.reduce(disk) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
        let folder = try TemporaryFolder("repair")
        let others =
            "    <disk name='\(other)' checkpoint='bitmap' bitmap='c1'/>\n"
            + "      <disk name='\(name)' checkpoint='bitmap'/>\n"
        try folder.write(
            others + "    <disk name='\(name)' checkpoint='bitmap' bitmap='c1'/>\n", to: "in.xml")
        let script = edit.replacingOccurrences(
            of: "momentlog dumpxml --security-info vm c1", with: "cat in.xml")
        let shell = try CommandRun.run("/bin/sh", ["-c", script], folder: folder.url)
        #expect(shell.status == 0, "\(shell.errors)")
        #expect(
            try String(contentsOfFile: folder.path("c1.xml"), encoding: .utf8)
                == others + "    <disk name='\(name)' checkpoint='no'/>\n")
    }
}
