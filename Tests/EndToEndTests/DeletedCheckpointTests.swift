import Foundation
import TestSupport
import Testing

/// What commands say of a checkpoint that was deleted.
struct DeletedCheckpointTests {
    /// vm: c1, and c2, which bob deleted.
    private func history(deleted name: String = "c2") throws -> CommandFixture {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        _ = try fixture.output("create", "vm", "--name=\(name)")
        _ = try fixture.output("delete", "vm", "--actor", "bob", "--", name)
        return fixture
    }

    @Test(
        "A command names the event that deleted its checkpoint, and a command that shows more",
        arguments: [
            ["info", "vm", "c2"], ["parent", "vm", "c2"], ["dumpxml", "vm", "c2"],
            ["delete", "vm", "c2"], ["current", "vm", "c2"], ["list", "vm", "--from", "c2"],
        ])
    func deleted(arguments: [String]) throws {
        let fixture = try history()
        let run = try fixture.run(arguments)
        #expect(run.status == 1)
        #expect(run.errors.contains("event 6 of "), "\(run.errors)")
        #expect(run.errors.contains("recorded by bob, deleted it"), "\(run.errors)")
        #expect(run.errors.hasSuffix("momentlog history vm c2\n"), "\(run.errors)")
        #expect(try fixture.output("history", "vm", "c2").contains("deleted"))
    }

    @Test("The hint works for names that look like options")
    func dashes() throws {
        let fixture = try history(deleted: "-x")
        let run = try fixture.run("info", "vm", "--", "-x")
        #expect(run.errors.hasSuffix("momentlog history -- vm -x\n"), "\(run.errors)")
        #expect(try fixture.output("history", "--", "vm", "-x").contains("deleted"))
    }

    @Test("A checkpoint that never existed was not deleted")
    func unknown() throws {
        let fixture = try history()
        let run = try fixture.run("info", "vm", "c9")
        #expect(run.status == 1)
        #expect(run.errors.hasSuffix("momentlog list vm\n"), "\(run.errors)")
        // A later deletion does not explain why it was missing before.
        let before = try fixture.run("info", "vm", "c2", "--at", "3")
        #expect(before.status == 1 && !before.errors.contains("deleted"), "\(before.errors)")
    }

    @Test("In JSON the deletion is a detail of the error")
    func detail() throws {
        let run = try history().run("info", "vm", "c2", "--format", "json")
        #expect(run.errors.contains(#""deletionSequence":6"#), "\(run.errors)")
    }

    @Test("The history of a reused name says that the record learned of another checkpoint")
    func reused() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        let document = fixture.folder.url.appending(path: "c2.xml")
        try fixture.output("dumpxml", "vm", "c2", "--security-info")
            .replacing(/<creationTime>\d+/, with: "<creationTime>1900000000")
            .write(to: document, atomically: true, encoding: .utf8)
        let run = try fixture.run("record", "vm", document.path)
        #expect(run.status == 3, "\(run.errors)")
        let shown = try fixture.output("history", "vm", "c2")
        #expect(
            shown.contains(
                "deleted: another checkpoint of this name was recorded"))
        #expect(shown.contains("Lifetime 2 of 2, still live"))
    }

    @Test("A restoration that would leave events behind says so before it is made")
    func restoration() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        _ = try fixture.output("backup", "kept.db")
        let equal = try fixture.output("restore", "kept.db", "--replace", "--dry-run")
        #expect(equal.split(separator: "\n").count == 1, "\(equal)")
        _ = try fixture.output("create", "vm", "--name", "c2")
        let behind = try fixture.output("restore", "kept.db", "--replace", "--dry-run")
        #expect(behind.contains("3 events would be restored to "), "\(behind)")
        #expect(behind.contains("The store has, or had, 5 events"), "\(behind)")
        let json = try fixture.output(
            "restore", "kept.db", "--replace", "--dry-run", "--format", "json")
        #expect(json.contains(#""lostEventsUpTo":5"#), "\(json)")
    }

    @Test("A backup that is restored to an unused path is reported without a warning")
    func restoredElsewhere() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        _ = try fixture.output("backup", "kept.db")
        let run = try fixture.run("restore", "kept.db", "--store", "other.db")
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(try fixture.run("verify", "--store", "other.db").status == 0)
        let missing = try fixture.run("restore", "nowhere.db")
        #expect(
            missing.errors.hasSuffix("nowhere.db; name the file of a backup\n"), "\(missing.errors)"
        )
    }

    @Test(
        "No folder is made for a copy or a restored store, since its path may be mistyped",
        arguments: [
            ["backup", "missing/copy.db"], ["backup", "missing/copy.db", "--dry-run"],
            ["restore", "kept.db", "--store", "missing/store.db"],
            ["restore", "kept.db", "--store", "missing/store.db", "--dry-run"],
        ])
    func missingFolder(arguments: [String]) throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        _ = try fixture.output("backup", "kept.db")
        let run = try fixture.run(arguments)
        #expect(run.status == 1 && run.output.isEmpty)
        #expect(run.errors.contains("there is no folder '"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.path("missing")))
    }
}
