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

    /// Runs a command on a terminal, and answers its question, if any, with yes after another
    /// command ended.
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
                if not byte: break
                errors += byte
            else:
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

    @Test(
        "Nothing is deleted of another domain that has got the name", arguments: commands,
        [false, true])
    func otherDomain(command: [String], hasUUID: Bool) throws {
        func apply(_ lines: [String]) throws {
            let run = try fixture.run(["apply"], input: lines.joined(separator: "\n"))
            try #require(run.status == 0, "\(run)")
        }
        func create(_ checkpoint: String) -> [String] {
            let xml = "<domaincheckpoint><name>\(checkpoint)</name></domaincheckpoint>"
            return ["web0", "other"].map {
                #"{"command":"create","domain":"\#($0)","xml":"\#(xml)"}"#
            }
        }
        try apply(
            [("web0", "b" as Character), ("other", "c")].map { name, digit in
                let guest = CheckpointText.guest(name, digit: digit)
                    .replacing("\n", with: "").replacing("\"", with: "'")
                let xml = hasUUID ? guest : guest.replacing(/<uuid>.*?<\/uuid>/, with: "")
                return #"{"command":"define","xml":"\#(xml)"}"#
            } + create("c1"))
        let size = try fixture.events().count
        // Renamed, the other domain has the same revision.
        let rename = #"{"command":"rename","domain":"web0","name":"web"}"#
        try apply(create("c2") + create("c3") + [rename])
        var command = command.map { $0 == "vm" ? "web" : $0 == "3" ? "\(size)" : $0 }
        if hasUUID, !command.contains("c*") { command += ["--request-id", "r1"] }
        let file = fixture.folder.path("lines")
        try """
        {"command":"rename","domain":"web","name":"old"}
        {"command":"rename","domain":"other","name":"web"}
        """.write(toFile: file, atomically: true, encoding: .utf8)
        let run = try confirm(command, after: ["apply", file])
        #expect(run.status == 1 && run.output.isEmpty, "\(run.output)")
        // Those that match a pattern are deleted by the domain's UUID.
        let isSame = hasUUID && command.contains("c*")
        #expect(
            run.errors.contains(isSame ? "is at revision" : "is not the one that was expected"),
            "\(run.errors)")
        for name in ["old", "web"] {
            #expect(try fixture.graph(name) == "c1 c2<-c1 c3<-c2*")
        }
    }

    @Test(
        "A request that is repeated on a terminal is answered although the domain has another name",
        arguments: commands.filter { !$0.contains("c*") })
    func repeated(command: [String]) throws {
        let command = command + ["--request-id", "r1"]
        let first = try confirm(command, after: ["list", "vm"])
        #expect(first.status == 0 && first.errors.contains("[y/N]"), "\(first.errors)")
        if command[0] != "undefine" { _ = try fixture.output("rename", "vm", "old") }
        let before = try fixture.state()
        let again = try confirm(command, after: ["list", "old"])
        #expect(again.status == 0 && !again.errors.contains("[y/N]"), "\(again.errors)")
        #expect(try fixture.state() == before)
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
