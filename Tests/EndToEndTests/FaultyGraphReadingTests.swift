import Foundation
import TestSupport
import Testing

/// What every command makes of a graph that has a cycle, a lost parent and one that is its own.
struct FaultyGraphReadingTests {
    private func faulty() throws -> CommandFixture {
        let fixture = try CommandFixture()
        let path = try fixture.library(
            "vm", ["a": "c", "b": "a", "c": "b", "d": "lost", "e": "e", "f": nil, "g": "d"])
        try #require(try fixture.run("import", path).status == 3)
        return fixture
    }

    @Test("Each question has an answer, and nothing is left out of it")
    func questions() throws {
        let fixture = try faulty()
        for (command, output) in [
            ("list vm --name", "a b c d e f g"), ("list vm --name --roots", "a d e f"),
            ("list vm --name --leaves", "c e f g"), ("list vm --name --no-leaves", "a b d"),
            ("list vm --name --topological", "a b c d g e f"),
            ("list vm --name --from a --descendants", "b c"), ("list vm --name --from c", ""),
            ("list vm --name --from e", ""), ("list vm --name --from d", "g"),
            (
                "list vm --tree",
                "a ! in a cycle: parent c, older than its parent | +- b ! in a cycle | +- c"
                    + " ! in a cycle d ! parent lost is missing | +- g e ! is its own parent f"
            ),
            ("list vm --tree --from b", "b ! in a cycle | +- c ! in a cycle"), ("parent vm a", "c"),
            ("parent vm b", "a"),
            ("parent vm d", "lost"), ("parent vm e", "e"),
        ] {
            let run = try fixture.run(command.split(separator: " ").map(String.init))
            #expect(run.status == 0, "\(command): \(run.errors)")
            let words = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words == output, "\(command)")
        }
        #expect(try fixture.graph() == "a<-c b<-a c<-b d<-lost e<-e f g<-d")
        for (name, parent) in [
            ("a", "c (a cycle, shown cut here)"), ("b", "a"), ("d", "lost (missing)"),
            ("e", "e (a cycle, shown cut here)"), ("f", "-"),
        ] {
            let info = try fixture.output("info", "vm", name)
            #expect(info.contains("\nParent:         \(parent)\n"), "\(info)")
            let document = try fixture.output("dumpxml", "vm", name)
            let isReported = document.contains(
                "<parent>\n    <name>\(parent.prefix { $0 != " " })</name>")
            #expect(isReported == (name != "f"), "\(document)")
        }
        #expect(try fixture.output("domains").contains(" vm                 7   -  "))
    }

    @Test("What needs a graph without errors, or no checkpoints, is refused with the reason")
    func refusals() throws {
        let fixture = try faulty()
        try fixture.define("vm")
        let before = try fixture.state()
        for (command, message) in [
            (["create", "vm", "--name", "n"], "are inconsistent"),
            (["undefine", "vm"], "7 checkpoints"),
        ] {
            let run = try fixture.run(command)
            #expect(run.status == 1)
            #expect(run.errors.contains(message), "\(run.errors)")
        }
        #expect(try fixture.state() == before)
    }

    @Test("An export holds every checkpoint, and says what libvirt will not take of it")
    func export() throws {
        let fixture = try faulty()
        let output = try fixture.output("export", "vm", "--output", fixture.folder.path("out"))
        #expect(output.contains("6 of them"))
        #expect(
            try String(contentsOfFile: fixture.folder.path("out/vm/ORDER"), encoding: .utf8)
                .hasPrefix("a\nb\nc\nd\ng\ne\nf\n# "))
        // And comes back as it was.
        let again = try CommandFixture()
        #expect(try again.run("import", fixture.folder.path("out/vm")).status == 3)
        #expect(try again.graph() == fixture.graph())
    }

    @Test("Each checkpoint can be deleted in every scope, and the rest is shown correctly")
    func deletions() throws {
        for (arguments, graph) in [
            (["a"], "b<-c c<-b d<-lost e<-e f g<-d"), (["b"], "a<-c c<-a d<-lost e<-e f g<-d"),
            (["d"], "a<-c b<-a c<-b e<-e f g<-lost"), (["e"], "a<-c b<-a c<-b d<-lost f g<-d"),
            (["f"], "a<-c b<-a c<-b d<-lost e<-e g<-d"),
            (["a", "--children"], "d<-lost e<-e f g<-d"),
            (["b", "--children"], "a d<-lost e<-e f g<-d"),
            (["c", "--children"], "a<-b b<-a d<-lost e<-e f g<-d"),
            (["d", "--children"], "a<-c b<-a c<-b e<-e f"),
            (["e", "--children"], "a<-c b<-a c<-b d<-lost f g<-d"),
            (["a", "--children-only"], "a d<-lost e<-e f g<-d"),
            (["b", "--children-only"], "a<-b b<-a d<-lost e<-e f g<-d"),
            (["c", "--children-only"], "a<-c b<-a c<-b d<-lost e<-e f g<-d"),
            (["e", "--children-only"], "a<-c b<-a c<-b d<-lost e<-e f g<-d"),
        ] {
            let fixture = try faulty()
            let run = try fixture.run(["delete", "vm"] + arguments)
            #expect(run.status == 0, "\(run.errors)")
            #expect(try fixture.graph() == graph, "\(arguments)")
        }
        let fixture = try faulty()
        _ = try fixture.output("undefine", "vm", "--checkpoints-metadata")
        #expect(
            try fixture.events().filter { $0["event"] as? String == "checkpointDeleted" }.count == 7
        )
        #expect(try fixture.output("check") == "0 domains checked: nothing found in the record\n")
    }
}
