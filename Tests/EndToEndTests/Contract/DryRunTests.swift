import Foundation
import TestSupport
import Testing

/// `--dry-run` of every command that changes the record, a folder or libvirt.
struct DryRunTests {
    /// Command lines without `--dry-run`, and with which status they end with it.
    private static let changes: [(arguments: [String], status: Int32)] = [
        (["import", "lib", "--replace"], 3), (["import", "new", "--domain", "vm"], 3),
        (["export", "vm", "--output", "out"], 0),
        (["export", "--all", "--output", "made", "--sums"], 0),
        (["define", "guest.xml"], 0), (["rename", "vm", "web"], 0),
        (["undefine", "vm", "--checkpoints-metadata"], 0), (["create", "vm", "--name", "c9"], 0),
        (["record", "vm", "d1.xml"], 0), (["record", "vm", "new/c1.xml"], 3),
        (["redefine", "vm", "d1.xml"], 0), (["delete", "vm", "c1", "--children"], 0),
        (["delete", "vm", "c1", "c2"], 0), (["delete", "vm", "c*"], 0),
        (["current", "vm", "c1"], 0), (["current", "vm", "--clear"], 0),
        (["check", "bad", "--repair"], 3), (["pull", "test:///default"], 0),
        (["push", "test:///default", "vm"], 1),
        (
            ["reconcile", "vm", "--info", "vda=vda.json", "--guest-off", "--record"],
            3
        ),
        (["revert", "vm", "3"], 0), (["prune", "vm", "--keep-last", "1"], 0),
        (["prune", "--all", "--keep-last", "1"], 0), (["apply", "lines"], 3),
        (["backup", "copy.db"], 0), (["restore", "kept.db", "--replace"], 0), (["compact"], 0),
        (["snapshot"], 0), (["snapshot", "--rebuild"], 0),
        (["settings", "--strip-secrets", "on"], 0), (["accept-loss", "--reason", "x"], 0),
    ]

    /// Commands that only look.
    private static let questions: Set<String> = [
        "status", "domains", "list", "info", "parent", "dumpxml", "compare", "log", "show", "diff",
        "history", "head", "verify", "verify-log", "stats", "schema",
    ]

    private func state(of store: ContractStore) throws -> [String] {
        let files = try store.fixture.folder.contents
            .filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }
        let counts = try store.fixture.output("stats", "--format", "json")
            .firstMatch(of: /"snapshots":[0-9]+/).map { String($0.output) }
        return try store.fixture.state() + files + [counts ?? "-"]
    }

    @Test("A dry run changes nothing, whatever the format", arguments: changes.indices)
    func unchanged(index: Int) throws {
        let (arguments, status) = Self.changes[index]
        let store = try ContractStore()
        let before = try state(of: store)
        for format in ["table", "json", "jsonl"] {
            let run = try store.run(arguments + ["--dry-run", "--format", format])
            #expect(run.status == status, "\(arguments) \(format): \(run.errors)")
            #expect(status == 1 || !run.output.isEmpty, "\(arguments) \(format)")
            #expect(try state(of: store) == before, "\(arguments) \(format)")
        }
    }

    @Test("A read-only store allows every dry run", arguments: changes.indices)
    func readOnly(index: Int) throws {
        let (arguments, status) = Self.changes[index]
        let run = try ContractStore().run(["--read-only"] + arguments + ["--dry-run"])
        #expect(run.status == status, "\(arguments): \(run.errors)")
    }

    @Test("Every command either only looks, or has a dry run")
    func everyCommand() throws {
        let help = try CommandFixture().output("--help")
        let commands = Set(help.matches(of: /\n  ([a-z][a-z-]*)  +\S/).map { String($0.1) })
        let changing = Set(Self.changes.map { $0.arguments[0] })
        #expect(commands == changing.union(Self.questions))
        #expect(changing.isDisjoint(with: Self.questions))
    }
}
