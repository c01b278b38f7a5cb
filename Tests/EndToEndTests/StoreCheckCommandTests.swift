import Foundation
import TestSupport
import Testing

/// What `verify` finds in a store's files.
struct StoreCheckCommandTests {
    @Test("--store FILE names the store in any position, for verify and for check")
    func sound() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        let store = fixture.folder.path("store.db")
        let claim =
            "the store is consistent with itself, which does not prove that nobody rewrote it"
        for arguments in [
            ["verify"], ["verify", "--store", store], ["--store", store, "verify"],
            ["verify", "--store=store.db"],
        ] {
            let run = try fixture.run(arguments)
            #expect(run.status == 0 && run.errors.isEmpty)
            #expect(run.output.hasPrefix("Store:    \(store)\nOrigin:   momentlog/"))
            #expect(run.output.contains("\nSize:     5 events in 3 commits\nRoot:     "))
            #expect(run.output.contains("\n\(claim)\n"))
            #expect(!run.output.contains("nothing was altered"))
        }
        let json = try #require(try fixture.json("verify") as? [String: Any])
        #expect(json["sound"] as? Bool == true && json["size"] as? Int == 5)
        #expect(json["head"] is NSNull && json["suppressed"] as? Int == 0)
        #expect((json["faults"] as? [Any])?.isEmpty == true)
        #expect((json["warnings"] as? [Any])?.isEmpty == true)
        for arguments in [["check", "--store", store], ["--store", store, "check"]] {
            #expect(
                try fixture.run(arguments).output
                    == "1 domain checked: nothing found in the record\n")
        }
    }

    @Test(
        "The old words for verify are refused, and name it",
        arguments: [
            ["check", "--store"], ["check", "--whole-store"],
            ["check", "--store", "--format", "json"],
            ["check", "vm", "--store"], ["check", "--store", "--", "vm"],
            ["--store", "store.db", "check", "--store"],
        ])
    func oldWords(arguments: [String]) throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        let run = try fixture.run(arguments)
        #expect(run.status == 64 && run.output.isEmpty)
        #expect(run.errors.contains("momentlog verify"), "\(run.errors)")
    }

    @Test("Stores that differ only in their schema, or lack a head file, exit with 3")
    func lesserFindings() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        try fixture.folder.write(try fixture.output("head"), to: "kept.head")
        try fixture.tamper(
            "CREATE TRIGGER sly AFTER INSERT ON event BEGIN DELETE FROM request; END")
        let sly = try fixture.run("verify", "--head", "kept.head")
        #expect(sly.status == 3)
        #expect(sly.output.contains("error  unknown-schema-object  schema sly\n"))
        #expect(sly.output.hasSuffix("all 3 events match the head\n1 error, 0 warnings\n"))
    }

    @Test("A store without a head file has a finding, and the next commit writes it")
    func missingHead() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        let head = fixture.folder.url.appending(path: "store.db.head")
        for content in [nil, "", "not a head\n"] {
            try? FileManager.default.removeItem(at: head)
            if let content { try Data(content.utf8).write(to: head) }
            for options in [[], ["--quick"]] {
                let run = try fixture.run(["verify"] + options)
                #expect(run.status == 3, "\(run.output)")
                #expect(run.output.contains("error  head-missing  head file\n"))
                let json = try fixture.run(["verify", "--format", "json"] + options)
                let found = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
                let faults = (found as? [String: Any])?["faults"] as? [[String: Any]]
                #expect(faults?.map { $0["finding"] as? String } == ["head-missing"])
                #expect(json.status == 3 && (found as? [String: Any])?["sound"] as? Bool == false)
            }
        }
        // What somebody else wrote is not overwritten.
        let refused = try fixture.run(["create", "vm", "--name", "c2"])
        #expect(refused.status == 1 && refused.errors.contains("is not a head file"))
        #expect(try String(contentsOf: head, encoding: .utf8) == "not a head\n")
        try FileManager.default.removeItem(at: head)
        _ = try fixture.output("create", "vm", "--name", "c2")
        #expect(try fixture.run("verify").status == 0)
    }

    @Test("--quick compares hashes and columns, and does not inspect the schema")
    func quick() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        #expect(
            try fixture.output("verify", "--quick").contains(
                "\nthe events are consistent with their own hashes, which does not prove that"
                    + " nobody rewrote them; nothing was replayed\n"))
        try fixture.tamper("DROP INDEX event_of_domain")
        #expect(try fixture.run("verify", "--quick").status == 0)
        let whole = try fixture.run("verify")
        #expect(whole.status == 4 && whole.output.contains("error  altered-schema"))
        try fixture.tamper("UPDATE event SET kind = 5 WHERE sequence = 2")
        let run = try fixture.run("verify", "--quick")
        #expect(run.status == 4 && run.output.contains("event 2, column kind"))
    }

    @Test("Alterations are reported with their position and remedy, and the status is 4")
    func altered() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        try fixture.tamper("UPDATE event SET kind = 5 WHERE sequence = 4")
        let run = try fixture.run("verify")
        #expect(run.status == 4 && run.errors.isEmpty)
        #expect(
            run.output.contains(
                "\nerror  altered-event  event 4, column kind\n"
                    + "  event 4: its kind is 5, but its line says 4\n"
                    + "  remedy: momentlog restore BACKUP --replace  # if a copy of the store is kept\n"
            ))
        #expect(run.output.hasSuffix(" 0 warnings, the first at event 4\n"))
        #expect(!run.output.contains("consistent"))
        let json = try fixture.run(["verify", "--format", "json"])
        #expect(json.status == 4)
        let found = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        let problems = (found as? [String: Any])?["faults"] as? [[String: Any]]
        let first = try #require(problems?.first)
        #expect(first["finding"] as? String == "altered-event")
        #expect(first["severity"] as? String == "error" && first["sequence"] as? Int == 4)
        #expect(first["table"] as? String == "event" && first["row"] as? String == "4")
        #expect(first["column"] as? String == "kind")
    }

    @Test("The printed remedy repairs a damaged snapshot")
    func snapshots() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        _ = try fixture.output("snapshot")
        try fixture.tamper("UPDATE snapshot SET content = x'00'")
        let run = try fixture.run(["verify"])
        #expect(run.status == 3)
        #expect(run.output.contains("warning  altered-table  snapshot 1, column content\n"))
        #expect(run.output.contains("remedy: momentlog snapshot vm --rebuild\n"))
        _ = try fixture.output("snapshot", "--rebuild", "vm")
        #expect(try fixture.run("verify").status == 0)
    }

    @Test("A store that is behind its head, or damaged, is verified nevertheless")
    func refusedByOthers() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        let head = try Data(contentsOf: fixture.folder.url.appending(path: "store.db.head"))
        let early = try Data(contentsOf: fixture.folder.url.appending(path: "store.db"))
        _ = try fixture.output("create", "vm", "--name", "c2")
        try early.write(to: fixture.folder.url.appending(path: "store.db"))
        #expect(try fixture.run("list", "vm").status == 4)
        let run = try fixture.run(["verify"])
        #expect(run.status == 4 && run.output.contains("\nerror  head-mismatch  head file\n"))
        #expect(try fixture.run("verify", "--quick").status == 4)
        try head.write(to: fixture.folder.url.appending(path: "store.db.head"))
        var broken = early
        broken.replaceSubrange(4096..<8192, with: [UInt8](repeating: 0x55, count: 4096))
        try broken.write(to: fixture.folder.url.appending(path: "store.db"))
        let damaged = try fixture.run(["verify"])
        #expect(damaged.status == 4 && damaged.output.contains("damaged-database"))
    }

    @Test("No store and another file are refused; a copy of an earlier store is verified")
    func refusals() throws {
        let fixture = try CommandFixture()
        try fixture.folder.write(String(repeating: "no database ", count: 100), to: "text.db")
        try FileManager.default.copyItem(
            at: Fixtures.repository.appending(path: "Tests/Fixtures/stores/schema-2.db"),
            to: fixture.folder.url.appending(path: "old.db"))
        for (file, reason) in [
            ("none.db", "there is no store at"), ("text.db", "is not a momentlog store"),
        ] {
            let run = try fixture.run(["--store", file, "verify"])
            #expect(run.status == 1 && run.errors.contains(reason), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1)
        }
        // The fixture has no head file.
        let before = try Data(contentsOf: fixture.folder.url.appending(path: "old.db"))
        for options in [[], ["--read-only"]] {
            let old = try fixture.run(["--store", "old.db", "verify"] + options)
            #expect(old.status == 3 && old.output.contains("head-missing"), "\(old.errors)")
        }
        #expect(try Data(contentsOf: fixture.folder.url.appending(path: "old.db")) == before)
    }
}
