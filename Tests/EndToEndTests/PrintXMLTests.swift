import Foundation
import TestSupport
import Testing

struct PrintXMLTests {
    /// Options of both commands, ours and virsh's.
    private static let cases: [(options: [String], text: String)] = [
        ([], "<domaincheckpoint>\n</domaincheckpoint>\n"),
        (
            ["--name", "n", "--description", "a <b> & \"c\" 'd'"],
            """
            <domaincheckpoint>
              <name>n</name>
              <description>a &lt;b&gt; &amp; &quot;c&quot; &apos;d&apos;</description>
            </domaincheckpoint>

            """
        ),
        (
            [
                "--name", "ü", "--disk", "vda,checkpoint=bitmap,bitmap=b", "--disk",
                "/a,,b,checkpoint=no",
            ],
            """
            <domaincheckpoint>
              <name>ü</name>
              <disks>
                <disk name='vda' checkpoint='bitmap' bitmap='b'/>
                <disk name='/a,b' checkpoint='no'/>
              </disks>
            </domaincheckpoint>

            """
        ),
    ]

    @Test("--print-xml prints the XML of a creation and records nothing", arguments: cases)
    func text(options: [String], text: String) throws {
        let fixture = try CommandFixture()
        let run = try fixture.run(["create", "vm", "--print-xml"] + options)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == text)
        #expect(try fixture.folder.contents.isEmpty)
    }

    @Test(
        "virsh prints the same, and one more line feed",
        .enabled(if: FileManager.default.isExecutableFile(atPath: virsh)), arguments: cases)
    func virshAgrees(options: [String], text: String) throws {
        let theirs = options.map { $0 == "--disk" ? "--diskspec" : $0 }
        let run = try CommandRun.run(
            Self.virsh,
            ["-q", "-c", "test:///default", "checkpoint-create-as", "test", "--print-xml"] + theirs)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == text + "\n")
    }

    private static let virsh = "/usr/bin/virsh"

    @Test(
        "What XML cannot hold is refused, printed or created, and nothing is left behind",
        arguments: [
            ["--description", "a\u{1}b"], ["--name", "n", "--description", "\u{FFFF}"],
            ["--disk", "vda,bitmap=\u{1F}"], ["--name", "\u{B}"],
        ], [[], ["--print-xml"]])
    func unprintable(options: [String], printing: [String]) throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let before = try fixture.state()
        let run = try fixture.run(["create", "vm"] + options + printing)
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("momentlog: error: "))
        // The character is spelt out, not sent to the terminal.
        #expect(run.errors.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
        #expect(try fixture.state() == before)
    }

    @Test("A document that is printed creates what its options would")
    func roundTrip() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let options = ["--description", "two\nlines", "--disk", "vdb,checkpoint=bitmap"]
        let printed = try fixture.run(["create", "vm", "--print-xml", "--name", "a"] + options)
        try #require(try fixture.run(["create", "vm", "-"], input: printed.output).status == 0)
        try #require(try fixture.run(["create", "vm", "--name", "b"] + options).status == 0)
        let events = try fixture.events().filter { $0["event"] as? String == "checkpointCreated" }
        #expect(events.map { $0["description"] as? String } == ["two\nlines", "two\nlines"])
        let modes = events.map { event in
            (event["disks"] as? [[String: Any]])?.map { $0["checkpoint"] as? String }
        }
        #expect(modes == [["no", "bitmap"], ["no", "bitmap"]])
    }
}
