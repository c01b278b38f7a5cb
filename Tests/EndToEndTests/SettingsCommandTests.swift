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

    @Test("settings shows the store's settings, and changes them permanently")
    func settings() throws {
        let fixture = try CommandFixture()
        let file = try fixture.folder.write(Self.guest, to: "vm1.xml")
        #expect(try fixture.output("settings", "--strip-secrets", "on") == "strip-secrets  on\n")
        #expect(try fixture.output("settings") == "strip-secrets  on\n")
        #expect(
            try fixture.output("settings", "--format", "json") == "{\"stripSecrets\":true}\n")
        #expect(try fixture.output("stats").contains("strip secrets"))
        _ = try fixture.output("define", file)
        _ = try fixture.output("create", "vm1", "--name", "c1")
        #expect(try !isLeaked(fixture))
        #expect(try fixture.output("settings", "--strip-secrets", "off") == "strip-secrets  off\n")
        let wrong = try fixture.run("settings", "--strip-secrets", "maybe")
        #expect(wrong.status == 64)
    }

    @Test("A change of settings is in the log, with its actor and reason")
    func event() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        let before = try fixture.state()
        #expect(
            try fixture.output("settings", "--strip-secrets", "on", "--dry-run")
                == "strip-secrets  on\n")
        #expect(try fixture.output("settings", "--strip-secrets", "off") == "strip-secrets  off\n")
        #expect(try fixture.state() == before)
        #expect(try fixture.output("settings") == "strip-secrets  off\n")
        let changed = try #require(
            try fixture.json(
                "settings", "--strip-secrets", "on", "--actor", "admin@host", "--reason", "policy")
                as? [String: Any])
        #expect(changed["stripSecrets"] as? Bool == true)
        #expect(changed["commit"] as? Int == 3)
        #expect(changed["sequence"] as? [Int] == [4, 4])
        let event = try #require(try fixture.events().last)
        #expect(event["event"] as? String == "settingsChanged")
        #expect(event["setting"] as? String == "strip-secrets")
        #expect(event["old"] as? Bool == false && event["new"] as? Bool == true)
        #expect(event["actor"] as? String == "admin@host")
        #expect(event["reason"] as? String == "policy")
        #expect(event["domain"] is NSNull)
        let text = try fixture.output("log", "--kind", "settingsChanged", "--verbose")
        #expect(text.contains("event 4  strip-secrets turned on\n"))
        #expect(text.contains("  Old:           off\n  New:           on\n"))
        // It is no part of any guest's history.
        #expect(try !fixture.output("history", "vm", "c1").contains("strip-secrets"))
        #expect(try fixture.events("vm").count == 3)
        #expect(try fixture.run("verify").status == 0)
        #expect(try fixture.run("verify", "--quick").status == 0)
        let stats = try #require(try fixture.json("stats") as? [String: Any])
        #expect(stats["schemaVersion"] as? Int == 10)
        #expect(stats["stripSecrets"] as? Bool == true)
        for arguments in [["--actor", "me"], ["--reason", "why"], ["--dry-run"]] {
            #expect(try fixture.run(["settings"] + arguments).status == 64)
        }
    }

    @Test("A single command can leave secrets out", arguments: [true, false])
    func option(isStripped: Bool) throws {
        let fixture = try CommandFixture()
        let option = isStripped ? ["--strip-secrets"] : []
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
        #expect(try isLeaked(fixture) == !isStripped)
    }

    @Test("schema prints a schema that a validator takes, and no store is needed")
    func schema() throws {
        let fixture = try CommandFixture()
        let schema = try fixture.output("schema")
        #expect(schema.hasPrefix("<?xml"))
        #expect(schema.contains("http://relaxng.org/ns/structure/1.0"))
        #expect(try fixture.folder.contents.isEmpty)
    }

    @Test("A command that is done but cannot say so is not refused")
    func suppressed() throws {
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
