import Foundation
import TestSupport
import Testing

struct UsageTests {
    private static let commands = [
        "import", "export", "domains", "list", "info", "parent", "dumpxml", "check", "log", "stats",
        "diff", "history", "head", "verify", "verify-log", "settings", "accept-loss",
    ]

    @Test("The help names every command, and nothing in it is wider than a terminal")
    func help() throws {
        let fixture = try CommandFixture()
        let output = try fixture.output("--help")
        for command in Self.commands { #expect(output.contains("\n  \(command) ")) }
        #expect(output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test("Each command has help", arguments: commands)
    func commandHelp(command: String) throws {
        let output = try CommandFixture().output(command, "--help")
        #expect(output.contains("USAGE: momentlog \(command)"))
        #expect(output.contains("OVERVIEW: "))
    }

    @Test(
        "Wrong usage is one line with a hint and status 64",
        arguments: [
            ["list"], ["nonsense"], ["list", "vm", "--no-such-option"], ["import"],
            ["export", "vm"], ["list", "vm", "--format", "yaml"], ["log", "-n", "-1"],
            ["log", "-n=-1"], ["export", "a", "b", "--flat", "--output", "x"],
        ])
    func wrongUsage(arguments: [String]) throws {
        let run = try CommandRun.run(
            "momentlog", arguments, environment: CommandFixture().environment)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("momentlog: error: "))
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(run.errors.contains("--help"))
    }

    @Test(
        "A refusal is one line on standard error, or an object with its code",
        arguments: [
            (["list", "nosuch"], "no-domain"), (["info", "lin", "nosuch"], "no-checkpoint"),
            (["dumpxml", "lin", "nosuch"], "no-checkpoint"),
            (["export", "nosuch", "--output", "out"], "no-domain"),
            (["import", "/no/such/path"], "unreadable-file"),
            (["check", "nosuch"], "no-domain"), (["log", "nosuch"], "no-domain"),
            (["--store", "/no/such/store", "domains"], "storage"),
        ])
    func refusals(arguments: [String], code: String) throws {
        let fixture = try CommandFixture()
        try fixture.importCorpus()
        let plain = try CommandRun.run(
            "momentlog", arguments, environment: fixture.environment, folder: fixture.folder.url)
        #expect(plain.status == 1)
        #expect(plain.output.isEmpty)
        #expect(plain.errors.hasPrefix("momentlog: error: "))
        #expect(plain.errors.split(separator: "\n").count == 1)
        let json = try CommandRun.run(
            "momentlog", arguments + ["--format", "json"], environment: fixture.environment,
            folder: fixture.folder.url)
        #expect(json.status == 1)
        let error = try JSONSerialization.jsonObject(with: Data(json.errors.utf8)) as? [String: Any]
        #expect(error?["code"] as? String == code)
        #expect((error?["message"] as? String)?.isEmpty == false)
    }

    @Test("The version is printed")
    func version() throws {
        #expect(try CommandFixture().output("--version").hasPrefix("momentlog "))
    }

    @Test("The option names the store before or after the command, otherwise the environment does")
    func storePath() throws {
        let fixture = try CommandFixture()
        let library = Fixtures.libraries[0].checkpointFolder.path
        let home = fixture.folder.path("home")
        let cases: [([String], [String: String], String)] = [
            (["--store", fixture.folder.path("1.db"), "import", library], [:], "1.db"),
            (["import", library, "--store", fixture.folder.path("2.db")], [:], "2.db"),
            (["import", library], ["MOMENTLOG_STORE": fixture.folder.path("3.db")], "3.db"),
        ]
        for (arguments, environment, path) in cases {
            let run = try CommandRun.run(
                "momentlog", arguments,
                environment: environment.merging(["HOME": home]) { given, _ in given })
            #expect(run.status == 0, "\(run.errors)")
            #expect(FileManager.default.fileExists(atPath: fixture.folder.path(path)))
        }
    }

    @Test("The store's files are their owner's alone, whatever the umask")
    func modes() throws {
        let fixture = try CommandFixture()
        let command = CommandRun.products.appending(path: "momentlog").path
        let library = Fixtures.libraries[0].checkpointFolder.path
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = [
            "-c", "umask 000; exec \"$0\" import \"$1\" >/dev/null", command, library,
        ]
        shell.environment = fixture.environment
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 0)
        for name in ["store.db", "store.db.head"] {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: fixture.folder.path(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test(
        "Output that cannot be written is an error, not silence and no crash",
        arguments: [
            ("log >/dev/full", 1), ("log >&-", 1), ("--version >/dev/full", 1), ("--help >&-", 1),
            ("list nope 2>&-", 1), ("list nope 2>/dev/full", 1), ("list 2>&-", 64),
            ("log <&- >&- 2>&-", 1), ("import $LIBRARY >/dev/full", 3),
            ("import $LIBRARY <&- >&- 2>&-", 3),
        ])
    func fullOutput(command: String, status: Int32) throws {
        let fixture = try CommandFixture()
        _ = try fixture.output("import", Fixtures.libraries[0].checkpointFolder.path)
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "exec \"$0\" " + command, CommandRun.products.path + "/momentlog"]
        shell.environment = fixture.environment.merging(
            ["LIBRARY": Fixtures.libraries[1].checkpointFolder.path]) { given, _ in given }
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationReason == .exit)
        #expect(shell.terminationStatus == status)
        // No file of the store may have taken a closed descriptor's number.
        let head = try String(contentsOfFile: fixture.folder.path("store.db.head"), encoding: .utf8)
        #expect(head.wholeMatch(of: /momentlog\/[0-9a-f]{32}\n[0-9]+\n[^\n]{44}\n/) != nil)
    }

    @Test("A flat export does not take the folder away that the command runs in")
    func exportHere() throws {
        let fixture = try CommandFixture()
        _ = try fixture.output("import", Fixtures.libraries[0].checkpointFolder.path)
        let run = try fixture.run("export", "lin", "--output", ".", "--flat", "--replace")
        #expect(run.status == 1)
        #expect(run.errors.contains("the working directory of this command"))
        _ = try fixture.output("export", "lin", "--output", ".")
        #expect(try fixture.folder.contents.contains("lin/ORDER"))
    }
}
