import Foundation
import TestSupport
import Testing

/// What commands advise: each piece of advice is about what was given, and can be followed.
struct AdviceTests {
    /// A store of one domain with a backup, `kept.db`.
    private func fixture() throws -> CommandFixture {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        _ = try fixture.output("backup", "kept.db")
        return fixture
    }

    @Test("The errors of a backup are about the backup, and not about the store")
    func backups() throws {
        let fixture = try fixture()
        try fixture.folder.write("<domain/>", to: "web.xml")
        try FileManager.default.createDirectory(
            atPath: fixture.folder.path("folder"), withIntermediateDirectories: false)
        for name in ["web.xml", "folder", "missing.db"] {
            let run = try fixture.run("restore", name, "--replace")
            #expect(run.status == 1)
            #expect(run.errors.hasSuffix("; name the file of a backup\n"), "\(run.errors)")
        }
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: fixture.folder.path("kept.db")))
        try file.seek(toOffset: 4_096)
        try file.write(contentsOf: Data(repeating: 0xFF, count: 60_000))
        try file.close()
        let damaged = try fixture.run("restore", "kept.db", "--replace")
        #expect(damaged.status == 4)
        #expect(damaged.errors.contains("kept.db"), "\(damaged.errors)")
        #expect(!damaged.errors.contains("momentlog verify"), "\(damaged.errors)")
    }

    @Test("A restoration that loses events names the command that shows them")
    func lostEvents() throws {
        let fixture = try fixture()
        _ = try fixture.output("create", "vm", "--name", "late")
        let run = try fixture.run("restore", "kept.db", "--replace")
        let command = try #require(
            run.output.split(separator: "\n").compactMap {
                $0.split(separator: "Its last events: momentlog ").last
            }.last)
        #expect(run.output.contains("Its last events: "), "\(run.output)")
        let words = command.split(separator: " ").map { $0.replacing("'", with: "") }
        // The fixture's folder has spaces in its name.
        let index = try #require(words.firstIndex(of: "log"))
        let store = words[1..<index - 1].joined(separator: " ")
        let shown = try fixture.output("--store", store, "log", "--since", String(words[index + 2]))
        #expect(shown.contains("late"), "\(shown)")
    }

    @Test("A document of the other kind is named as such, with the command that takes it")
    func kinds() throws {
        let fixture = try fixture()
        let guest = try fixture.folder.write(CheckpointText.guest("vm"), to: "guest.xml")
        let checkpoint = try fixture.folder.write(
            CheckpointText.document("c9", parent: "c2"), to: "c9.xml")
        let record = try fixture.run("record", "vm", guest)
        #expect(record.errors.contains("it is a domain's definition, not a checkpoint"))
        #expect(record.errors.contains("momentlog define "), "\(record.errors)")
        #expect(try fixture.run("define", guest).status == 0)
        let define = try fixture.run("define", checkpoint)
        #expect(define.errors.contains("it is a checkpoint, not a domain's definition"))
        #expect(define.errors.contains("momentlog record "), "\(define.errors)")
        #expect(try fixture.run("record", "vm", checkpoint).status == 0)
    }

    @Test("An empty folder beside stray documents is not answered with the folder around it")
    func emptyFolder() throws {
        let fixture = try fixture()
        try FileManager.default.createDirectory(
            atPath: fixture.folder.path("a/empty"), withIntermediateDirectories: true)
        try fixture.folder.write(CheckpointText.document("stray"), to: "a/stray.xml")
        let run = try fixture.run("import", "a/empty")
        #expect(run.status == 1)
        #expect(!run.errors.contains("there are in"), "\(run.errors)")
    }

    @Test("The list that a hint proposes is of the moment that was asked for")
    func moments() throws {
        let fixture = try fixture()
        let run = try fixture.run("info", "vm", "c2", "--at", "3")
        #expect(run.errors.hasSuffix("momentlog list vm --at 3\n"), "\(run.errors)")
        #expect(try fixture.output("list", "vm", "--at", "3", "--name") == "c1\n")
    }

    @Test("A difference from the middle of a commit says so")
    func middles() throws {
        let fixture = try fixture()
        let run = try fixture.run("diff", "vm", "2", "3")
        #expect(run.errors.contains("event 2 is inside a commit"), "\(run.errors)")
        #expect(run.output.contains("c1"), "\(run.output)")
    }

    @Test("Without a database nothing is proposed that needs one")
    func missingDatabase() throws {
        let fixture = try fixture()
        try FileManager.default.removeItem(atPath: fixture.folder.path("store.db"))
        let run = try fixture.run("list", "vm")
        #expect(run.status == 4)
        #expect(!run.errors.contains("--read-only"), "\(run.errors)")
        #expect(!run.errors.contains("--replace"), "\(run.errors)")
        #expect(run.errors.contains("'momentlog restore BACKUP'"), "\(run.errors)")
        #expect(try fixture.run("restore", "kept.db").status == 0)
        #expect(try fixture.run("list", "vm").status == 0)
    }

    @Test("A list of files that was altered is not proposed for import")
    func lists() throws {
        let fixture = try fixture()
        _ = try fixture.output("export", "vm", "--output", "out", "--sums")
        for name in ["ORDER", "SHA256SUMS"] {
            let path = fixture.folder.path("out/vm/\(name)")
            let content = try String(contentsOfFile: path, encoding: .utf8)
            try fixture.folder.write("altered\n", to: "out/vm/\(name)")
            let run = try fixture.run("import", "out", "--dry-run", "--format", "json")
            #expect(run.output.contains("it was altered"), "\(run.output)")
            #expect(!run.output.contains("vm/\(name)\",\"--domain"), "\(run.output)")
            try fixture.folder.write(content, to: "out/vm/\(name)")
        }
    }
}
