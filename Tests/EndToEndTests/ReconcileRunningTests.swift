import Foundation
import TestSupport
import Testing

/// `reconcile` beside a real QEMU that has the images open: what its monitor says, and what the
/// files say meanwhile.
@Suite(.enabled(if: StorageDaemon.isThere && QemuImages.areMade))
struct ReconcileRunningTests {
    private let fixture: CommandFixture
    private let images: QemuImages
    private let paths: [String]

    init() throws {
        fixture = try CommandFixture()
        images = QemuImages(in: fixture.folder.url)
        paths = ["vda", "vdb"].map { [folder = fixture.folder] in folder.path("\($0).qcow2") }
        // The disks are where the images are made.
        let guest = CheckpointText.guest("vm").replacingOccurrences(
            of: "/img/", with: fixture.folder.url.path + "/")
        let run = try fixture.run(["define", "-"], input: guest)
        try #require(run.status == 0, "\(run.errors)")
        for disk in ["vda", "vdb"] { try images.create("\(disk).qcow2") }
    }

    private func verdicts(_ nodes: String) throws -> [String] {
        try ReconcileCorpusTests.verdicts(
            fixture.run(["reconcile", "vm", "--qmp", "-", "--format", "json"], input: nodes))
    }

    /// What the files say, and whether it is said that they are behind.
    private func files() throws -> (verdicts: [String], isBehind: Bool) {
        let run = try fixture.run(
            ["reconcile", "vm", "--format", "json"]
                + zip(["vda", "vdb"], paths).flatMap { ["--image", "\($0)=\($1)"] })
        return (
            try ReconcileCorpusTests.verdicts(run),
            run.errors.contains("is in use, so its file")
        )
    }

    /// What libvirt does with the flag that validates: it asks QEMU, and only a running one.
    private func redefine(_ nodes: String) throws -> CommandRun {
        let document = try fixture.output("dumpxml", "vm", "c1")
        try fixture.folder.write(document, to: "c1.xml")
        return try fixture.run(
            ["redefine", "vm", "c1.xml", "--validate", "--qmp", "-"], input: nodes)
    }

    @Test("In each state of a guest: what its files say, and what QEMU says, as libvirt takes it")
    func states() throws {
        _ = try fixture.output("create", "vm", "--name", "c1")
        func all(_ verdict: String) -> [String] { ["c1 vda \(verdict)", "c1 vdb \(verdict)"] }

        // Running, with bitmaps made in this run: no file has them yet.
        var daemon = try StorageDaemon(paths)
        for disk in ["vda", "vdb"] { try daemon.add("c1", to: disk) }
        #expect(try files() == (all("unknown"), true))
        #expect(try verdicts(daemon.nodes()) == all("valid"))
        #expect(try redefine(daemon.nodes()).status == 0)

        // Shut down.
        try daemon.quit()
        #expect(try files() == (all("valid"), false))

        // Started again: the files say until its end that they are in use.
        daemon = try StorageDaemon(paths)
        #expect(try files() == (all("unknown"), true))
        #expect(try verdicts(daemon.nodes()) == all("valid"))
        #expect(try redefine(daemon.nodes()).status == 0)

        // Killed.
        daemon.kill()
        #expect(try files() == (all("inconsistent"), false))

        // Started after that: the bitmaps are there, and of no use.
        daemon = try StorageDaemon(paths)
        #expect(try files() == (all("unknown"), true))
        #expect(try verdicts(daemon.nodes()) == all("inconsistent"))
        let refused = try redefine(daemon.nodes())
        #expect(refused.status == 1)
        #expect(refused.errors.contains("missing or broken bitmap 'c1' for disk 'vda'"))
        #expect(!refused.errors.contains("if the guest runs"))
        // And in the way of a new checkpoint of the name.
        let error = #expect(throws: StorageDaemon.Failure.self) {
            try daemon.add("c1", to: "vda")
        }
        #expect(error?.answer.contains("Bitmap already exists: c1") == true)
        try daemon.quit()
    }

    @Test("What a running QEMU says is recorded, and the remedies fix it while it runs")
    func repair() throws {
        for name in ["n1", "n2"] { _ = try fixture.output("create", "vm", "--name", name) }
        var daemon = try StorageDaemon(paths)
        try daemon.add("n1", to: "vda")
        try daemon.quit()
        daemon = try StorageDaemon(paths)
        daemon.kill()
        // One that was not saved, some that record, one that does not, one that nobody names,
        // and one that is only in memory.
        daemon = try StorageDaemon(paths)
        try daemon.add("n1", to: "vdb")
        for (bitmap, node) in [("n2", "vda"), ("n2", "vdb"), ("stranger", "vdb")] {
            try daemon.add(bitmap, to: node)
        }
        _ = try daemon.answer(
            #"{"execute":"block-dirty-bitmap-disable","arguments":{"node":"vdb","name":"n2"}}"#)
        _ = try daemon.answer(
            #"{"execute":"block-dirty-bitmap-add","arguments":{"node":"vda","name":"fleeting"}}"#)
        let nodes = try daemon.nodes()
        let before = [
            "n1 vda inconsistent", "n1 vdb valid", "n2 vda valid", "n2 vdb not-recording",
            "- vda orphan", "- vdb orphan",
        ]
        #expect(try verdicts(nodes) == before)
        let run = try fixture.run(["reconcile", "vm", "--qmp", "-", "--record"], input: nodes)
        #expect(run.status == 3 && run.errors.isEmpty, "\(run.errors)")
        #expect(run.output.contains("disk vda: incremental backups can be made since n2\n"))
        #expect(run.output.contains("disk vdb: incremental backups can be made since n1\n"))
        // The bitmaps that are only in memory are nobody's.
        #expect(run.output.contains("Recorded: 5 events in commit 4"))

        // The monitor's command is asked of the monitor, the others run as they are.
        let json = try fixture.run(
            ["reconcile", "vm", "--qmp", "-", "--format", "json"], input: nodes)
        let items = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        let remedies = try items.flatMap { try #require($0["remedies"] as? [[String: Any]]) }
            .filter { $0["destructive"] as? Bool == true }
        #expect(
            remedies.map { $0["action"] as? String }
                == ["export", "redefine", "redefine", "removeBitmap"])
        for remedy in remedies {
            let argv = try #require(remedy["argv"] as? [String])
            switch (argv[0], argv[1]) {
            case ("virsh", "qemu-monitor-command"):
                #expect(try daemon.answer(argv[3]) == #"{"return": {}}"#)
            case ("momentlog", _):
                let step = try fixture.run(Array(argv.dropFirst()))
                #expect(step.status == 0, "\(step.errors)")
            default:
                #expect(
                    argv == [
                        "virsh", "checkpoint-create", "vm", "./n1.without-vda.xml", "--redefine",
                    ])
            }
        }
        let after = [
            "n1 vdb valid", "n2 vda valid", "n2 vdb not-recording", "- vda orphan", "- vdb orphan",
        ]
        #expect(try verdicts(daemon.nodes()) == after)
        try daemon.quit()
        // What was so in memory is so in the files afterwards, but for what was only there.
        #expect(try files() == (after.filter { $0 != "- vda orphan" }, false))
    }
}
