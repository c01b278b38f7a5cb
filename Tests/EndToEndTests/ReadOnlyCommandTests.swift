import Foundation
import TestSupport
import Testing

/// `--read-only` on every command: what would change the store is refused, all else reads.
struct ReadOnlyCommandTests {
    struct Call: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        /// Whether it is refused.
        var changes: Bool

        var testDescription: String { arguments.joined(separator: " ") }
    }

    private static func reading(_ arguments: String...) -> Call {
        Call(arguments: arguments, changes: false)
    }

    private static func changing(_ arguments: String...) -> Call {
        Call(arguments: arguments, changes: true)
    }

    /// Missing files show that a refusal comes before anything is read.
    private static let calls = [
        changing("import", "no-such-file"),
        reading("import", "vm.xml", "--domain", "vm", "--dry-run"),
        reading("export", "vm", "--output", "out"),
        reading("export", "vm", "--output", "out", "--script"),
        changing("create", "vm", "--name", "c9"), changing("create", "vm", "no-such-file"),
        reading("create", "vm", "--name", "c9", "--print-xml"),
        changing("redefine", "vm", "no-such-file"), changing("record", "vm", "no-such-file"),
        changing("delete", "vm", "c1"), reading("delete", "vm", "c2", "--dry-run"),
        reading("create", "vm", "--name", "c9", "--dry-run"),
        reading("define", "guest.xml", "--dry-run"), reading("rename", "vm", "web", "--dry-run"),
        reading("undefine", "vm", "--checkpoints-metadata", "--dry-run"),
        reading("current", "vm", "c1", "--dry-run"), reading("apply", "lines", "--dry-run"),
        reading("redefine", "vm", "vm.xml", "--dry-run"),
        reading("record", "vm", "vm.xml", "--dry-run"),
        reading("restore", "kept.db", "--replace", "--dry-run"),
        reading("export", "vm", "--output", "out", "--dry-run"),
        changing("delete", "vm", "c1", "--children"), reading("current", "vm"),
        changing("current", "vm", "c1"), changing("current", "vm", "--clear"), changing("apply"),
        changing("apply", "no-such-file"), changing("define", "no-such-file"),
        changing("revert", "vm", "3"), reading("revert", "vm", "3", "--dry-run"),
        changing("prune", "vm", "--keep-last", "1"),
        reading("prune", "vm", "--keep-last", "1", "--dry-run"), reading("status"),
        changing("rename", "vm", "web"), changing("undefine", "vm", "--checkpoints-metadata"),
        reading("domains"), reading("list", "vm"), reading("info", "vm", "c1"),
        reading("parent", "vm", "c2"), reading("dumpxml", "vm", "c1"), reading("check"),
        changing("check", "--repair", "--all"), reading("check", "--repair", "--all", "--dry-run"),
        reading("verify", "--quick"),
        reading("reconcile", "vm", "--info", "vda=vda.json"),
        changing("reconcile", "vm", "--info", "vda=no-such-file", "--record"), reading("log"),
        reading("show", "2"),
        reading("diff", "vm", "1", "3"), reading("history", "vm", "c1"), reading("head"),
        reading("verify"), reading("verify-log", "events.jsonl", "--head", "store.db.head"),
        reading("backup", "copy.db"), changing("restore", "kept.db", "--replace"),
        changing("compact"), changing("snapshot"), changing("snapshot", "--rebuild"),
        reading("stats"), reading("settings"), changing("settings", "--strip-secrets", "on"),
        reading("settings", "--strip-secrets", "on", "--dry-run"),
        reading("compare", "vm", "--with", "vm.xml"), changing("pull", "nowhere:///"),
        changing("prune", "vm", "--keep-last", "1"),
        reading("prune", "vm", "--keep-last", "1", "--dry-run"), changing("revert", "vm", "2"),
        reading("revert", "vm", "2", "--dry-run"), reading("status"),
        changing("accept-loss", "--reason", "x"),
        reading("accept-loss", "--reason", "x", "--dry-run"), reading("schema"),
    ]

    /// A store, and the files that the calls name.
    private func fixture() throws -> CommandFixture {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        _ = try fixture.output("backup", "kept.db")
        try fixture.folder.write(CheckpointText.document("d1"), to: "vm.xml")
        try fixture.folder.write(CheckpointText.guest("other", digit: "b"), to: "guest.xml")
        try fixture.folder.write(
            #"{"command":"set-current","domain":"vm","checkpoint":"c1"}"#, to: "lines")
        try fixture.folder.write(
            #"{"filename":"a.qcow2","format":"qcow2","virtual-size":1048576}"#, to: "vda.json")
        try fixture.folder.write(
            try fixture.output("log", "--format", "jsonl"), to: "events.jsonl")
        return fixture
    }

    /// The bytes of all files that a store has or could have.
    private func store(_ fixture: CommandFixture) throws -> [String: Data] {
        let names = try fixture.folder.contents.filter { $0.hasPrefix("store.db") }
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try Data(contentsOf: URL(fileURLWithPath: fixture.folder.path($0))))
            })
    }

    @Test(
        "A command reads under --read-only or is refused, and the store's files stay",
        arguments: calls)
    func call(_ call: Call) throws {
        let fixture = try fixture()
        let (files, before) = (try fixture.folder.contents, try store(fixture))
        for arguments in [call.arguments + ["--read-only"], ["--read-only"] + call.arguments] {
            // Schemas and exported logs are about no store, and know no such option.
            let isOfStore = !["schema", "verify-log"].contains(call.arguments[0])
            let run = try fixture.run(isOfStore ? arguments : call.arguments)
            #expect(try store(fixture) == before, "\(run.errors)")
            if call.changes {
                #expect(run.status == 1)
                #expect(run.output.isEmpty)
                #expect(run.errors.contains("which --read-only refuses"), "\(run.errors)")
                #expect(try fixture.folder.contents == files)
            } else {
                #expect([0, 3].contains(run.status), "\(run.errors)")
            }
            for made in ["out", "copy.db", "copy.db.head"] {
                try? FileManager.default.removeItem(atPath: fixture.folder.path(made))
            }
        }
    }

    @Test("The table has every command")
    func everyCommand() throws {
        let help = try CommandFixture().output("--help")
        let names = help.matches(of: /\n  ([a-z][a-z-]*)  +\S/).map { String($0.1) }
        #expect(names.count > 25)
        // It changes a libvirt, and no store.
        #expect(Set(names).subtracting(["push"]) == Set(Self.calls.map { $0.arguments[0] }))
    }

    @Test("A refusal has the code read-only")
    func code() throws {
        let run = try fixture().run("delete", "vm", "c1", "--read-only", "--format", "json")
        #expect(run.errors.contains(#""code":"read-only""#))
    }

    @Test("No store is created, and one of an earlier schema is read unchanged")
    func others() throws {
        let fixture = try CommandFixture()
        let none = try fixture.run("domains", "--read-only")
        #expect(none.status == 1 && none.errors.contains("there is no store at"))
        #expect(try fixture.folder.contents.isEmpty)
        let old = Fixtures.repository.appending(path: "Tests/Fixtures/stores/schema-6.db")
        try FileManager.default.copyItem(
            at: old, to: fixture.folder.url.appending(path: "store.db"))
        let run = try fixture.run("domains", "--read-only", "--format", "json")
        #expect(run.status == 0 && run.output.contains("web"), "\(run.errors)")
        #expect(try store(fixture) == ["store.db": try Data(contentsOf: old)])
    }
}
