import Foundation
import Glibc
import TestSupport
import Testing

/// Where documents come from.
struct DocumentArgumentTests {
    @Test(
        "A document comes from a file, from standard input, or through a pipe with a name",
        arguments: ["file", "input", "fifo"])
    func sources(kind: String) throws {
        let fixture = try CommandFixture()
        for (command, text) in [
            (["define"], CheckpointText.guest("vm")),
            (["create", "vm"], "<domaincheckpoint><name>a</name></domaincheckpoint>"),
            (["redefine", "vm"], CheckpointText.document("b", parent: "a", time: 9_000_000_000)),
        ] {
            let run: CommandRun
            switch kind {
            case "file":
                run = try fixture.run(command + [try fixture.folder.write(text, to: "x.xml")])
            case "input":
                run = try fixture.run(command + ["-"], input: text)
            default:
                // As `<(printf …)` in a shell that has it.
                let pipe = fixture.folder.path("pipe")
                unlink(pipe)
                try #require(mkfifo(pipe, 0o600) == 0)
                let script = "printf %s \"$TEXT\" >\"$0\" & exec \"$@\" \"$0\""
                run = try CommandRun.run(
                    "/bin/sh",
                    ["-c", script, pipe, CommandRun.products.path + "/momentlog"]
                        + command,
                    environment: fixture.environment.merging(["TEXT": text]) { $1 })
            }
            #expect(run.status == 0, "\(command): \(run.errors)")
        }
        #expect(try fixture.graph() == "a b<-a*")
    }

    private static let commands = [["define"], ["create", "vm"], ["redefine", "vm"], ["apply"]]

    @Test("What cannot be read is a refusal that names it", arguments: commands)
    func unreadable(command: [String]) throws {
        let fixture = try CommandFixture()
        let link = fixture.folder.path("loop")
        // Even root cannot read through it.
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: link)
        for (path, reason) in [
            ("nosuch.xml", "No such file or directory"), (".", "Is a directory"),
            (link, "Too many levels of symbolic links"), ("/proc/self/mem", "Input/output error"),
            ("", "No such file or directory"),
        ] {
            let run = try fixture.run(command + [path])
            #expect(run.status == 1, "\(path)")
            #expect(run.output.isEmpty)
            #expect(run.errors.hasPrefix("momentlog: error: \(path): \(reason)"), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1)
        }
        #expect(try fixture.folder.contents == ["loop"])
    }

    @Test(
        "A document of more than 1 MiB is refused, one of just as much is not",
        arguments: ["define", "create", "redefine"])
    func large(command: String) throws {
        let limit = 1 << 20
        for (size, isTooLarge) in [(limit, false), (limit + 1, true)] {
            let fixture = try CommandFixture()
            try fixture.define()
            let text =
                switch command {
                case "define": CheckpointText.guest("vm")
                case "create": "<domaincheckpoint><name>a</name></domaincheckpoint>"
                default: CheckpointText.document("a")
                }
            let padded = text + String(repeating: " ", count: size - text.utf8.count)
            let path = try fixture.folder.write(padded, to: "large.xml")
            let target = command == "define" ? [] : ["vm"]
            for (file, input) in [(path, ""), ("-", padded)] {
                let before = try fixture.state()
                let run = try fixture.run([command] + target + [file], input: input)
                if isTooLarge {
                    #expect(run.status == 1)
                    #expect(run.errors.contains("more than the 1048576 bytes"), "\(run.errors)")
                    #expect(try fixture.state() == before)
                } else if command != "create" || file != "-" {
                    #expect(run.status == 0, "\(run.errors)")
                }
            }
        }
    }

    @Test("Standard input twice is empty the second time, and the whole is refused")
    func inputTwice() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let run = try fixture.run(
            ["redefine", "vm", "-", "-"], input: CheckpointText.document("a"))
        #expect(run.status == 1)
        #expect(run.errors.contains("standard input"))
        #expect(try fixture.graph().isEmpty)
    }

    @Test("A closed standard input is unreadable, not empty and no crash")
    func closedInput() throws {
        let fixture = try CommandFixture()
        for command in ["define -", "create vm -", "redefine vm -"] {
            let run = try CommandRun.run(
                "/bin/sh",
                ["-c", "exec \"$0\" \(command) <&-", CommandRun.products.path + "/momentlog"],
                environment: fixture.environment)
            #expect(run.status == 1, "\(command)")
            #expect(run.errors.contains("standard input: "), "\(run.errors)")
        }
        #expect(try fixture.folder.contents.isEmpty)
    }
}
