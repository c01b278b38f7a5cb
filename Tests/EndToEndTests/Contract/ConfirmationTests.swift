import Foundation
import TestSupport
import Testing

struct ConfirmationTests {
    /// Runs the command on its own terminal, and answers its question.
    private func run(
        _ arguments: [String], answer: String, _ fixture: CommandFixture
    ) throws -> (status: Int32, text: String) {
        let script = """
            import os, pty, sys
            answer, *command = sys.argv[1:]
            process, terminal = pty.fork()
            if process == 0:
                os.execv(command[0], command)
            text, asked = b"", False
            while True:
                try:
                    part = os.read(terminal, 4096)
                except OSError:
                    break
                if not part:
                    break
                text += part
                if b"[y/N]" in text and not asked:
                    asked = True
                    os.write(terminal, answer.encode() + b"\\n")
            sys.stdout.write(text.decode())
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
            """
        let run = try CommandRun.run(
            "/usr/bin/env",
            ["python3", "-c", script, answer, CommandRun.products.path + "/momentlog"] + arguments,
            environment: fixture.environment, folder: fixture.folder.url)
        return (run.status, run.output)
    }

    @Test("On a terminal, more than one checkpoint is deleted only if that is confirmed")
    func asks() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b", "c")
        let refused = try run(["delete", "vm", "b", "--children"], answer: "n", fixture)
        #expect(refused.status == 1)
        #expect(refused.text.contains("2 checkpoints of vm"), "\(refused.text)")
        #expect(refused.text.contains("Nothing was changed"))
        #expect(try fixture.graph() == "a b<-a c<-b*")
        let done = try run(["delete", "vm", "b", "--children"], answer: "y", fixture)
        #expect(done.status == 0, "\(done.text)")
        #expect(try fixture.graph() == "a*")
    }

    @Test(
        "No question is asked for one checkpoint, with --yes, or for a dry run",
        arguments: [
            ["delete", "vm", "c"], ["delete", "vm", "b", "--children", "--yes"],
            ["delete", "vm", "b", "--children", "--dry-run"],
            ["undefine", "vm", "--checkpoints-metadata", "--yes"],
        ])
    func doesNotAsk(arguments: [String]) throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b", "c")
        let run = try run(arguments, answer: "n", fixture)
        #expect(run.status == 0 && !run.text.contains("[y/N]"), "\(run.text)")
    }

    @Test("Without a terminal no confirmation is asked for")
    func noTerminal() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b", "c")
        let run = try fixture.run("undefine", "vm", "--checkpoints-metadata")
        #expect((run.status, run.errors) == (0, ""))
    }
}
