import Foundation
import TestSupport
import Testing

private let promtool = "/usr/bin/promtool"

struct StatusCommandTests {
    private func words(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Records that no bitmap of vda is left in the image of `vm`, a shut-off guest.
    private func loseBitmaps(_ fixture: CommandFixture) throws {
        let path = try fixture.folder.write(
            #"{"filename":"/img/vda.qcow2","format":"qcow2"}"#, to: "info.json")
        let run = try fixture.run(
            "reconcile", "vm", "--info", "vda=\(path)", "--guest-off", "--record")
        try #require(run.status == 3, "\(run.errors)")
    }

    @Test("A domain is a line, and the exit status says that nothing has to be done")
    func sound() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        let run = try fixture.run("status")
        #expect(run.status == 0 && run.errors.isEmpty)
        let text = words(run.output)
        #expect(
            text.contains(
                "Domain Checkpoints Current Findings Last Event Inspected Full Backup"))
        #expect(text.contains("vm 2 b - 5, "))
        #expect(text.contains("vda never, vdb never"))
        #expect(
            text.hasSuffix(
                "1 domain, 2 checkpoints: no errors recorded, and no disk is known to need a full"
                    + " backup"))
        #expect(try fixture.run("status", "no").status == 1)
    }

    @Test("Errors and disks that need a full backup need attention")
    func attention() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        try loseBitmaps(fixture)
        let library = try fixture.library("lost", ["b": "a"])
        _ = try fixture.run("import", library)
        try fixture.define("other", digit: "b")
        let run = try fixture.run("status")
        #expect(run.status == 3)
        let text = words(run.output)
        #expect(text.contains("3 domains, 3 checkpoints: 2 need attention"))
        #expect(text.contains("lost 1 - dangling-parent"))
        #expect(
            text.contains("vda 0 s ago, vdb never vda") || text.contains("s ago, vdb never vda"))
        #expect(try fixture.run("status", "other").status == 0)
        #expect(try fixture.run("status", "vm").status == 3)
        // Who acts on it brings the status back.
        _ = try fixture.output("check", "lost", "--repair")
        #expect(try fixture.run("status", "lost").status == 0)
    }

    @Test("The answer in JSON has the agreed keys")
    func json() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        try loseBitmaps(fixture)
        let run = try fixture.run("status", "--format", "jsonl")
        #expect(run.status == 3)
        let pattern =
            #/\{"domain":"vm","checkpoints":2,"current":"b","findings":\[\],"lastEvent":\{"sequence":(\d+),"time":"[0-9T:.-]+Z"\},"lastInspection":"[0-9T:-]+Z","needFullBackup":\["vda"\]\}\n/#
        let match = try #require(run.output.wholeMatch(of: pattern), "\(run.output)")
        #expect(Int(match.1) == (try fixture.events().count))
        _ = try fixture.run("import", try fixture.library("lost", ["b": "a"]))
        let lost = try fixture.run("status", "lost", "--format", "jsonl").output
        #expect(lost.hasPrefix(#"{"domain":"lost","checkpoints":1,"current":null,"#))
        #expect(lost.contains(#""findings":["dangling-parent""#))
        #expect(lost.contains(#""lastInspection":null,"needFullBackup":[]"#))
    }

    @Test("A store without domains is no reason to do anything")
    func empty() throws {
        let fixture = try CommandFixture()
        _ = try fixture.output("settings", "--strip-secrets", "on")
        let run = try fixture.run("status", "--format", "json")
        #expect(run.status == 0)
        #expect(run.output == "[]\n")
        #expect(try fixture.run("status", "--format", "prometheus").status == 0)
    }

    @Test("Status needs no permission to write")
    func readOnly() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        let before = try fixture.state()
        #expect(try fixture.run("--read-only", "status").status == 0)
        #expect(try fixture.state() == before)
    }

    /// A store with domains whose names have to be escaped, in all states.
    private func metrics() throws -> CommandFixture {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        try loseBitmaps(fixture)
        try fixture.define("q&quot;uo\\te", digit: "b")
        _ = try fixture.run("import", try fixture.library("lost", ["b": "a"]))
        return fixture
    }

    @Test("The metrics are lines of Prometheus' text format")
    func prometheus() throws {
        let run = try metrics().run("status", "--format", "prometheus")
        #expect(run.status == 3)
        let lines = run.output.split(separator: "\n").map(String.init)
        let uuid = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
        for line in [
            "# TYPE momentlog_domain_checkpoints gauge", "momentlog_domains 3",
            #"momentlog_domain_checkpoints{domain="vm",uuid="\#(uuid)"} 2"#,
            #"momentlog_domain_findings{domain="lost",uuid="",severity="error"} 1"#,
            #"momentlog_domain_needs_attention{domain="vm",uuid="\#(uuid)"} 1"#,
            #"momentlog_disk_needs_full_backup{domain="vm",uuid="\#(uuid)",disk="vda"} 1"#,
            #"momentlog_disk_needs_full_backup{domain="vm",uuid="\#(uuid)",disk="vdb"} 0"#,
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        #expect(lines.contains { $0.contains(#"{domain="q\"uo\\te","#) })
        let values = lines.filter { !$0.hasPrefix("#") }.compactMap {
            $0.split(separator: " ").last.flatMap { Double($0) }
        }
        #expect(values.count == lines.count { !$0.hasPrefix("#") })
    }

    @Test(
        "Promtool accepts the metrics",
        .enabled(if: FileManager.default.isExecutableFile(atPath: promtool)))
    func acceptedByPromtool() throws {
        let metrics = try metrics().run("status", "--format", "prometheus").output
        let run = try CommandRun.run(
            promtool, ["check", "metrics"], input: Data(metrics.utf8))
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(run.output.isEmpty && run.errors.isEmpty, "\(run.output)\(run.errors)")
        let broken = try CommandRun.run(
            promtool, ["check", "metrics"], input: Data("momentlog_x{ 1\n".utf8))
        #expect(broken.status != 0)
    }
}
