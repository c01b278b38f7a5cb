import Foundation
import TestSupport
import Testing

struct SchemaTests {
    /// What a command line prints.
    struct Call: CustomStringConvertible, Sendable {
        var arguments: [String]
        var isArray = false
        var status: Int32 = 0

        var description: String { arguments.joined(separator: " ") }
    }

    private static func array(_ arguments: String..., status: Int32 = 0) -> Call {
        Call(arguments: arguments, isArray: true, status: status)
    }

    private static func object(_ arguments: String..., status: Int32 = 0) -> Call {
        Call(arguments: arguments, status: status)
    }

    private static let calls = [
        array("list", "vm"), array("list", "bad", "--health"), array("list", "vm", "--at", "1"),
        array("domains"), array("domains", "--all", "--at", "3"), array("check", status: 3),
        array("check", "vm"), array("check", "bad", "--dry-run", status: 3),
        array("check", "bad", "--repair"),
        array("reconcile", "vm", "--info", "vda=vda.json", "--guest-off", status: 3),
        array(
            "reconcile", "vm", "--info", "vda=vda.json", "--guest-off", "--record", "--dry-run",
            status: 3),
        array("status", status: 3), array("status", "vm"),
        array("prune", "vm", "--keep-last", "1", "--dry-run"),
        array("prune", "vm", "--keep-last", "2"), object("revert", "vm", "3"),
        object("revert", "vm", "3", "--dry-run"),
        array("compare", "vm", "--with", "new", status: 3), array("pull", "test:///default"),
        array("log"), array("log", "vm", "--reverse"), array("diff", "vm", "1"),
        array("diff", "vm", "1", "3", "--exit-code", status: 3), array("history", "vm", "c1"),
        array("info", "vm", "c1", "c2"), array("info", "vm", "c*"),
        array("delete", "vm", "c1", "c2"), array("delete", "vm", "c*", "--dry-run"),
        object("info", "vm", "c1"), object("info", "bad", "c2"), object("parent", "vm", "c1"),
        object("parent", "vm", "c2"), object("current", "vm"), object("current", "bad"),
        object("current", "vm", "c1"), object("current", "vm", "--clear", "--dry-run"),
        object("dumpxml", "vm", "c1"), object("show", "2"),
        object("import", "lib", "--dry-run", status: 3), object("import", "lib/bad", status: 3),
        object("import", "new", "--domain", "vm", status: 3),
        object("export", "vm", "--output", "out"),
        object("export", "--all", "--output", "dry", "--dry-run"),
        object("create", "vm", "--name", "c9"), object("create", "vm", "--dry-run"),
        object("record", "vm", "d1.xml"), object("record", "vm", "d1.xml", "--dry-run"),
        object("record", "vm", "new/c1.xml", status: 3), object("redefine", "vm", "d1.xml"),
        object("delete", "vm", "c1", "--children"), object("delete", "vm", "c1", "--dry-run"),
        object("define", "guest.xml"), object("define", "guest.xml", "--dry-run"),
        object("rename", "vm", "web"), object("rename", "vm", "web", "--dry-run"),
        object("undefine", "vm", "--checkpoints-metadata"),
        object("undefine", "vm", "--checkpoints-metadata", "--dry-run"),
        object("head"), object("head", "--at", "3"), object("verify"),
        object("verify", "--head", "kept.head", "--quick"),
        object("verify-log", "events.jsonl", "--head", "kept.head"),
        object("verify-log", "vda.json", "--head", "kept.head", status: 4),
        object("backup", "copy.db"), object("backup", "copy.db", "--dry-run"),
        object("restore", "kept.db", "--replace"),
        object("restore", "kept.db", "--replace", "--dry-run"), object("compact"),
        object("compact", "--dry-run"), object("snapshot", "--dry-run"),
        object("snapshot", "--rebuild"), object("stats"), object("settings"),
        object("settings", "--strip-secrets", "on"),
        object("settings", "--strip-secrets", "on", "--dry-run"),
        object("accept-loss", "--reason", "x"),
        object("accept-loss", "--reason", "x", "--dry-run"),
        object("apply", "lines", status: 3), object("apply", "lines", "--dry-run", status: 3),
    ]

    @Test("What every command prints in JSON and JSON Lines matches its schema", arguments: calls)
    func output(call: Call) throws {
        let schema = try JSONSchema(
            try CommandFixture().output("schema", call.arguments[0]))
        for format in ["json", "jsonl"] {
            let store = try ContractStore()
            let run = try store.run(["--format", format] + call.arguments)
            #expect(run.status == call.status, "\(format): \(run.errors)")
            for item in try ContractStore.items(of: run, isArray: call.isArray, format: format) {
                #expect(try schema.faults(in: item) == [], "\(format): \(item)")
            }
            if run.status == 0 { #expect(run.errors.isEmpty, "\(run.errors)") }
        }
    }

    @Test("Every command whose output is JSON has a call that is compared with its schema")
    func everyCommand() throws {
        let fixture = try CommandFixture()
        let names = Set(
            try fixture.output("schema", "--list").split(separator: "\n").map(String.init))
        let called = Set(Self.calls.map { $0.arguments[0] })
        // A push needs a domain that libvirt has as well: see the tests beside a libvirt.
        #expect(names.subtracting(called) == ["error", "push", "warning"])
        let help = try fixture.output("--help")
        let commands = help.matches(of: /\n  ([a-z][a-z-]*)  +\S/).map { String($0.1) }
        #expect(Set(commands).subtracting(names) == ["schema"])
    }

    @Test("An unknown schema is refused with the names of those that exist")
    func unknown() throws {
        let run = try CommandFixture().run("schema", "nosuch")
        #expect(run.status == 64)
        #expect(run.errors.contains("accept-loss, apply, backup"), "\(run.errors)")
    }
}
