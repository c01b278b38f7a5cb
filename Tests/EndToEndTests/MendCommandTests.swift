import Foundation
import TestSupport
import Testing

/// `check` with --plan and --mend.
struct MendCommandTests {
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

    @Test("The plan is printed, and what is printed is what --mend then appends")
    func plan() throws {
        let fixture = try faulty()
        let before = try fixture.state()
        let table = try fixture.run("check", "--plan")
        #expect(table.status == 3)
        #expect(
            table.output == """
                 Domain   Event                          Before                    After
                -------------------------------------------------------------------------------
                 other    x redefined                    parent lost (not there)   parent none
                 vm       a redefined                    parent c                  parent none
                 vm       d redefined (claims current)   parent lost (not there)   parent none
                 vm       d is current                   2 claim to be current     current d

                """)
        let planned = try #require(
            try fixture.json("check", "vm", "--plan") as? [[String: Any]])
        #expect(try fixture.state() == before)
        #expect(try fixture.run("check", "vm", "--mend").status == 0)
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
                    "sequence", "commit", "time", "actor", "reason", "origin",
                ])
        }
        let lines = try fixture.run("check", "other", "--plan", "--format", "jsonl").output
        #expect(lines.hasPrefix(#"{"revision":3,"domain":"other","event":"checkpointRedefined""#))
        #expect(lines.split(separator: "\n").count == 1)
        let none = try fixture.run("check", "vm", "well", "--plan")
        #expect(none.status == 0)
        #expect(none.output == "There is nothing to mend.\n")
    }

    @Test("Each domain is mended in one commit, with what was found as its reason")
    func mend() throws {
        let fixture = try faulty()
        let count = try fixture.events().count
        let run = try fixture.run("check", "--mend", "--actor", "me")
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            run.output.hasPrefix(
                """
                Domain 'other' mended: 1 event in commit 4
                Domain 'vm' mended: 3 events in commit 5

                """))
        let events = try fixture.events().dropFirst(count)
        #expect(events.map { $0["commit"] as? Int } == [4, 5, 5, 5])
        #expect(events.map { $0["actor"] as? String } == ["me", "me", "me", "me"])
        #expect(events.first?["reason"] as? String == "mends dangling-parent x")
        #expect(
            events.last?["reason"] as? String
                == "mends parent-cycle a, c, b; dangling-parent d; multiple-current b, d")
        #expect(try fixture.graph() == "a b<-a c<-b d*")
        #expect(try fixture.graph("other") == "x")
        let before = try fixture.state()
        let again = try fixture.run("check", "--mend")
        #expect(again.status == 0)
        #expect(again.output.hasPrefix("There was nothing to mend.\n"))
        #expect(try fixture.state() == before)
    }

    @Test("A parent or a current that is named is taken, and the answer tells what is left")
    func strategies() throws {
        let fixture = try faulty()
        let mended = try #require(
            try fixture.json(
                "check", "vm", "--mend", "--reparent", "d=c", "--current", "a") as? [[String: Any]])
        #expect(mended.count == 1)
        #expect(mended[0]["domain"] as? String == "vm")
        #expect((mended[0]["sequence"] as? [Int])?.count == 2)
        let findings = try #require(mended[0]["findings"] as? [[String: Any]])
        #expect(findings.map { $0["finding"] as? String } == ["libvirt-current-differs"])
        #expect(try fixture.graph() == "a* b<-a c<-b d<-c")
    }

    @Test("A mending that would close a cycle is refused with the cycle, and nothing changes")
    func refused() throws {
        let fixture = try faulty()
        let before = try fixture.state()
        for (arguments, code) in [
            (["--reparent", "d=c", "--reparent", "b=d"], "parent-cycle"),
            (["--reparent", "d=nosuch"], "parent-not-found"),
            (["--reparent", "nosuch=a"], "no-checkpoint"), (["--current", "n"], "no-checkpoint"),
            (["--expect-revision", "1"], "revision-conflict"),
        ] {
            for mode in ["--mend", "--plan"] where mode == "--mend" || code != "revision-conflict" {
                let run = try fixture.run(["check", "vm", mode, "--format", "json"] + arguments)
                #expect(run.status == 1, "\(arguments)")
                #expect(run.output.isEmpty)
                #expect(run.errors.contains("\"code\":\"\(code)\""), "\(run.errors)")
            }
        }
        #expect(try fixture.run("check", "nosuch", "--mend").status == 1)
        #expect(try fixture.run("check", "vm", "nosuch", "--mend").status == 1)
        #expect(try fixture.state() == before)
    }

    @Test("A mending that comes again under its request's name is answered as at first")
    func request() throws {
        let fixture = try faulty()
        let arguments = [
            "check", "vm", "--mend", "--reparent", "d=c", "--request-id", "r1", "--format", "json",
        ]
        let first = try fixture.run(arguments)
        #expect(first.status == 0)
        _ = try fixture.output("current", "vm", "a")
        let before = try fixture.state()
        let second = try fixture.run(arguments + ["--expect-revision", "1", "--reason", "again"])
        #expect(second.status == 0)
        #expect(second.output.prefix { $0 != "f" } == first.output.prefix { $0 != "f" })
        let other = try fixture.run(["check", "vm", "--mend", "--request-id", "r1"])
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
            ["--mend", "--plan"], ["--reparent", "d=a"], ["--current", "a"], ["--reason", "r"],
            ["--request-id", "r"], ["--expect-revision", "1"], ["--mend", "--reparent", "d"],
            ["--mend", "--reparent", "d=a", "--reparent", "d=b"],
            ["well", "--mend", "--current", "a"],
            ["well", "--mend", "--request-id", "r"], ["--plan", "--actor", "me"],
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
            let run = try fixture.run(["check", "--mend"] + options)
            #expect(run.status == 64)
            #expect(run.errors.contains("about one domain"), "\(run.errors)")
        }
        #expect(try fixture.state() == before)
    }

    @Test("A domain that is named twice, also by its UUID, is mended once")
    func twice() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        let path = try fixture.library("lib", ["b": "lost"])
        #expect(try fixture.run("import", path, "--domain", "vm").status == 3)
        let uuid = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
        let mended = try #require(
            try fixture.json("check", "vm", uuid, "vm", "--mend") as? [[String: Any]])
        #expect(mended.count == 1)
        // The pointer that was recorded holds again.
        #expect(try fixture.graph() == "b a*")
        let findings = try #require(mended[0]["findings"] as? [[String: Any]])
        #expect(findings.map { $0["finding"] as? String } == ["libvirt-current-differs"])
    }

    @Test("What a finding says mends it does so when it is run, each of the ways")
    func mends() throws {
        let errors = try #require(try faulty().json("check") as? [[String: Any]])
        #expect(errors.count == 5)
        for index in errors.indices {
            let kind = errors[index]["finding"] as? String
            let domain = try #require(errors[index]["domain"] as? String)
            let ways = try #require(errors[index]["mend"] as? String).matches(
                of: #/momentlog .*?  /#
            )
            .map { $0.0.split(separator: " ").dropFirst().map(String.init) }
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
                    case "NAME": "b"
                    case "NAME=PARENT": "c=d"
                    default: word
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
