import Foundation
import TestSupport
import Testing

/// What an operator meets whose names, disks and files are not as they should be.
struct NightOperatorTests {
    @Test(
        "A name that looks like short options is no request for help",
        arguments: [
            ["delete", "vm", "-host"], ["record", "-host", "vm.xml"], ["create", "-hostdom"],
            ["prune", "-ah", "--keep-last", "1"], ["info", "vm", "-host", "--format", "json"],
        ])
    func names(arguments: [String]) throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        let run = try fixture.run(arguments)
        #expect(run.status == 64 && run.output.isEmpty, "\(run.output)")
        #expect(run.errors.contains("write '--' before names"), "\(run.errors)")
    }

    @Test("Help is still printed when it is requested", arguments: ["-h", "--help", "-qh"])
    func help(word: String) throws {
        let run = try CommandFixture().run("list", word)
        #expect(run.status == 0 && run.output.contains("USAGE"))
    }

    @Test(
        "A command that did something and cannot say so ends with 3",
        arguments: [
            ["delete", "vm", "c1", "c2"], ["delete", "vm", "c*"],
            ["settings", "--strip-secrets", "on"], ["backup", "new.db"],
            ["export", "vm", "--output", "out"], ["restore", "kept.db", "--replace"],
            ["create", "vm", "--name", "c9"], ["snapshot", "--rebuild"], ["compact"],
        ])
    func fullOutput(arguments: [String]) throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        _ = try fixture.output("backup", "kept.db")
        let run = try withFullOutput(arguments, in: fixture)
        #expect(run.status == 3, "\(run.errors)")
        #expect(run.errors.contains("No space left on device"), "\(run.errors)")
    }

    @Test("A command that did nothing and cannot say so is refused")
    func fullOutputOfNothing() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        for arguments in [["list", "vm"], ["export", "vm", "--output", "out", "--dry-run"]] {
            let run = try withFullOutput(arguments, in: fixture)
            #expect(run.status == 1, "\(run.errors)")
        }
    }

    @Test("A backup of another store is named as such, before and after it is restored")
    func otherStore() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        try fixture.folder.write(CheckpointText.guest("vm"), to: "vm.xml")
        _ = try fixture.output("--store", "other.db", "define", "vm.xml")
        _ = try fixture.output("--store", "other.db", "backup", "kept.db")
        for arguments in [["--dry-run"], []] {
            let run = try fixture.run(["restore", "kept.db", "--replace"] + arguments)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("the backup is of another store"), "\(run.errors)")
        }
    }

    @Test("A damaged database is named by a backup of it, not the copy")
    func damagedSource() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        try tamper(fixture.folder.path("store.db")) { bytes in
            let place = try #require(bytes.range(of: Data("\"checkpoint\":\"c1\"".utf8)))
            bytes[place.upperBound - 2] = UInt8(ascii: "x")
        }
        let run = try fixture.run("backup", "kept.db")
        #expect(run.status == 4)
        #expect(run.errors.contains("store.db is damaged"), "\(run.errors)")
        #expect(!run.errors.contains("kept.db is damaged"), "\(run.errors)")
    }

    @Test("A database whose first bytes are damaged is damage, since its head file lists events")
    func damagedHeader() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        _ = try fixture.output("backup", "kept.db")
        for content in [nil, "x", String(repeating: "x", count: 511), "hello"] {
            if let content {
                try Data(content.utf8).write(
                    to: URL(fileURLWithPath: fixture.folder.path("store.db")))
            } else {
                try tamper(fixture.folder.path("store.db")) { $0[3] = UInt8(ascii: "x") }
            }
            for arguments in [["verify"], ["list", "vm"], ["create", "vm", "--name", "c2"]] {
                let run = try fixture.run(arguments)
                #expect(run.status == 4, "\(arguments): \(run.errors)")
                let text = run.output + run.errors
                #expect(text.contains("its head file lists 3 events"), "\(text)")
            }
        }
        #expect(try fixture.run("restore", "kept.db", "--replace", "--dry-run").status == 0)
        let restored = try fixture.run("restore", "kept.db", "--replace")
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try fixture.output("list", "vm", "--name") == "c1\n")
    }

    /// Runs the command with a full disk behind its standard output.
    private func withFullOutput(
        _ arguments: [String], in fixture: CommandFixture
    ) throws -> CommandRun {
        try CommandRun.run(
            "/bin/sh",
            ["-c", "exec \"$0\" \"$@\" >/dev/full"]
                + [CommandRun.products.appending(path: "momentlog").path] + arguments,
            environment: ["MOMENTLOG_STORE": fixture.folder.path("store.db")],
            folder: fixture.folder.url)
    }

    private func tamper(_ path: String, _ change: (inout Data) throws -> Void) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try change(&bytes)
        try bytes.write(to: URL(fileURLWithPath: path))
    }
}
