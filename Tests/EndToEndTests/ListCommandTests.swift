import TestSupport
import Testing

struct ListCommandTests {
    private func fixture() throws -> CommandFixture {
        let fixture = try CommandFixture()
        let path = try fixture.library(
            "vm",
            [
                "a": nil, "b": "a", "c": "b", "d": "c", "e": "b", "f": "a", "g": "f", "r": nil,
                "s": "r",
            ])
        _ = try fixture.output("import", path)
        return fixture
    }

    // What virsh 9.0.0 printed for the same checkpoints.
    private static let tree = [
        "a", "  |", "  +- b", "  |   |", "  |   +- c", "  |   |   |", "  |   |   +- d",
        "  |   |     ", "  |   +- e", "  |     ", "  +- f", "      |", "      +- g", "        ",
        "r", "  |", "  +- s", "    ", "",
    ].joined(separator: "\n")

    @Test("A tree is drawn byte for byte as virsh draws it")
    func tree() throws {
        #expect(try fixture().output("list", "vm", "--tree") == Self.tree)
    }

    @Test("A tree from a checkpoint shows its children, or all below it")
    func treeFrom() throws {
        let fixture = try fixture()
        #expect(
            try fixture.output("list", "vm", "--tree", "--from", "b")
                == "b\n  |\n  +- c\n  +- e\n    \n")
        #expect(
            try fixture.output("list", "vm", "--tree", "--from", "b", "--descendants")
                == "b\n  |\n  +- c\n  |   |\n  |   +- d\n  |     \n  +- e\n    \n")
    }

    @Test(
        "The options choose what virsh's choose",
        arguments: [
            ([], "a b c d e f g r s"), (["--roots"], "a r"), (["--leaves"], "d e g s"),
            (["--no-leaves"], "a b c f r"), (["--leaves", "--no-leaves"], ""),
            (["--topological"], "a b c d e f g r s"), (["--from", "b"], "c e"),
            (["--from", "b", "--descendants"], "c d e"), (["--from", "a", "--leaves"], ""),
            (["--from", "a", "--descendants", "--leaves"], "d e g"),
            (["--sort", "name"], "a b c d e f g r s"),
            (["--sort", "topological", "--from", "b", "--descendants"], "c d e"),
            (["--since", "2023-11-14T22:13:25Z"], "f g r s"),
            (["--before", "2023-11-14T22:13:22Z"], "a b"),
            (["--since", "2023-11-14", "--before", "2023-11-15", "--leaves"], "d e g s"),
            (["--since", "2023-11-15"], ""), (["--before", "-1h", "--roots"], "a r"),
        ] as [([String], String)])
    func options(options: [String], names: String) throws {
        let fixture = try fixture()
        let run = try CommandRun.run(
            "momentlog", ["list", "vm", "--name"] + options, environment: fixture.environment)
        #expect(run.output.split(separator: "\n").joined(separator: " ") == names)
    }

    @Test(
        "Options that exclude each other are wrong usage",
        arguments: [
            ["--roots", "--from", "a"], ["--roots", "--parent"], ["--parent", "--tree"],
            ["--tree", "--name"], ["--roots", "--tree"], ["--leaves", "--tree"], ["--descendants"],
        ])
    func exclusive(options: [String]) throws {
        let fixture = try fixture()
        let run = try CommandRun.run(
            "momentlog", ["list", "vm"] + options, environment: fixture.environment)
        #expect(run.status == 64)
        #expect(run.errors.hasPrefix("momentlog: error: "))
        #expect(run.output.isEmpty)
    }

    @Test("The table has virsh's columns, the parent on request, and marks the current")
    func table() throws {
        let fixture = try CommandFixture()
        _ = try fixture.output(
            "import", try fixture.library("vm", ["a": nil, "a-longer-name": "a"]))
        #expect(
            try fixture.output("list", "vm", "--parent") == """
                 Name            Creation Time               Current   Parent
                --------------------------------------------------------------
                 a               2023-11-14 22:13:20 +0000
                 a-longer-name   2023-11-14 22:13:21 +0000   *         a

                """)
    }

    @Test("A list from a missing checkpoint is refused")
    func missing() throws {
        let run = try fixture().run("list", "vm", "--from", "zz")
        #expect(run.status == 1)
        #expect(run.errors.contains("no domain checkpoint with matching name 'zz'"))
    }

    @Test("info shows virsh's fields and more")
    func info() throws {
        let output = try fixture().output("info", "vm", "b")
        for line in [
            "Name:           b", "Domain:         vm", "Current:        no", "Parent:         a",
            "Children:       2", "Descendants:    3",
        ] {
            #expect(output.contains(line + "\n"))
        }
    }

    @Test("parent prints a name; a root has none")
    func parent() throws {
        let fixture = try fixture()
        #expect(try fixture.output("parent", "vm", "c") == "b\n")
        #expect(try fixture.output("parent", "vm", "a") == "")
        #expect(
            try fixture.output("parent", "vm", "a", "--format", "json")
                == #"{"domain":"vm","checkpoint":"a","parent":null}"# + "\n")
    }
}
