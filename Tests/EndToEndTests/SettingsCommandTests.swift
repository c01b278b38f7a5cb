import Foundation
import TestSupport
import Testing

struct SettingsCommandTests {
    private static let guest = CheckpointText.guest("vm1").replacingOccurrences(
        of: "<devices>", with: "<devices><graphics type='vnc' passwd='hunter2'/>")

    private func isLeaked(_ fixture: CommandFixture) throws -> Bool {
        try Data(contentsOf: fixture.folder.url.appending(path: "store.db"))
            .range(of: Data("hunter2".utf8)) != nil
    }

    @Test("settings shows what the store keeps to, and changes it for good")
    func settings() throws {
        let fixture = try CommandFixture()
        let file = try fixture.folder.write(Self.guest, to: "vm1.xml")
        #expect(try fixture.output("settings", "--strip-secrets", "on") == "strip-secrets  on\n")
        #expect(try fixture.output("settings") == "strip-secrets  on\n")
        #expect(
            try fixture.output("settings", "--format", "json") == "{\"strip-secrets\":true}\n")
        #expect(try fixture.output("stats").contains("strip-secrets"))
        _ = try fixture.output("define", file)
        _ = try fixture.output("create", "vm1", "--name", "c1")
        #expect(try !isLeaked(fixture))
        #expect(try fixture.output("settings", "--strip-secrets", "off") == "strip-secrets  off\n")
        let wrong = try fixture.run("settings", "--strip-secrets", "maybe")
        #expect(wrong.status == 64)
    }

    @Test("a single command can leave secrets out", arguments: [true, false])
    func option(isTold: Bool) throws {
        let fixture = try CommandFixture()
        let option = isTold ? ["--strip-secrets"] : []
        let file = try fixture.folder.write(Self.guest, to: "vm1.xml")
        let checkpoint = try fixture.folder.write(
            CheckpointText.document("r1", extra: Self.guest), to: "lib/r1.xml")
        let imported = try fixture.folder.write(
            CheckpointText.document("i1", parent: "r1", extra: Self.guest), to: "lib/i1.xml")
        for arguments in [
            ["define", file], ["create", "vm1", "--name", "c1"], ["redefine", "vm1", checkpoint],
            ["import", "--domain", "vm1", imported],
        ] {
            let run = try CommandRun.run(
                "momentlog", arguments + option, environment: fixture.environment,
                folder: fixture.folder.url)
            #expect(run.status == 0, "\(arguments): \(run.errors)")
        }
        #expect(try isLeaked(fixture) == !isTold)
    }

    @Test("schema prints a schema that a validator takes, and no store is needed")
    func schema() throws {
        let fixture = try CommandFixture()
        let schema = try fixture.output("schema")
        #expect(schema.hasPrefix("<?xml"))
        #expect(schema.contains("http://relaxng.org/ns/structure/1.0"))
        #expect(try fixture.folder.contents.isEmpty)
    }

    @Test("a command that is done but cannot say so is not refused")
    func untold() throws {
        let fixture = try CommandFixture()
        let file = try fixture.folder.write(Self.guest, to: "vm1.xml")
        _ = try fixture.output("define", file)
        let command = CommandRun.products.appending(path: "momentlog").path
        let run = try CommandRun.run(
            "/bin/sh", ["-c", "'\(command)' create vm1 --name c1 > /dev/full"],
            environment: fixture.environment, folder: fixture.folder.url)
        #expect(run.status == 3)
        #expect(run.errors.contains("done nevertheless, as commit 2"))
        #expect(try fixture.output("list", "vm1", "--name") == "c1\n")
        let line = #"{"command":"delete","domain":"vm1","checkpoint":"c1"}"#
        let applied = try CommandRun.run(
            "/bin/sh", ["-c", "echo '\(line)' | '\(command)' apply > /dev/full"],
            environment: fixture.environment, folder: fixture.folder.url)
        #expect(applied.status == 3)
        #expect(applied.errors.contains("1 line was carried out"))
        #expect(try fixture.output("list", "vm1", "--name").isEmpty)
    }
}
