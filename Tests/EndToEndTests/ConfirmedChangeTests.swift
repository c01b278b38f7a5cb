import Foundation
import TestSupport
import Testing

/// A question on a terminal, while another process changes the record.
struct ConfirmedChangeTests {
    private let fixture: CommandFixture

    init() throws {
        fixture = try CommandFixture()
        try fixture.chain("c1", "c2", "c3")
    }

    /// Answers a command's question with yes after another command ended.
    private func confirm(
        _ arguments: [String], after other: [String]
    ) throws -> (status: Int32, output: String, errors: String) {
        let script = """
            import json, os, pty, subprocess, sys
            command, arguments, other = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
            master, terminal = pty.openpty()
            asked = subprocess.Popen([command, *arguments], stdin=terminal,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            errors = b""
            while not errors.endswith(b"[y/N] "):
                byte = asked.stderr.read(1)
                if not byte: sys.exit("no question: " + errors.decode())
                errors += byte
            subprocess.run([command, *other], check=True, stdout=subprocess.DEVNULL)
            os.write(master, b"y\\n")
            output, rest = asked.communicate()
            json.dump([asked.returncode, output.decode(), (errors + rest).decode()], sys.stdout)
            """
        func list(_ words: [String]) throws -> String {
            String(decoding: try JSONSerialization.data(withJSONObject: words), as: UTF8.self)
        }
        let run = try CommandRun.run(
            "/usr/bin/env",
            [
                "python3", "-c", script,
                CommandRun.products.appending(path: "momentlog").path, list(arguments), list(other),
            ], environment: fixture.environment.merging(["PATH": "/usr/bin:/bin"]) { $1 },
            folder: fixture.folder.url)
        try #require(run.status == 0, "\(run.errors)")
        let answer = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [Any])
        return (
            Int32(try #require(answer[0] as? Int)), try #require(answer[1] as? String),
            try #require(answer[2] as? String)
        )
    }

    private static let commands = [
        ["delete", "vm", "c2", "--children"], ["delete", "vm", "c1", "--children-only"],
        ["delete", "vm", "c*"], ["undefine", "vm", "--checkpoints-metadata"],
        ["revert", "vm", "3"], ["prune", "vm", "--keep-last", "1"],
    ]

    @Test("Nothing is deleted but what was shown", arguments: commands)
    func changedMeanwhile(command: [String]) throws {
        let run = try confirm(command, after: ["create", "vm", "--name", "new"])
        #expect(run.status == 1 && run.output.isEmpty, "\(run.output)")
        #expect(run.errors.contains("revision"), "\(run.errors)")
        #expect(try fixture.graph() == "c1 c2<-c1 c3<-c2 new<-c3*")
    }

    @Test("Nothing is deleted of another domain that has got the name", arguments: commands)
    func otherDomain(command: [String]) throws {
        let guest = CheckpointText.guest("vm", digit: "b").replacing("\n", with: "")
        let lines =
            [#"{"command":"rename","domain":"vm","name":"old"}"#]
            + [#"{"command":"define","xml":"\#(guest.replacing("\"", with: "'"))"}"#]
            + ["c1", "c2", "c3"].map { name in
                let xml = "<domaincheckpoint><name>\(name)</name></domaincheckpoint>"
                return #"{"command":"create","domain":"vm","xml":"\#(xml)"}"#
            }
        let file = fixture.folder.path("lines")
        try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        let run = try confirm(command, after: ["apply", file])
        #expect(run.status == 1 && run.output.isEmpty, "\(run.output)")
        for name in ["old", "vm"] {
            #expect(try fixture.graph(name) == "c1 c2<-c1 c3<-c2*", "\(run.errors)")
        }
    }

    @Test("What was shown is deleted", arguments: commands)
    func unchanged(command: [String]) throws {
        let run = try confirm(command, after: ["list", "vm"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("checkpoints of vm would be deleted"))
        let deletions = try fixture.events("vm").filter {
            $0["event"] as? String == "checkpointDeleted"
        }
        #expect(run.errors.contains("\(deletions.count) checkpoints"))
    }

    @Test("Without a question, the answer names what was deleted")
    func answer() throws {
        let deleted = try fixture.output("delete", "vm", "c2", "--children")
        #expect(
            deleted == "Recorded: checkpoint c2 and its descendants of vm deleted: c3, c2\n")
        let undefined = try fixture.output("undefine", "vm", "--checkpoints-metadata")
        #expect(undefined == "Recorded: domain vm undefined together with its 1 checkpoint\n")
    }
}
