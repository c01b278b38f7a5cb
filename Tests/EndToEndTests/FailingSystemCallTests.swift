import Foundation
import TestSupport
import Testing

/// Whether strace(1) is there, and may trace.
private let canTrace: Bool = {
    let run = try? CommandRun.run("/usr/bin/strace", ["-f", "-o", "/dev/null", "/bin/true"])
    return run?.status == 0
}()

/// What single system calls that failed have led to once.
@Suite(.enabled(if: canTrace))
struct FailingSystemCallTests {
    /// Runs the command while the n-th call of a kind fails.
    private func run(
        _ arguments: [String], failing call: String, _ nth: Int, _ fixture: CommandFixture
    ) throws -> CommandRun {
        try CommandRun.run(
            "/usr/bin/strace",
            [
                "-f", "-o", "/dev/null", "-e", "trace=\(call)",
                "-e", "inject=\(call):error=EIO:when=\(nth)",
                CommandRun.products.appending(path: "momentlog").path,
            ] + arguments, environment: fixture.environment, folder: fixture.folder.url)
    }

    @Test("A store that was being made when a sync failed is made by the next command")
    func syncWhileMaking() throws {
        for nth in 1...6 {
            let fixture = try CommandFixture()
            try fixture.folder.write(CheckpointText.guest("vm"), to: "vm.xml")
            let arguments = ["define", "vm.xml", "--request-id", "r"]
            _ = try run(arguments, failing: "fdatasync", nth, fixture)
            let again = try fixture.run(arguments)
            #expect(again.status == 0, "fdatasync \(nth): \(again.errors)")
            #expect(try fixture.events().count == 1)
        }
    }

    @Test("A restoration that cannot put the store aside leaves it where it was")
    func restoration() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        _ = try fixture.output("backup", "kept.db")
        try fixture.chain("c3")
        let before = try fixture.output("log", "--format", "jsonl")
        let run = try run(["restore", "kept.db", "--replace"], failing: "rename", 2, fixture)
        #expect(run.status == 1)
        #expect(run.errors.contains("the store is as it was"), "\(run.errors)")
        #expect(try fixture.output("log", "--format", "jsonl") == before)
        #expect(try fixture.run("restore", "kept.db", "--replace").status == 0)
        #expect(try fixture.events().count < before.split(separator: "\n").count)
    }
}
