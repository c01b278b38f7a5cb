import Foundation
import TestSupport
import Testing

/// Requests by which nothing is to be appended, in a batch that goes on to change their domain.
struct KeptRequestTests {
    @Test("A request that appends nothing is kept beside a rename or an end of its domain.")
    func batch() throws {
        let fixture = try CommandFixture()
        let guest = { (name: String, uuid: String) in
            CheckpointText.guest(name).replacing(
                /<uuid>[^<]*<\/uuid>/, with: "<uuid>\(uuid)</uuid>")
        }
        let one = "11111111-1111-1111-1111-111111111111"
        let two = "22222222-2222-2222-2222-222222222222"
        func line(_ members: [String: Any]) throws -> String {
            String(
                decoding: try JSONSerialization.data(
                    withJSONObject: members, options: .sortedKeys), as: UTF8.self)
        }
        let idle: [String: Any] = [
            "command": "set-current", "domain": "a", "checkpoint": NSNull(), "request": "q",
        ]
        let lines = try [
            line(["command": "define", "xml": guest("a", one)]),
            line(idle),
            line(["command": "rename", "domain": "a", "name": "b"]),
            line(["command": "undefine", "domain": "b"]),
            line(["command": "define", "xml": guest("a", two)]),
        ]
        let run = try fixture.run(["apply"], input: lines.joined(separator: "\n") + "\n")
        #expect(run.status == 0, "\(run.output)")
        let answers = run.output.split(separator: "\n")
        #expect(answers.count == 5 && answers.allSatisfy { $0.contains("\"ok\":true") })
        // The answer is of the domain that was called so then.
        let again = try fixture.run(["apply"], input: line(idle) + "\n")
        #expect(again.status == 0, "\(again.output)")
        #expect(again.output.contains("\"revision\":1"), "\(again.output)")
        #expect(try fixture.run("verify").status == 0)
    }
}
