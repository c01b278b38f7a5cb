import Foundation
import TestSupport
import Testing

/// `check` with --dry-run and --repair.
struct RepairCommandTests {
    /// `vm`: a cycle of three, a lost parent and two currents; `other`: a lost parent; `well`.
    private func faulty() throws -> CommandFixture {
        let fixture = try CommandFixture()
        let claim = "<current>1</current>"
        for (index, (name, parent, extra)) in [
            ("vm/a", "c", ""), ("vm/b", "a", claim), ("vm/c", "b", ""), ("vm/d", "lost", claim),
            ("other/x", "lost", ""), ("well/y", nil, ""),
        ].enumerated() {
            try fixture.folder.write(
                CheckpointText.document(
                    String(name.split(separator: "/")[1]), parent: parent,
                    time: 1_700_000_000 + index, extra: extra), to: "lib/\(name).xml")
        }
        let run = try fixture.run("import", fixture.folder.path("lib"))
        try #require(run.status == 3)
        return fixture
    }

    @Test("A dry run prints what --repair then appends, and --repair prints what it changed")
    func plan() throws {
        let fixture = try faulty()
        let before = try fixture.state()
        let table = try fixture.run("check", "--dry-run")
        #expect(table.status == 3)
        #expect(
            table.output == """
                 Domain   Event                          Before                  After
                -----------------------------------------------------------------------------
                 other    x redefined                    parent lost (missing)   parent none
                 vm       a redefined                    parent c                parent none
                 vm       d redefined (claims current)   parent lost (missing)   parent none
                 vm       d is current                   2 claim to be current   current d

                """)
        let planned = try #require(
            try fixture.json("check", "vm", "--dry-run") as? [[String: Any]])
        #expect(try fixture.state() == before)
        let repair = try fixture.run("check", "vm", "--repair")
        #expect(repair.status == 0)
        let rows = repair.output.split(separator: "\n").filter { $0.hasPrefix(" vm ") }
        #expect(rows == table.output.split(separator: "\n").filter { $0.hasPrefix(" vm ") })
        let appended = try fixture.events("vm").suffix(3)
        #expect(planned.count == 3)
        for (planned, appended) in zip(planned, appended) {
            let common = appended.filter { planned.keys.contains($0.key) }
            let texts = try [planned, common].map {
                try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys)
            }
            #expect(texts[0] == texts[1])
            #expect(
                Set(appended.keys).subtracting(planned.keys) == [
                    "sequence", "commit", "time", "actor", "reason", "origin", "domainId", "uid",
                    "host",
                ])
        }
        let lines = try fixture.run("check", "other", "--dry-run", "--format", "jsonl").output
        #expect(lines.hasPrefix(#"{"revision":3,"domain":"other","event":"checkpointRedefined""#))
        #expect(lines.split(separator: "\n").count == 1)
        let none = try fixture.run("check", "vm", "well", "--dry-run")
        #expect(none.status == 0)
        #expect(none.output == "There is nothing to repair.\n")
    }

    @Test("Each domain is repaired in one commit, with what was found as its reason")
    func repair() throws {
        let fixture = try faulty()
        let count = try fixture.events().count
        let run = try fixture.run("check", "--repair", "--all", "--actor", "me")
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            run.output.hasPrefix(
                """
                Domain 'other' repaired: 1 event in commit 4
                Domain 'vm' repaired: 3 events in commit 5

                """))
        let events = try fixture.events().dropFirst(count)
        #expect(events.map { $0["commit"] as? Int } == [4, 5, 5, 5])
        #expect(events.map { $0["actor"] as? String } == ["me", "me", "me", "me"])
        #expect(events.first?["reason"] as? String == "repairs dangling-parent x")
        #expect(
            events.last?["reason"] as? String
                == "repairs parent-cycle a, c, b; dangling-parent d; multiple-current b, d")
        #expect(try fixture.graph() == "a b<-a c<-b d*")
        #expect(try fixture.graph("other") == "x")
        let before = try fixture.state()
        let again = try fixture.run("check", "--repair", "--all")
        #expect(again.status == 0)
        #expect(again.output.hasPrefix("There was nothing to repair.\n"))
        #expect(try fixture.state() == before)
    }

    @Test(
        "A store that does not exist has nothing to repair, and the command does not say that it has"
    )
    func noStore() throws {
        let fixture = try CommandFixture()
        for arguments in [["--all"], ["--all", "--dry-run"], ["vm"]] {
            let run = try fixture.run(["check", "--repair"] + arguments)
            #expect(run.status == 1 && run.output.isEmpty, "\(arguments)")
            #expect(run.errors.contains("there is no store at"), "\(run.errors)")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: fixture.folder.url.path).isEmpty)
    }

    @Test("A given parent or current checkpoint is used, and the answer lists what is left")
    func strategies() throws {
        let fixture = try faulty()
        let repaired = try #require(
            try fixture.json(
                "check", "vm", "--repair", "--reparent", "d=c", "--current", "a")
                as? [[String: Any]])
        #expect(repaired.count == 1)
        #expect(repaired[0]["domain"] as? String == "vm")
        #expect((repaired[0]["sequence"] as? [Int])?.count == 2)
        let findings = try #require(repaired[0]["findings"] as? [[String: Any]])
        #expect(findings.map { $0["finding"] as? String } == ["libvirt-current-differs"])
        #expect(try fixture.graph() == "a* b<-a c<-b d<-c")
    }

    @Test("A repair that would close a cycle is refused with the cycle, and nothing changes")
    func refused() throws {
        let fixture = try faulty()
        let before = try fixture.state()
        for (arguments, code) in [
            (["--reparent", "d=c", "--reparent", "b=d"], "parent-cycle"),
            (["--reparent", "d=nosuch"], "parent-not-found"),
            (["--reparent", "nosuch=a"], "no-checkpoint"), (["--current", "n"], "no-checkpoint"),
            (["--expect-revision", "1"], "revision-conflict"),
        ] {
            for mode in ["--repair", "--dry-run"]
            where mode == "--repair" || code != "revision-conflict" {
                let run = try fixture.run(["check", "vm", mode, "--format", "json"] + arguments)
                #expect(run.status == 1, "\(arguments)")
                #expect(run.output.isEmpty)
                #expect(run.errors.contains("\"code\":\"\(code)\""), "\(run.errors)")
            }
        }
        #expect(try fixture.run("check", "nosuch", "--repair").status == 1)
        #expect(try fixture.run("check", "vm", "nosuch", "--repair").status == 1)
        #expect(try fixture.state() == before)
    }

    @Test("A repair that comes again under its request's name is answered as at first")
    func request() throws {
        let fixture = try faulty()
        let arguments = [
            "check", "vm", "--repair", "--reparent", "d=c", "--request-id", "r1", "--format",
            "json",
        ]
        let first = try fixture.run(arguments)
        #expect(first.status == 0)
        _ = try fixture.output("current", "vm", "a")
        let before = try fixture.state()
        let second = try fixture.run(arguments + ["--expect-revision", "1", "--reason", "again"])
        #expect(second.status == 0)
        let earlier = first.output.replacing("\"repeated\":false", with: "\"repeated\":true")
        #expect(second.output.prefix { $0 != "[" } == earlier.prefix { $0 != "[" })
        #expect(second.output.contains("\"repeated\":true"), "\(second.output)")
        let other = try fixture.run(["check", "vm", "--repair", "--request-id", "r1"])
        #expect(other.status == 1)
        #expect(other.errors.contains("asked for something else"), "\(other.errors)")
        #expect(try fixture.state() == before)
        _ = try fixture.output("rename", "vm", "new")
        let third = try fixture.run(arguments)
        #expect(third.status == 0, "\(third.errors)")
        #expect(third.output.contains("\"findings\":[]"), "\(third.output)")
    }

    @Test(
        "What makes no sense together is wrong usage",
        arguments: [
            ["--mend"], ["--plan"], ["--repair", "--all"], ["--all"], ["--reparent", "d=a"],
            ["--current", "a"], ["--reason", "r"],
            ["--request-id", "r"], ["--expect-revision", "1"], ["--repair", "--reparent", "d"],
            ["--repair", "--reparent", "d=a", "--reparent", "d=b"],
            ["well", "--repair", "--current", "a"],
            ["well", "--repair", "--request-id", "r"], ["--dry-run", "--actor", "me"],
        ])
    func usage(arguments: [String]) throws {
        let fixture = try CommandFixture()
        let run = try fixture.run(["check", "vm"] + arguments)
        #expect(run.status == 64, "\(run.errors)")
        #expect(try fixture.folder.contents.isEmpty)
    }

    @Test("Options of one domain need its name")
    func oneDomain() throws {
        let fixture = try faulty()
        let before = try fixture.state()
        for options in [["--request-id", "r"], ["--expect-revision", "3"], ["--current", "a"]] {
            let run = try fixture.run(["check", "--repair", "--all"] + options)
            #expect(run.status == 64)
            #expect(run.errors.contains("about one domain"), "\(run.errors)")
        }
        #expect(try fixture.state() == before)
    }

    @Test("A domain that is named twice, also by its UUID, is repaired once")
    func twice() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        let path = try fixture.library("lib", ["b": "lost"])
        #expect(try fixture.run("import", path, "--domain", "vm").status == 3)
        let uuid = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
        let repaired = try #require(
            try fixture.json("check", "vm", uuid, "vm", "--repair") as? [[String: Any]])
        #expect(repaired.count == 1)
        // The pointer that was recorded holds again.
        #expect(try fixture.graph() == "b a*")
        let findings = try #require(repaired[0]["findings"] as? [[String: Any]])
        #expect(findings.map { $0["finding"] as? String } == ["libvirt-current-differs"])
    }

    @Test("Without the names of domains a repair needs --all, which repairs each")
    func all() throws {
        let fixture = try faulty()
        let before = try fixture.state()
        let refused = try fixture.run("check", "--repair")
        #expect(refused.status == 64 && refused.errors.contains("--all"))
        #expect(try fixture.state() == before)
        #expect(try fixture.run("check", "--repair", "--all").status == 0)
        #expect(try fixture.run("check").status == 0)
    }

    @Test("Every remedy of a finding fixes it when it is run")
    func repairs() throws {
        let errors = try #require(try faulty().json("check") as? [[String: Any]])
        #expect(errors.count == 5)
        for index in errors.indices {
            let kind = errors[index]["finding"] as? String
            let domain = try #require(errors[index]["domain"] as? String)
            let remedies = try #require(errors[index]["remedies"] as? [[String: Any]])
            let ways = try remedies.map { remedy in
                try #require(remedy["argv"] as? [String]).dropFirst().map { $0 }
            }
            guard errors[index]["severity"] as? String == "error" else { continue }
            #expect(ways.count == 2, "\(errors[index])")
            for way in ways {
                let fixture = try faulty()
                let file = fixture.folder.path("lost.xml")
                try fixture.folder.write(
                    CheckpointText.document("lost", time: 1_600_000_000), to: "lost.xml")
                let words = way.map { word in
                    switch word {
                    case "FILE": file
                    default: word.replacingOccurrences(of: "=PARENT", with: "=d")
                    }
                }
                let run = try fixture.run(words)
                #expect([0, 3].contains(run.status), "\(words): \(run.errors)")
                let left = try #require(
                    try fixture.json("check", domain) as? [[String: Any]])
                #expect(!left.contains { $0["finding"] as? String == kind }, "\(words)")
            }
        }
    }
}
