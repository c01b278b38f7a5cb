import Foundation
import TestSupport
import Testing

@testable import MomentlogCLI

struct HelpTests {
    /// A folder with what the examples name, and commands of others that print what they need.
    private func fixture() throws -> CommandFixture {
        let fixture = try CommandFixture()
        try fixture.folder.write(CheckpointText.guest("vm1", digit: "a"), to: "vm1.xml")
        #expect(try fixture.run("define", "vm1.xml").status == 0)
        for name in ["monday", "tuesday"] {
            _ = try fixture.output("create", "vm1", "--name", name)
        }
        try fixture.folder.write(
            try fixture.output("dumpxml", "vm1", "tuesday", "--security-info"), to: "tuesday.xml")
        try fixture.folder.write(
            CheckpointText.document("thursday", parent: "tuesday", time: 4_000_000_000),
            to: "thursday.xml")
        try fixture.folder.write(
            CheckpointText.document("c1", extra: CheckpointText.domain("vm2", digit: "b")),
            to: "checkpoint/vm2/c1.xml")
        for name in ["monday", "tuesday"] {
            try fixture.folder.write(
                try fixture.output("dumpxml", "vm1", name, "--security-info"),
                to: "checkpoint/vm1/\(name).xml")
        }
        try fixture.folder.write(
            #"{"filename":"a.qcow2","format":"qcow2","virtual-size":1048576}"#, to: "vda.json")
        try fixture.folder.write(
            #"{"command":"delete","domain":"vm1","checkpoint":"monday"}"# + "\n",
            to: "commands.jsonl")
        try fixture.folder.write(try fixture.output("head"), to: "kept.head")
        try fixture.folder.write(
            try fixture.output("log", "--format", "jsonl"), to: "events.jsonl")
        _ = try fixture.output("backup", "backup.db")
        try fixture.folder.write(
            """
            #!/bin/sh
            case "$1" in
            dumpxml) cat vm1.xml ;;
            checkpoint-dumpxml) cat thursday.xml ;;
            esac

            """, to: "bin/virsh")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: fixture.folder.path("bin/virsh"))
        return fixture
    }

    @Test("Every example in the help runs", arguments: Examples.all.keys.sorted())
    func examples(command: String) throws {
        let fixture = try fixture()
        for example in Examples.all[command] ?? [] {
            let line = example.replacing("/var/lib/libvirt/qemu/checkpoint", with: "checkpoint")
            let path =
                fixture.folder.path("bin") + ":" + CommandRun.products.path + ":/usr/bin:/bin"
            let run = try CommandRun.run(
                "/bin/sh", ["-c", "PATH='\(path)'; \(line)"], environment: fixture.environment,
                folder: fixture.folder.url)
            // A difference, and a bitmap that is missing, are answers.
            let isAnswer = ["diff", "reconcile", "compare"].contains(command) && run.status == 3
            // The libvirt of the examples has another guest, and need not be installed.
            let isOfLibvirt =
                ["pull", "push", "compare"].contains(command)
                && (run.errors.contains("does not list domain 'vm1'")
                    || run.errors.contains("libvirt.so.0"))
            #expect(
                run.status == 0 || isAnswer || isOfLibvirt,
                "\(example): \(run.status) \(run.errors)")
        }
    }

    @Test("Every command's help has an imperative summary of one line and examples that run")
    func summaries() throws {
        let fixture = try CommandFixture()
        for command in MomentlogCommand.subcommandNames {
            let help = try fixture.output(command, "--help")
            let first = try #require(help.split(separator: "\n").first)
            #expect(first.hasPrefix("OVERVIEW: ") && first.hasSuffix("."), "\(command): \(first)")
            #expect(first.count <= 80, "\(command): \(first)")
            #expect(help.contains("EXAMPLES:\n  "), "\(command)")
            for example in Examples.all[command] ?? [] {
                #expect(help.contains("\n  \(example)\n"), "\(command): \(example)")
            }
            #expect(help.contains("GLOBAL OPTIONS:\n"), "\(command)")
            #expect(!help.contains("mend"), "\(command)")
        }
    }

    @Test("There is a manual page of every command, with its examples")
    func manualPages() throws {
        let fixture = try CommandFixture()
        let run = try CommandRun.run(
            Fixtures.repository.appending(path: "scripts/man-pages").path,
            [CommandRun.products.path + "/momentlog", fixture.folder.path("man")])
        #expect(run.status == 0, "\(run.errors)")
        for command in MomentlogCommand.subcommandNames {
            let page = try String(
                contentsOfFile: fixture.folder.path("man/momentlog-\(command).1"),
                encoding: .utf8)
            #expect(page.contains(".SH SYNOPSIS\n"), "\(command)")
            #expect(page.contains(".SH EXAMPLES\n"), "\(command)")
        }
    }

    @Test("help explains topics, within 80 columns", arguments: HelpTopic.allCases)
    func topics(topic: HelpTopic) throws {
        let fixture = try CommandFixture()
        let text = try fixture.output("help", topic.rawValue)
        #expect(text == topic.text + "\n")
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(try fixture.output("--help").contains(topic.rawValue))
    }

    @Test("The help of something unknown lists the topics")
    func otherHelp() throws {
        let fixture = try CommandFixture()
        #expect(try fixture.output("help", "list") == fixture.output("list", "--help"))
        let run = try fixture.run("help", "nosuch")
        #expect(run.status == 64)
        #expect(run.errors.contains("when, remedies, exit-status, json, store"))
    }

    @Test(
        "Words of virsh, git and restic are refused with what does the same here",
        arguments: [
            (["ls"], "'momentlog list'"), (["checkpoint-list", "vm"], "'momentlog list'"),
            (["fsck"], "'momentlog verify' or 'momentlog check'"),
            (["checkpoint-create-as", "vm"], "'momentlog create'"),
            (["lst", "vm"], "'momentlog list'"), (["verfy"], "'momentlog verify'"),
            (["check", "--json"], "'--format json'"), (["check", "vm", "--fix"], "'--repair'"),
            (["list", "vm", "--paret"], "'--parent'"),
            (["create", "vm", "--diskspec"], "'--disk'"),
            (["check", "--mend"], "--repair"), (["check", "--plan"], "--dry-run"),
            (["schema", "--import-report"], "momentlog schema import"),
        ])
    func suggestions(arguments: [String], suggestion: String) throws {
        let run = try CommandFixture().run(arguments)
        #expect(run.status == 64)
        #expect(run.errors.contains(suggestion), "\(run.errors)")
    }

    @Test(
        "An unrelated word gets no suggestion",
        arguments: [
            ["redefine", "vm", "x", "--at", "5"], ["list", "vm", "--before", "x"],
            ["dumpxml", "vm", "c", "--xpath", "x"], ["blah"], ["x"],
        ])
    func noSuggestions(arguments: [String]) throws {
        let run = try CommandFixture().run(arguments)
        #expect(run.status == 64)
        #expect(!run.errors.contains("did you mean"), "\(run.errors)")
    }

    @Test("Words of others never name a command that does not exist")
    func knownWords() {
        let known = Set(MomentlogCommand.subcommandNames)
        // These come with later versions.
        let later: Set = ["--version"]
        for (word, commands) in KnownWords.commands {
            #expect(!known.contains(word) || word == "root", "\(word)")
            for command in commands {
                let name = String(command.split(separator: " ")[0])
                #expect(known.contains(name) || later.contains(name), "\(word): \(command)")
            }
        }
    }
}
