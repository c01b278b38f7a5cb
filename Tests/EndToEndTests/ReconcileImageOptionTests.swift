import Foundation
import TestSupport
import Testing

/// Which images `reconcile` and `--validate` read.
struct ReconcileImageOptionTests {
    private let fixture: CommandFixture
    private static let corpus = Fixtures.corpus.appending(path: "bitmaps")
    private static let c1 = corpus.appending(path: "checkpoint/bm/c1.xml").path

    init() throws {
        fixture = try CommandFixture()
        try fixture.run("import", Self.corpus.appending(path: "checkpoint").path)
    }

    private static func info(_ disk: String, _ state: String = "2cleanshutdown") -> String {
        "\(disk)=" + corpus.appending(path: "\(disk).\(state).info.json").path
    }

    @Test(
        "Images that are not clear, or not asked for, are wrong usage",
        arguments: [
            ["reconcile", "bm"], ["reconcile", "bm", "--info", "vda"],
            ["reconcile", "bm", "--info", "=x"], ["reconcile", "bm", "--image", "vda="],
            ["reconcile", "bm", "--info", "vda=-", "--info", "vdb=-"],
            ["reconcile", "bm", "--info", "vda=-", "--qmp", "-"],
            ["reconcile", "bm", "--info", "vda=-", "--reason", "x"],
            ["reconcile", "bm", "--info", "vda=-", "--request-id", "x"],
            ["reconcile", "bm", "--info", "vda=-", "--expect-revision", "1"],
            ["reconcile", "bm", "--info", "vda=-", "--actor", "x"],
            ["redefine", "bm", c1, "--validate"], ["redefine", "bm", c1, "--info", "vda=-"],
            ["import", c1, "--validate"], ["import", c1, "--qmp", "-"],
        ])
    func usage(arguments: [String]) throws {
        let before = try fixture.state()
        let run = try fixture.run(arguments)
        #expect(run.status == 64, "\(run.output)\(run.errors)")
        #expect(try fixture.state() == before)
    }

    /// A running guest's answer about images with bitmaps of these names.
    private static func nodes(_ bitmaps: KeyValuePairs<String, [String]>) -> String {
        let nodes = bitmaps.map { path, names in
            let list = names.map {
                #"{"name":"\#($0)","granularity":1,"recording":true,"persistent":true}"#
            }
            return #"{"drv":"qcow2","file":"\#(path)","node-name":"n","#
                + #""image":{"filename":"\#(path)","format":"qcow2"},"#
                + #""dirty-bitmaps":[\#(list.joined(separator: ","))]}"#
        }
        return "[\(nodes.joined(separator: ","))]"
    }

    private static let folder = "/var/lib/libvirt/images"

    @Test("A guest's answer covers the disks for which nothing else is given")
    func both() throws {
        let nodes = Self.nodes(["\(Self.folder)/bm_a.qcow2": [], "\(Self.folder)/bm_b.qcow2": []])
        let run = try fixture.run(
            ["reconcile", "bm", "--info", Self.info("vda"), "--qmp", "-", "--format", "json"],
            input: nodes)
        #expect(
            try ReconcileCorpusTests.verdicts(run)
                == ["c1 vda valid", "c1 vdb missing", "c2 vda valid"])
    }

    @Test("Another guest's answer is refused, and says which images it is about")
    func otherGuest() throws {
        let run = try fixture.run(
            ["reconcile", "bm", "--qmp", "-"], input: Self.nodes(["/other.qcow2": ["c1"]]))
        #expect(run.status == 1)
        #expect(run.errors.contains("no image of the domain's disks was found"))
        #expect(run.errors.contains("'/other.qcow2'"))
    }

    @Test("An import matches a running guest's images with the recorded domain's disks")
    func importing() throws {
        let nodes = Self.nodes([
            "\(Self.folder)/bm_a.qcow2": ["c1", "c2"], "\(Self.folder)/bm_b.qcow2": ["c1"],
        ])
        let folder = Self.corpus.appending(path: "checkpoint/bm").path
        let arguments = ["import", folder, "--replace", "--validate", "--qmp", "-"]
        let run = try fixture.run(arguments + ["--domain", "bm"], input: nodes)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let unknown = try fixture.run(arguments, input: nodes)
        #expect(unknown.status == 1 && unknown.errors.contains("record it with 'momentlog define'"))
    }

    @Test("Disks that were inspected at different times have separate ages")
    func ages() throws {
        for (disk, at) in [("vda", 1_600_000_000), ("vdb", 1_700_000_000)] {
            let file = Self.corpus.appending(path: "\(disk).2cleanshutdown.info.json")
            let info = String(decoding: try Data(contentsOf: file), as: UTF8.self)
                .replacingOccurrences(of: "\n", with: " ")
            let line =
                #"{"command":"observe","domain":"bm","at":\#(at),"#
                + #""images":[{"disk":"\#(disk)","info":\#(info)}]}"#
            #expect(try fixture.run(["apply"], input: line + "\n").status == 0)
        }
        let list = try fixture.output("list", "bm", "--health")
        let row = try #require(list.split(separator: "\n").first { $0.contains(" c1 ") })
        let ages = row.split(separator: "(").dropFirst().compactMap { part in
            Int(part.prefix { $0.isNumber })
        }
        #expect(ages.count == 2 && ages[0] > ages[1] + 1_000, "\(row)")
    }

    @Test(
        "An image is opened as the definition says, and at any path",
        .enabled(if: QemuImages.areMade))
    func opening() throws {
        let other = try CommandFixture()
        let images = QemuImages(in: other.folder.url)
        try other.chain("c1")
        try images.create("a.qcow2", bitmaps: ["c1"])
        try FileManager.default.moveItem(
            atPath: other.folder.path("a.qcow2"), toPath: other.folder.path("a:b.qcow2"))
        func verdict() throws -> String? {
            try ReconcileCorpusTests.verdicts(
                other.run(["reconcile", "vm", "--image", "vda=a:b.qcow2", "--format", "json"])
            ).first
        }
        #expect(try verdict() == "c1 vda valid")
        // Its guest could have written what makes it look like another format.
        let guest = CheckpointText.guest("vm").replacingOccurrences(of: "'qcow2'", with: "'raw'")
        #expect(try other.run(["define", "-"], input: guest).status == 0)
        #expect(try verdict() == "c1 vda unsupported-format")
    }
}
