import Foundation
import TestSupport
import Testing

struct DocumentErrorTests {
    private static let document = """
        <domaincheckpoint>
          <name>a/b</name>
          <creationTime>soon</creationTime>
          <disks>
            <disk name='vda'/>
            <disk name='vdb' checkpoint='maybe'/>
          </disks>
        </domaincheckpoint>
        """

    @Test("Every problem of a document is reported with file, line, column and path")
    func people() throws {
        let fixture = try CommandFixture()
        let file = try fixture.folder.write(Self.document, to: "c.xml")
        let run = try fixture.run("redefine", "vm1", file)
        #expect(run.status == 1)
        let lines = run.errors.split(separator: "\n").map(String.init)
        try #require(lines.count == 3)
        #expect(lines[0].hasPrefix("momentlog: error: \(file): line 2, column 3: "))
        #expect(lines[0].contains("(and 2 more)"))
        #expect(lines[1].hasPrefix("  line 3, column 3: /domaincheckpoint/creationTime: \"soon\""))
        #expect(
            lines[2].hasPrefix(
                "  line 6, column 5: /domaincheckpoint/disks/disk[2]/@checkpoint: "))
        #expect(lines[2].contains("allowed: 'no' or 'bitmap'"))
    }

    @Test("In JSON the problems are objects")
    func programs() throws {
        let fixture = try CommandFixture()
        let file = try fixture.folder.write(Self.document, to: "c.xml")
        let run = try fixture.run("redefine", "vm1", file, "--format", "json")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(run.errors.utf8)) as? [String: Any])
        #expect(object["code"] as? String == "invalid-xml")
        let problems = try #require(
            (object["details"] as? [String: Any])?["problems"] as? [[String: Any]])
        #expect(problems.map { $0["line"] as? Int } == [2, 3, 6])
        #expect(
            problems.map { $0["path"] as? String } == [
                "/domaincheckpoint/name", "/domaincheckpoint/creationTime",
                "/domaincheckpoint/disks/disk[2]/@checkpoint",
            ])
    }
}
