import Foundation
import TestSupport
import Testing

/// The main job, each step in its own process.
struct CorpusCommandTests {
    @Test("All five libraries are imported in one run and exported as libvirt has them")
    func mainJob() throws {
        let fixture = try CommandFixture()
        let run = try CommandRun.run(
            "momentlog", ["import"] + Fixtures.libraries.map(\.checkpointFolder.path),
            environment: fixture.environment)
        #expect(run.status == 0)
        #expect(run.output.contains("25 checkpoints imported."))
        for library in Fixtures.libraries { try check(library, fixture) }
        let domains = Fixtures.libraries.map(\.domain)
        let export = try CommandRun.run(
            "momentlog", ["export"] + domains + ["--output", fixture.folder.path("out")],
            environment: fixture.environment)
        #expect(export.status == 0)
        for library in Fixtures.libraries {
            for name in try library.names {
                let file = "\(library.domain)/\(name).xml"
                #expect(
                    try Fixtures.bytes(of: fixture.folder.url.appending(path: "out/" + file))
                        == Fixtures.bytes(of: library.checkpointFolder.appending(path: file)))
            }
        }
        #expect(
            try fixture.folder.contents.filter { $0.hasPrefix("store") } == [
                "store.db", "store.db.head",
            ])
    }

    private func check(_ library: Fixtures.Library, _ fixture: CommandFixture) throws {
        let names = try fixture.output("list", library.domain, "--name").split(separator: "\n")
        #expect(names.map(String.init).sorted() == (try library.names))
        let list = try #require(try fixture.json("list", library.domain) as? [[String: Any]])
        var parents: [String: String?] = [:]
        for entry in list {
            parents[try #require(entry["name"] as? String)] = .some(entry["parent"] as? String)
        }
        #expect(parents == (try library.parents))
        for name in try library.names {
            for (option, variant) in [
                ([], ""), (["--security-info"], ".secure"), (["--no-domain"], ".nodomain"),
            ] {
                let run = try CommandRun.run(
                    "momentlog", ["dumpxml", library.domain, name] + option,
                    environment: fixture.environment)
                #expect(Array(run.output.utf8) == (try library.dump(of: name, variant: variant)))
            }
        }
    }

    @Test("The same import again appends nothing and ends as any import does")
    func again() throws {
        let fixture = try CommandFixture()
        try fixture.importCorpus()
        let log = try fixture.output("log", "--format", "jsonl")
        let run = try fixture.run("import", Fixtures.libraries[2].checkpointFolder.path)
        #expect(run.status == 0)
        #expect(run.output.contains("0 checkpoints imported."))
        #expect(try fixture.output("log", "--format", "jsonl") == log)
    }

    @Test(
        "Every reading command prints JSON that parses, and JSON Lines line by line",
        arguments: [
            ["domains"], ["list", "branch"], ["info", "branch", "b1"], ["parent", "branch", "b1"],
            ["dumpxml", "branch", "b1"], ["check"], ["log"], ["log", "branch", "-n", "0"],
            ["stats"], ["import", Fixtures.libraries[2].checkpointFolder.path],
        ])
    func json(arguments: [String]) throws {
        let fixture = try CommandFixture()
        try fixture.importCorpus()
        for format in ["json", "jsonl"] {
            let run = try CommandRun.run(
                "momentlog", arguments + ["--format", format], environment: fixture.environment)
            #expect(run.status == 0, "\(run.errors)")
            let texts =
                format == "json" ? [run.output] : run.output.split(separator: "\n").map(String.init)
            for text in texts {
                #expect(throws: Never.self) {
                    try JSONSerialization.jsonObject(with: Data(text.utf8))
                }
            }
        }
    }

    @Test("A line of the log holds what an auditor asks for")
    func log() throws {
        let fixture = try CommandFixture()
        try fixture.run(
            "import", Fixtures.libraries[0].checkpointFolder.path, "--actor", "me@here",
            "--reason", "a \"test\"")
        let line = try fixture.output("log", "lin", "--format", "jsonl", "--until", "2")
            .split(separator: "\n")[1]
        let event = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(event["sequence"] as? Int == 2)
        #expect(event["commit"] as? Int == 1)
        #expect(event["revision"] as? Int == 2)
        #expect(event["domain"] as? String == "lin")
        #expect(event["event"] as? String == "checkpointRedefined")
        #expect(event["actor"] as? String == "me@here")
        #expect(event["reason"] as? String == "a \"test\"")
        #expect(event["checkpoint"] as? String == "c1")
        #expect((event["time"] as? String)?.hasSuffix("Z") == true)
        #expect((event["origin"] as? [String: Any])?["file"] as? String == "c1.xml")
    }
}
