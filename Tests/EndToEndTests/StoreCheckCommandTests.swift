import Foundation
import TestSupport
import Testing

/// `check --store`: the store itself is looked at.
struct StoreCheckCommandTests {
    private func tamper(_ fixture: CommandFixture, _ sql: String) throws {
        let script = """
            import sqlite3, sys
            store = sqlite3.connect(sys.argv[1])
            triggers = store.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            triggers = triggers.fetchall()
            for name, _ in triggers:
                store.execute(f"DROP TRIGGER {name}")
            store.execute(sys.argv[2])
            for _, sql in triggers:
                store.execute(sql)
            store.commit()
            """
        let run = try CommandRun.run(
            "/usr/bin/env", ["python3", "-c", script, fixture.folder.path("store.db"), sql])
        try #require(run.status == 0, "\(run.errors)")
    }

    @Test("a sound store is told in a line, by each way to ask for it")
    func sound() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        let line = "5 events in 3 commits, and all that follows from them: nothing found\n"
        #expect(try fixture.output("check", "--store") == line)
        #expect(try fixture.output("check", "--whole-store") == line)
        #expect(
            try fixture.output("check", "--store", fixture.folder.path("store.db"), "--store")
                == line)
        let json = try #require(try fixture.json("check", "--store") as? [String: Any])
        #expect(json["sound"] as? Bool == true && json["size"] as? Int == 5)
        #expect((json["problems"] as? [Any])?.isEmpty == true && json["untold"] as? Int == 0)
        // With a file behind it, it is what it is everywhere.
        #expect(
            try fixture.output("check", "--store", fixture.folder.path("store.db"))
                == "1 domain checked: nothing found\n")
    }

    @Test("what was altered is told with its place and what repairs it, and the status is 3")
    func altered() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        try tamper(fixture, "UPDATE event SET parent = 'c9' WHERE sequence = 4")
        let run = try fixture.run("check", "--store", environment: fixture.environment)
        #expect(run.status == 3 && run.errors.isEmpty)
        #expect(
            run.output.hasPrefix(
                "error  altered-event  event 4, column parent\n"
                    + "  event 4's parent is 'c9', and its line says 'c1'\n"
                    + "  remedy: momentlog restore BACKUP --replace  # if a copy of the store is kept\n"
            ))
        #expect(run.output.contains("1 problem") || run.output.contains("2 problems"))
        let json = try fixture.run(["check", "--store", "--format", "json"])
        #expect(json.status == 3)
        let found = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        let problems = (found as? [String: Any])?["problems"] as? [[String: Any]]
        let first = try #require(problems?.first)
        #expect(first["problem"] as? String == "altered-event")
        #expect(first["severity"] as? String == "error" && first["sequence"] as? Int == 4)
        #expect(first["table"] as? String == "event" && first["row"] as? String == "4")
        #expect(first["column"] as? String == "parent")
    }

    @Test("a damaged snapshot is repaired by the command that is told")
    func snapshots() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        _ = try fixture.output("snapshot")
        try tamper(fixture, "UPDATE snapshot SET content = x'00'")
        let run = try fixture.run(["check", "--store"])
        #expect(run.status == 3)
        #expect(run.output.contains("warning  altered-table  snapshot 1, column content\n"))
        #expect(run.output.contains("remedy: momentlog snapshot vm --rebuild\n"))
        _ = try fixture.output("snapshot", "--rebuild", "vm")
        #expect(try fixture.output("check", "--store").hasSuffix(": nothing found\n"))
    }

    @Test("a store that is behind its head, or no longer one, is looked at all the same")
    func refusedByOthers() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        let head = try Data(contentsOf: fixture.folder.url.appending(path: "store.db.head"))
        let early = try Data(contentsOf: fixture.folder.url.appending(path: "store.db"))
        _ = try fixture.output("create", "vm", "--name", "c2")
        try early.write(to: fixture.folder.url.appending(path: "store.db"))
        #expect(try fixture.run("list", "vm").status == 1)
        let run = try fixture.run(["check", "--store"])
        #expect(run.status == 3 && run.output.hasPrefix("error  head-mismatch  head file\n"))
        try head.write(to: fixture.folder.url.appending(path: "store.db.head"))
        var broken = early
        broken.replaceSubrange(4096..<8192, with: [UInt8](repeating: 0x55, count: 4096))
        try broken.write(to: fixture.folder.url.appending(path: "store.db"))
        let damaged = try fixture.run(["check", "--store"])
        #expect(damaged.status == 3 && damaged.output.contains("damaged-database"))
    }

    @Test(
        "what does not go with it is wrong usage",
        arguments: [
            ["check", "vm", "--store"], ["check", "--store", "--repair"],
            ["check", "--dry-run", "--store"], ["check", "--store", "--at", "1"],
            ["check", "--whole-store", "vm"], ["check", "--store", "--accept-loss", "x"],
        ])
    func usage(arguments: [String]) throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        #expect(try fixture.run(arguments).status == 64)
    }

    @Test("no store, another file, and an earlier schema are refused in one line")
    func refusals() throws {
        let fixture = try CommandFixture()
        try fixture.folder.write(String(repeating: "no database ", count: 100), to: "text.db")
        try FileManager.default.copyItem(
            at: Fixtures.repository.appending(path: "Tests/Fixtures/stores/schema-2.db"),
            to: fixture.folder.url.appending(path: "old.db"))
        let before = try Data(contentsOf: fixture.folder.url.appending(path: "old.db"))
        for (file, reason) in [
            ("none.db", "there is no store at"), ("text.db", "is not a momentlog store"),
            ("old.db", "has schema version 2"),
        ] {
            let run = try fixture.run(["--store", file, "check", "--store"])
            #expect(run.status == 1 && run.errors.contains(reason), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1)
        }
        #expect(try Data(contentsOf: fixture.folder.url.appending(path: "old.db")) == before)
    }
}
