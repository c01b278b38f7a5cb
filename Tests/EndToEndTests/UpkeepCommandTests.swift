import Foundation
import TestSupport
import Testing

/// backup, restore, compact, snapshot, and what becomes of a store that lost something.
struct UpkeepCommandTests {
    private func fixture() throws -> CommandFixture {
        let fixture = try CommandFixture()
        try fixture.define()
        for name in ["c1", "c2"] { _ = try fixture.output("create", "vm", "--name", name) }
        return fixture
    }

    @Test("A backup is restored over a newer store, and the loss is recorded in the log")
    func story() throws {
        let fixture = try fixture()
        let said = try fixture.output("backup", "kept.db")
        #expect(said.hasPrefix("5 events, "))
        #expect(said.hasSuffix("bytes, verified: \(fixture.folder.path("kept.db"))\n"))
        _ = try fixture.output("create", "vm", "--name", "c3")
        let refused = try fixture.run("restore", "kept.db")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("a store exists at"))
        #expect(refused.errors.contains("replace it by the backup"))
        #expect(try fixture.graph() == "c1 c2<-c1 c3<-c2*")
        let restored = try fixture.json(
            "restore", "kept.db", "--replace", "--reason", "the disk died")
        let report = try #require(restored as? [String: Any])
        #expect(report["events"] as? Int == 5)
        #expect(report["lostEventsUpTo"] as? Int == 7)
        let aside = try #require(report["backupCopy"] as? String)
        #expect(try fixture.graph() == "c1 c2<-c1*")
        #expect(try fixture.output("list", "vm", "--name", "--store", aside) == "c1\nc2\nc3\n")
        let last = try #require(try fixture.events().last)
        #expect(last["event"] as? String == "lossAccepted")
        #expect(last["reason"] as? String == "the disk died")
        #expect(last["actor"] as? String == CommandFixture.actor)
        #expect((last["lost"] as? [String: Any])?["size"] as? Int == 7)
        #expect(last["domain"] is NSNull)
        #expect(try fixture.output("log", "--reverse", "-n", "1").contains("-  "))
    }

    @Test(
        "A store behind its head is refused by every command until the loss is accepted"
    )
    func behindHead() throws {
        let fixture = try fixture()
        let (store, head) = (fixture.folder.path("store.db"), fixture.folder.path("store.db.head"))
        let old = try Data(contentsOf: URL(fileURLWithPath: store))
        _ = try fixture.output("delete", "vm", "c2")
        let newer = try Data(contentsOf: URL(fileURLWithPath: head))
        try old.write(to: URL(fileURLWithPath: store))
        for command in [
            ["domains"], ["list", "vm"], ["log"], ["stats"], ["create", "vm", "--name", "c9"],
            ["apply", "/dev/null"], ["backup", "b.db"], ["compact"], ["snapshot"], ["check"],
        ] {
            let run = try fixture.run(command)
            #expect(run.status == 4, "\(command)")
            #expect(run.output.isEmpty, "\(command)")
            #expect(run.errors.contains("holds 5 events, but"), "\(command): \(run.errors)")
        }
        let json = try fixture.run("domains", "--format", "json")
        #expect(json.errors.contains(#""code":"behind-head""#))
        #expect(try Data(contentsOf: URL(fileURLWithPath: head)) == newer)
        let refused = try fixture.run("domains", "--store", "./store.db")
        for step in [
            "as evidence", "'momentlog --store ./store.db restore BACKUP --replace'",
            "'momentlog --store ./store.db --read-only log'",
            "'momentlog --store ./store.db accept-loss --reason TEXT'",
        ] {
            #expect(refused.errors.contains(step), "\(refused.errors)")
        }
        // A reader changes nothing, and gets an error.
        let list = try fixture.run("list", "vm", "--name", "--read-only")
        #expect(list.status == 0 && list.output == "c1\nc2\n")
        #expect(list.errors.hasPrefix("momentlog: warning: the store"))
        #expect(list.errors.contains("holds 5 events, but"))
        let plan = try fixture.json("accept-loss", "--reason", "x", "--dry-run") as? [String: Any]
        #expect(plan?["events"] as? Int == 5 && plan?["lostEventsUpTo"] as? Int == 7)
        #expect(plan?["commit"] is NSNull)
        #expect(try Data(contentsOf: URL(fileURLWithPath: store)) == old)
        #expect(try Data(contentsOf: URL(fileURLWithPath: head)) == newer)
        for arguments in [[], ["--reason", " "], ["--reason", "x", "--actor", "a\nb"]] {
            let run = try fixture.run(["accept-loss"] + arguments)
            #expect(run.status == 64, "\(arguments): \(run.errors)")
        }
        let said = try fixture.output("accept-loss", "--reason", "c2 was no use", "--actor", "me")
        #expect(said.hasPrefix("Recorded as event 6: the store"))
        #expect(try fixture.run("check").status == 0)
        let last = try #require(try fixture.events().last)
        #expect(last["event"] as? String == "lossAccepted")
        #expect(last["reason"] as? String == "c2 was no use")
        #expect(last["actor"] as? String == "me")
        // There is nothing more to accept.
        let again = try fixture.json("accept-loss", "--reason", "x") as? [String: Any]
        #expect(again?["commit"] is NSNull && again?["lostEventsUpTo"] is NSNull)
        #expect(try fixture.events().count == 6)
    }

    @Test("A loss is accepted by default by the real user, also where the database is gone")
    func noDatabase() throws {
        let fixture = try fixture()
        try FileManager.default.removeItem(atPath: fixture.folder.path("store.db"))
        #expect(try fixture.run("domains").status == 4)
        #expect(try fixture.folder.contents == ["store.db.head"])
        _ = try fixture.output("accept-loss", "--reason", "the disk died")
        let events = try fixture.events()
        #expect(events.map { $0["event"] as? String } == ["lossAccepted"])
        #expect(events.first?["actor"] as? String == CommandFixture.actor)
    }

    @Test(
        "The option that accepted a loss is refused everywhere, and names the command",
        arguments: [
            ["domains", "--accept-loss", "x"], ["log", "--accept-loss=x"],
            ["--accept-loss", "list"],
            ["create", "vm", "--name", "c9", "--accept-loss"], ["check", "--accept-loss", "x"],
        ])
    func formerOption(arguments: [String]) throws {
        let fixture = try fixture()
        let before = try fixture.state()
        let run = try fixture.run(arguments)
        #expect(run.status == 64)
        #expect(run.errors.contains("'momentlog accept-loss --reason TEXT'"), "\(run.errors)")
        #expect(try fixture.state() == before)
    }

    @Test("A head file that is gone is a warning on standard error, until the next commit")
    func noHead() throws {
        let fixture = try fixture()
        try FileManager.default.removeItem(atPath: fixture.folder.path("store.db.head"))
        let run = try fixture.run("list", "vm", "--name")
        #expect(run.status == 0)
        #expect(run.output == "c1\nc2\n")
        #expect(run.errors.hasPrefix("momentlog: warning: the head file"))
        #expect(run.errors.split(separator: "\n").count == 1)
        _ = try fixture.output("create", "vm", "--name", "c3")
        #expect(try fixture.run("list", "vm").errors.isEmpty)
    }

    @Test("MOMENTLOG_LOG prints more, and only on standard error")
    func levels() throws {
        let fixture = try fixture()
        var environment = fixture.environment
        environment["MOMENTLOG_LOG"] = "debug"
        let run = try fixture.run("create", "vm", "--name", "c3", environment: environment)
        #expect(run.output == "Recorded: checkpoint c3 of vm created\n")
        #expect(run.errors.contains("momentlog: debug: committed (commits=1, events=2,"))
        #expect(run.errors.contains("momentlog: debug: replayed a domain (domain=vm, events=5,"))
    }

    @Test("Snapshots are saved and rebuilt, and compacting reports the reclaimed space")
    func caches() throws {
        let fixture = try fixture()
        #expect(try fixture.output("snapshot").contains("saved"))
        #expect(try fixture.output("snapshot", "vm").contains("exists"))
        let saved = try fixture.json("snapshot", "--rebuild") as? [String: Any]
        let restored = saved?["domains"] as? [[String: Any]]
        #expect(restored?.first?["new"] as? Bool == true)
        #expect(restored?.first?["revision"] as? Int == 5)
        #expect(restored?.first?["checkpoints"] as? Int == 2)
        #expect(try fixture.run("snapshot", "no").status == 1)
        let report = try #require(try fixture.json("compact") as? [String: Any])
        let (before, after) = (report["bytesBefore"] as? Int, report["bytesAfter"] as? Int)
        #expect((before ?? 0) >= (after ?? .max))
        let stats = try #require(try fixture.json("stats") as? [String: Any])
        #expect(stats["snapshots"] as? Int == 1)
        #expect(stats["eventsAfterSnapshots"] as? Int == 0)
        #expect(stats["storeBytes"] as? Int == after)
        #expect(try fixture.graph() == "c1 c2<-c1*")
    }

    @Test(
        "Commands on a missing store report it, and create none",
        arguments: [["backup", "b.db"], ["compact"], ["snapshot"], ["restore", "no.db"]])
    func nothing(command: [String]) throws {
        let fixture = try CommandFixture()
        let run = try fixture.run(command)
        #expect(run.status == 1)
        #expect(run.errors.hasPrefix("momentlog: error: "))
        #expect(try fixture.folder.contents.isEmpty)
    }
}
