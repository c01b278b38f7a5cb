import Foundation
import Glibc
import TestSupport
import Testing

struct ExitStatusTests {
    /// What a command is refused for.
    struct Case: CustomStringConvertible, Sendable {
        var arguments: [String]
        var status: Int32
        var code: String

        init(_ arguments: String..., status: Int32, code: String) {
            (self.arguments, self.status, self.code) = (arguments, status, code)
        }

        var description: String { arguments.joined(separator: " ") }
    }

    private static let refusals = [
        Case("list", "no", status: 1, code: "no-domain"),
        Case("info", "vm", "no", status: 1, code: "no-checkpoint"),
        Case("parent", "vm", "no", status: 1, code: "no-checkpoint"),
        Case("dumpxml", "vm", "no", status: 1, code: "no-checkpoint"),
        Case("current", "no", status: 1, code: "no-domain"),
        Case("current", "vm", "no", status: 1, code: "no-checkpoint"),
        Case("history", "vm", "no", status: 1, code: "no-checkpoint"),
        Case("log", "no", status: 1, code: "no-domain"),
        Case("show", "999", status: 1, code: "no-moment"),
        Case("head", "--at", "999", status: 1, code: "no-moment"),
        Case("domains", "--at", "999", status: 1, code: "no-moment"),
        Case("diff", "vm", "999", status: 1, code: "no-moment"),
        Case("diff", "vm", "3", "1", status: 64, code: "usage"),
        Case("check", "no", status: 1, code: "no-domain"),
        Case("reconcile", "no", "--info", "vda=vda.json", status: 1, code: "no-domain"),
        Case("import", "nowhere", status: 1, code: "unreadable-file"),
        Case("export", "no", "--output", "out", status: 1, code: "no-domain"),
        Case("export", "vm", "--output", "out", "--at", "0", status: 1, code: "no-domain"),
        Case("export", "vm", "--output", ".", "--flat", status: 1, code: "output-refused"),
        Case("create", "no", status: 1, code: "no-domain"),
        Case("create", "vm", "--name", "c1", status: 1, code: "exists"),
        Case("create", "bad", "--name", "c9", status: 1, code: "inconsistent"),
        Case("create", "vm", "d1.xml", status: 1, code: "not-a-request"),
        Case("create", "vm", "--disk", "vdz", status: 1, code: "no-such-disk"),
        Case("record", "no", "d1.xml", status: 1, code: "no-domain"),
        Case("redefine", "vm", "vda.json", status: 1, code: "invalid-xml"),
        Case("delete", "vm", "no", status: 1, code: "no-checkpoint"),
        Case("define", "vda.json", status: 1, code: "invalid-xml"),
        Case("rename", "no", "web", status: 1, code: "no-domain"),
        Case("rename", "vm", "bad", status: 1, code: "exists"),
        Case("undefine", "vm", status: 1, code: "has-checkpoints"),
        Case("verify", "--head", "nowhere", status: 1, code: "unreadable-file"),
        Case("verify-log", "nowhere", "--head", "kept.head", status: 1, code: "unreadable-file"),
        Case("backup", "kept.db", status: 1, code: "output-refused"),
        Case("restore", "kept.db", status: 1, code: "output-refused"),
        Case("restore", "nowhere", status: 1, code: "unreadable-file"),
        Case("snapshot", "no", status: 1, code: "no-domain"),
        Case("apply", "nowhere", status: 1, code: "unreadable-file"),
        Case("schema", "no", status: 64, code: "usage"),
        Case("settings", "--strip-secrets", "maybe", status: 64, code: "usage"),
        Case("accept-loss", status: 64, code: "usage"),
        Case("compact", "--read-only", status: 1, code: "read-only"),
        Case(
            "current", "vm", "c1", "--expect-revision", "1", status: 1, code: "revision-conflict"),
        Case("nonsense", status: 64, code: "usage"),
        Case("list", "vm", "--fix", status: 64, code: "usage"),
    ]

    /// Compares a refused command's streams with the contract.
    private func compare(_ expected: Case, _ store: ContractStore) throws {
        let plain = try store.run(expected.arguments)
        #expect(plain.status == expected.status, "\(expected): \(plain.errors)")
        #expect(plain.output.isEmpty, "\(expected): \(plain.output)")
        #expect(plain.errors.hasPrefix("momentlog: error: "), "\(expected): \(plain.errors)")
        let schema = try JSONSchema(try CommandFixture().output("schema", "error"))
        for format in ["json", "jsonl"] {
            let run = try store.run(expected.arguments + ["--format", format])
            #expect(run.status == expected.status, "\(expected): \(run.errors)")
            #expect(run.output.isEmpty, "\(expected): \(run.output)")
            let last = try #require(try ContractStore.errors(of: run).last, "\(expected)")
            #expect(last["code"] as? String == expected.code, "\(expected): \(run.errors)")
            #expect(last["ok"] as? Bool == false)
            let line = try #require(run.errors.split(separator: "\n").last)
            #expect(try schema.faults(in: String(line)) == [], "\(line)")
        }
    }

    @Test("A refusal has its status and code, and one error on standard error", arguments: refusals)
    func refused(expected: Case) throws {
        try compare(expected, try ContractStore())
    }

    private static let changes: [[String]] = [
        ["create", "vm", "--name", "c9"], ["record", "vm", "d1.xml"],
        ["redefine", "vm", "d1.xml"], ["delete", "vm", "c1"], ["current", "vm", "c1"],
        ["define", "guest.xml"], ["rename", "vm", "web"],
        ["undefine", "vm", "--checkpoints-metadata"], ["check", "bad", "--repair"],
        ["settings", "--strip-secrets", "on"], ["compact"],
    ]

    @Test("A change while another process holds the store ends with 75", arguments: changes)
    func busy(arguments: [String]) throws {
        let store = try ContractStore()
        let descriptor = open(store.fixture.folder.path("store.db"), O_RDWR | O_CLOEXEC)
        try #require(descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        defer { close(descriptor) }
        var expected = Case("--busy-timeout", "0", status: 75, code: "busy")
        expected.arguments += arguments
        try compare(expected, store)
    }

    @Test("Questions are answered while another process holds the store")
    func unhindered() throws {
        let store = try ContractStore()
        let descriptor = open(store.fixture.folder.path("store.db"), O_RDWR | O_CLOEXEC)
        try #require(descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        defer { close(descriptor) }
        for arguments in [["list", "vm"], ["log"], ["delete", "vm", "c1", "--dry-run"]] {
            #expect(try store.run(arguments + ["--busy-timeout", "0"]).status == 0)
        }
    }

    @Test(
        "A store that is behind its head ends with 4, whatever is asked",
        arguments: [
            ["list", "vm"], ["domains"], ["log"], ["check"], ["head"], ["stats"], ["show", "1"],
            ["create", "vm"], ["delete", "vm", "c1"], ["backup", "b.db"],
        ])
    func behindHead(arguments: [String]) throws {
        let store = try ContractStore()
        let (database, old) = (
            store.fixture.folder.path("store.db"), store.fixture.folder.path("old.db")
        )
        try FileManager.default.copyItem(atPath: database, toPath: old)
        _ = try store.fixture.output("current", "vm", "c1")
        try FileManager.default.removeItem(atPath: database)
        try FileManager.default.moveItem(atPath: old, toPath: database)
        var expected = Case(status: 4, code: "behind-head")
        expected.arguments = arguments
        try compare(expected, store)
        #expect(try store.run(["verify"]).status == 4)
    }

    @Test("verify ends with 4 for an altered event, and with 3 for a missing head file")
    func verify() throws {
        let store = try ContractStore()
        let head = store.fixture.folder.path("store.db.head")
        try FileManager.default.moveItem(atPath: head, toPath: head + ".kept")
        let missing = try store.run(["verify", "--format", "json"])
        #expect(missing.status == 3, "\(missing.output)")
        #expect(missing.output.contains(#""finding":"head-missing","severity":"error""#))
        try FileManager.default.moveItem(atPath: head + ".kept", toPath: head)
        try store.fixture.tamper("UPDATE event SET line = replace(line, 'c2', 'c7')")
        let altered = try store.run(["verify", "--format", "json"])
        #expect(altered.status == 4)
        #expect(altered.output.contains(#""sound":false"#))
    }

    @Test("A revision conflict has the values that differ in its details")
    func details() throws {
        let store = try ContractStore()
        let run = try store.run(
            ["current", "vm", "c1", "--expect-revision", "1", "--format", "json"])
        let error = try #require(try ContractStore.errors(of: run).last)
        let details = try #require(error["details"] as? [String: Any])
        #expect(details["expectedRevision"] as? Int == 1)
        #expect(details["revision"] as? Int == 7)
        #expect(details["domain"] as? String == "vm")
    }

    @Test("apply ends with 0 if all lines were carried out, 1 if all failed, 3 if some did")
    func apply() throws {
        let good = #"{"command":"set-current","domain":"vm","checkpoint":"c1","request":"q1"}"#
        let bad = #"{"command":"set-current","domain":"no","checkpoint":"c1","request":"q2"}"#
        for (lines, status) in [([good], 0), ([bad], 1), ([good, bad], 3), ([], 0)] {
            let store = try ContractStore()
            let input = lines.map { $0 + "\n" }.joined()
            let run = try store.fixture.run(["apply"], input: input)
            #expect(run.status == Int32(status), "\(lines)")
            let requests = run.output.split(separator: "\n").map { line in
                (try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?[
                    "request"] as? String
            }
            #expect(requests == lines.map { $0 == good ? "q1" : "q2" })
        }
    }
}
