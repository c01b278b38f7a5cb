import Foundation
import TestSupport
import Testing

/// Files beside a store that are not its own: nothing removes or overwrites them.
struct StoreNeighbourTests {
    private let fixture: CommandFixture
    private let backup: String
    private let other: String

    init() throws {
        fixture = try CommandFixture()
        backup = fixture.folder.path("backup.db")
        other = fixture.folder.path("other.db")
        try fixture.chain("c1")
        _ = try fixture.output("backup", backup)
    }

    private func contents(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "A store is not made beside the files of a database that is missing",
        arguments: ["-wal", "-journal", "-shm"])
    func making(suffix: String) throws {
        try fixture.folder.write("all that is left", to: "other.db\(suffix)")
        let library = try fixture.library("lib/vm9", ["x": nil])
        for command in [["import", library], ["define", "-"]] {
            let run = try fixture.run(
                command + ["--store", other], input: CheckpointText.guest("vm9"))
            #expect(
                run.status == 1 && run.errors.contains("other.db\(suffix) exists"), "\(run.errors)")
        }
        #expect(contents(other + suffix) == "all that is left")
        #expect(!FileManager.default.fileExists(atPath: other))
    }

    @Test("A restoration keeps the files of a database that is missing under another name")
    func restoring() throws {
        for suffix in ["-wal", "-journal", "-shm"] {
            try fixture.folder.write("kept \(suffix)", to: "other.db\(suffix)")
        }
        let run = try fixture.run("restore", backup, "--store", other)
        #expect(run.status == 0, "\(run.errors)")
        let names = try fixture.folder.contents.filter { $0.hasPrefix("other.db.replaced-") }
        #expect(names.count == 3)
        for name in names {
            let suffix = try #require(name.split(separator: "-").last)
            #expect(contents(fixture.folder.path(name)) == "kept -\(suffix)")
        }
        let events = try fixture.run("log", "--store", other, "--format", "jsonl").output
        #expect(try events == fixture.output("log", "--format", "jsonl"))
    }

    @Test("A file at the head's path that is not a head stays unchanged")
    func head() throws {
        try fixture.folder.write("my precious notes", to: "other.db.head")
        let library = try fixture.library("lib/vm9", ["x": nil])
        for command in [["restore", backup], ["import", library]] {
            let run = try fixture.run(command + ["--store", other])
            #expect(run.status == 1 && run.errors.contains("is not a head file"), "\(run.errors)")
        }
        #expect(contents(other + ".head") == "my precious notes")
        #expect(!FileManager.default.fileExists(atPath: other))
    }

    @Test("The database of an open store is not read as anything else")
    func openDatabase() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        let library = try fixture.library("lib/vm", ["c2": nil])
        try FileManager.default.createSymbolicLink(
            atPath: library + "/c3.xml", withDestinationPath: fixture.folder.path("store.db"))
        let run = try fixture.run("import", library, "--dry-run", "--format", "json")
        #expect(
            (run.output + run.errors).contains("the database of a store that is open"),
            "\(run.output)\(run.errors)")
        #expect(try fixture.graph() == "c1*")
    }
}
