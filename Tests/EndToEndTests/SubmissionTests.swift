import Foundation
import TestSupport
import Testing

/// What the commands that append have in common.
struct SubmissionTests {
    /// Each of them, as it succeeds in turn on `vm` with the checkpoint `a`.
    private static let commands = [
        (["create", "vm", "--name", "b"], ""), (["redefine", "vm", "-"], "c"),
        (["current", "vm", "a"], ""), (["delete", "vm", "b"], ""), (["define", "-"], "vm"),
        (["rename", "vm", "new"], ""), (["undefine", "new", "--checkpoints-metadata"], ""),
    ]

    private func input(_ name: String) -> String {
        switch name {
        case "": ""
        case "vm": CheckpointText.guest("vm", disks: ["vda"])
        default: CheckpointText.document(name, parent: "a")
        }
    }

    @Test("Actor, reason, request and channel are recorded in the log")
    func recorded() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        for (index, (command, name)) in Self.commands.enumerated() {
            let count = try fixture.events().count
            let run = try fixture.run(
                command + [
                    "--actor", "me \(index)", "--reason", "because \"\(index)\"", "--request-id",
                    "r\(index)",
                ], input: input(name))
            #expect(run.status == 0, "\(command): \(run.errors)")
            let events = try fixture.events().dropFirst(count)
            #expect(!events.isEmpty)
            for event in events {
                #expect(event["actor"] as? String == "me \(index)")
                #expect(event["reason"] as? String == "because \"\(index)\"")
                #expect(event["request"] as? String == "r\(index)")
                #expect((event["origin"] as? [String: String]) == ["kind": "command"])
            }
        }
    }

    @Test("A command that comes again under its request's name is answered as at first")
    func again() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        for (index, (command, name)) in Self.commands.enumerated() {
            let arguments = command + ["--request-id", "r\(index)", "--format", "json"]
            let first = try fixture.run(arguments, input: input(name))
            #expect(first.status == 0, "\(command): \(first.errors)")
            let before = try fixture.state()
            let second = try fixture.run(
                arguments + ["--reason", "the answer was lost", "--expect-revision", "1"],
                input: input(name))
            #expect(second.status == 0, "\(command): \(second.errors)")
            #expect(
                second.output
                    == first.output.replacing("\"repeated\":false", with: "\"repeated\":true"))
            let other = try fixture.run(
                ["current", "vm", "--clear", "--request-id", "r\(index)", "--format", "json"])
            #expect(other.status == 1)
            #expect(other.errors.contains("\"code\":\"request-conflict\""), "\(other.errors)")
            // What the request did, to find it in the log.
            for detail in ["request", "domain", "revision", "commit"] {
                #expect(other.errors.contains("\"\(detail)\":"), "\(other.errors)")
            }
            #expect(try fixture.state() == before)
        }
    }

    @Test("Without --actor it is the real user at this host, without --reason none")
    func defaults() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let event = try #require(try fixture.events().first)
        #expect(event["actor"] as? String == CommandFixture.actor)
        #expect(event["reason"] == nil || event["reason"] is NSNull)
    }

    @Test("Only sudo's variables count, and only for root; --actor is recorded as given")
    func actors() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        var environment = fixture.environment
        environment.merge(["USER": "root", "SUDO_USER": "bob\u{7}", "SUDO_UID": "1000"]) { $1 }
        _ = try fixture.run("current", "vm", "--clear", environment: environment)
        _ = try fixture.run(
            "current", "vm", "a", "--actor", "somebody else", environment: environment)
        let actors = try fixture.events().suffix(2).map { $0["actor"] as? String }
        let isRoot = CommandFixture.user == "root"
        #expect(actors == [CommandFixture.actor + (isRoot ? " (sudo bob?)" : ""), "somebody else"])
    }

    @Test("A command for another revision than the domain's is refused, one for it goes through")
    func expectedRevision() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        for (command, name) in Self.commands {
            let before = try fixture.state()
            let domain = command[0] == "undefine" ? "new" : "vm"
            let revision = try fixture.events(domain).count
            for wrong in [revision - 1, revision + 1] {
                let run = try fixture.run(
                    command + ["--expect-revision", String(wrong), "--format", "json"],
                    input: input(name))
                #expect(run.status == 1)
                #expect(run.errors.contains("\"code\":\"revision-conflict\""), "\(run.errors)")
            }
            #expect(try fixture.state() == before)
            let run = try fixture.run(
                command + ["--expect-revision", String(revision)], input: input(name))
            #expect(run.status == 0, "\(command): \(run.errors)")
        }
    }

    @Test("Revision 0 is that of an unknown domain")
    func newDomain() throws {
        let fixture = try CommandFixture()
        let text = CheckpointText.guest("vm")
        let refused = try fixture.run(["define", "-", "--expect-revision", "1"], input: text)
        #expect(refused.status == 1)
        #expect(try fixture.folder.contents.isEmpty)
        let run = try fixture.run(["define", "-", "--expect-revision", "0"], input: text)
        #expect(run.status == 0, "\(run.errors)")
    }
}

/// What a command that is refused leaves behind: nothing.
struct RefusedCommandTests {
    private static let commands = [
        ["create", "vm", "--name", "c"], ["redefine", "vm", "c.xml"], ["delete", "vm", "c"],
        ["current", "vm", "c"], ["current", "vm", "--clear"], ["rename", "vm", "new"],
        ["undefine", "vm"], ["define", "bad.xml"], ["check", "vm", "--repair"],
    ]

    @Test("A refused first command makes no store", arguments: commands)
    func noStore(command: [String]) throws {
        let fixture = try CommandFixture()
        try fixture.folder.write(CheckpointText.document("c"), to: "c.xml")
        try fixture.folder.write("<domain/>", to: "bad.xml")
        let run = try fixture.run(command)
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("momentlog: error: "))
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(try fixture.folder.contents == ["bad.xml", "c.xml"])
    }

    @Test(
        "A refused command leaves head and database unchanged, and prints its code",
        arguments: [
            (["create", "vm", "--name", "a"], "exists"), (["create", "no"], "no-domain"),
            (["create", "vm", "--disk", "vdz"], "no-such-disk"),
            (["create", "vm", "--disk", "vda", "--disk", "vda"], "duplicate-disk"),
            (["redefine", "vm", "orphan.xml"], "parent-not-found"),
            (["delete", "vm", "no"], "no-checkpoint"), (["current", "vm", "no"], "no-checkpoint"),
            (["current", "no", "--clear"], "no-domain"), (["rename", "no", "x"], "no-domain"),
            (["rename", "vm", "other"], "exists"), (["undefine", "vm"], "has-checkpoints"),
            (["undefine", "no", "--checkpoints-metadata"], "no-domain"),
        ])
    func unchanged(command: [String], code: String) throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        try fixture.define("other", digit: "b")
        try fixture.folder.write(
            CheckpointText.document("c", parent: "lost"), to: "orphan.xml")
        let before = try fixture.state()
        let run = try fixture.run(command + ["--format", "json"])
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        let error = try JSONSerialization.jsonObject(with: Data(run.errors.utf8)) as? [String: Any]
        #expect(error?["code"] as? String == code)
        #expect((error?["message"] as? String)?.isEmpty == false)
        #expect(try fixture.state() == before)
        // And the store is one file with its head again.
        #expect(
            try fixture.folder.contents.filter { $0.hasPrefix("store") } == [
                "store.db", "store.db.head",
            ])
    }
}
