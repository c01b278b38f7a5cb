import Foundation
import TestSupport
import Testing

struct PruneCommandTests {
    /// `vm` with checkpoints a to e, each a day younger than the one before; e is current.
    private func daily(_ domains: String...) throws -> CommandFixture {
        let fixture = try CommandFixture()
        for (number, domain) in (domains.isEmpty ? ["vm"] : domains).enumerated() {
            try fixture.define(domain, digit: ["a", "b", "c"][number])
            var parent: String?
            for (index, name) in ["a", "b", "c", "d", "e"].enumerated() {
                let document = CheckpointText.document(
                    name, parent: parent, time: 1_700_000_000 + index * 86_400)
                let run = try fixture.run(["record", domain, "-"], input: document)
                try #require(run.status == 0, "\(run.errors)")
                parent = name
            }
        }
        return fixture
    }

    private func words(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test("What stays is printed with the reasons, and what goes is removed in one commit")
    func table() throws {
        let fixture = try daily()
        let commits = try fixture.events().last?["commit"] as? Int ?? 0
        let run = try fixture.run("prune", "vm", "--keep-daily", "2", "--keep", "a")
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        let text = words(run.output)
        #expect(text.contains("vm a 2023-11-14 22:13:20 +0000 yes named vm b"))
        #expect(text.contains("vm b 2023-11-15 22:13:20 +0000 no vm c"))
        #expect(text.contains("vm e 2023-11-18 22:13:20 +0000 yes daily, current"))
        #expect(text.contains("3 of 5 checkpoints stay; 2 removed from the record."))
        #expect(try fixture.graph() == "a d<-a e<-d*")
        #expect(try fixture.events().last?["commit"] as? Int == commits + 1)
        let again = try fixture.output("prune", "vm", "--keep-daily", "2", "--keep", "a")
        #expect(words(again).hasSuffix("3 of 3 checkpoints stay: nothing to remove"))
        #expect(try fixture.events().last?["commit"] as? Int == commits + 1)
    }

    @Test("The answer in JSON has a line for each checkpoint")
    func json() throws {
        let fixture = try daily()
        let dry = try fixture.output("prune", "vm", "--keep-last=1", "--dry-run", "--format=jsonl")
        #expect(
            dry.split(separator: "\n").suffix(2) == [
                #"{"domain":"vm","checkpoint":"d","keep":false,"reasons":[]}"#,
                #"{"domain":"vm","checkpoint":"e","keep":true,"reasons":["last","current"]}"#,
            ])
        #expect(try fixture.graph() == "a b<-a c<-b d<-c e<-d*")
        let done = try fixture.output("prune", "vm", "--keep-last=1", "--format=jsonl")
        #expect(done == dry)
        #expect(try fixture.graph() == "e*")
    }

    @Test("All domains are pruned, each in a separate commit")
    func all() throws {
        let fixture = try daily("v1", "v2", "v3")
        let commits = try fixture.events().last?["commit"] as? Int ?? 0
        _ = try fixture.output("current", "v2", "a")
        let run = try fixture.run("prune", "--all", "--keep-last", "1")
        #expect(run.status == 0, "\(run.errors)")
        #expect(words(run.output).contains("4 of 15 checkpoints stay; 11 removed"))
        #expect(try fixture.graph("v2") == "a* e<-a")
        #expect(try fixture.events().last?["commit"] as? Int == commits + 4)
    }

    @Test("A bitmap that was last seen valid keeps its checkpoint by default")
    func lastValid() throws {
        let fixture = try daily()
        let info =
            #"{"filename":"/img/vda.qcow2","format":"qcow2","format-specific":{"type":"qcow2","#
            + #""data":{"bitmaps":[{"name":"b","granularity":65536,"flags":["auto"]}]}}}"#
        let path = try fixture.folder.write(info, to: "info.json")
        _ = try fixture.run(
            "reconcile", "vm", "--info", "vda=\(path)", "--guest-off", "--record")
        let kept = try fixture.output(
            "prune", "vm", "--keep-last", "1", "--dry-run", "--format", "jsonl")
        #expect(
            kept.contains(
                #"{"domain":"vm","checkpoint":"b","keep":true,"reasons":["last valid on vda"]}"#),
            "\(kept)")
        _ = try fixture.output("prune", "vm", "--keep-last", "1", "--remove-last-valid")
        #expect(try fixture.graph() == "e*")
    }

    @Test(
        "Contradictory options are refused and change nothing",
        arguments: [
            (["vm"], 64, "no rule says"), (["--keep-last", "1"], 64, "name a domain, or --all"),
            (["vm", "--keep-last", "0"], 64, "no rule says"),
            (["vm", "--keep-last=-1"], 64, "from 0 on"),
            (["vm", "--keep-within", "5w"], 64, "invalid age '5w'"),
            (["vm", "--all", "--keep-last", "1"], 64, "exclude each other"),
            (["no", "--keep-last", "1"], 1, "no domain with matching name or UUID 'no'"),
            (["vm", "--keep", "x"], 1, "no domain checkpoint with matching name 'x'"),
            (["--all", "--keep-last", "1", "--request-id", "r"], 64, "about one domain"),
            (["vm", "--keep-last", "1", "--expect-revision", "3"], 1, "revision"),
            (["vm", "--keep-last", "1", "--script", "--format", "json"], 64, "exclude each other"),
        ])
    func refusals(arguments: [String], status: Int32, reason: String) throws {
        let fixture = try daily()
        let before = try fixture.state()
        let run = try fixture.run(["prune"] + arguments)
        #expect(run.status == status, "\(run.errors)")
        #expect(run.errors.contains(reason), "\(run.errors)")
        #expect(try fixture.state() == before)
    }

    @Test(
        "The script deletes the removed checkpoints in libvirt, and no other checkpoint of the same name"
    )
    func script() throws {
        let fixture = try daily()
        let script = try fixture.output("prune", "vm", "--keep-last", "2", "--script")
        #expect(try fixture.graph() == "d e<-d*")
        // In this libvirt, b was created at another time.
        try fixture.folder.write(
            """
            #!/bin/sh
            echo "$@" >>"$(dirname "$0")/calls"
            case "$*" in
            checkpoint-dumpxml*" b") echo "<creationTime>5</creationTime>" ;;
            checkpoint-dumpxml*" a") echo "  <creationTime>1700000000</creationTime>" ;;
            checkpoint-dumpxml*) echo "  <creationTime>1700172800</creationTime>" ;;
            esac

            """, to: "bin/virsh")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: fixture.folder.path("bin/virsh"))
        let file = try fixture.folder.write(script, to: "script")
        let run = try CommandRun.run(
            "/bin/sh", [file], environment: ["PATH": fixture.folder.path("bin") + ":/usr/bin:/bin"])
        #expect(run.status == 1)
        #expect(run.errors.contains("'b' with that creation time is missing"))
        let uuid = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
        let calls = try String(contentsOfFile: fixture.folder.path("bin/calls"), encoding: .utf8)
        #expect(
            calls.split(separator: "\n") == [
                "--quiet uri", "checkpoint-dumpxml --no-domain -- \(uuid) c",
                "checkpoint-delete -- \(uuid) c",
                "checkpoint-dumpxml --no-domain -- \(uuid) b",
                "checkpoint-dumpxml --no-domain -- \(uuid) a",
                "checkpoint-delete -- \(uuid) a",
            ])
        // Without a libvirt nothing is said of the checkpoints.
        try fixture.folder.write("#!/bin/sh\nexit 1\n", to: "bin/virsh")
        let unreachable = try CommandRun.run(
            "/bin/sh", [file], environment: ["PATH": fixture.folder.path("bin") + ":/usr/bin:/bin"])
        #expect(unreachable.status == 1)
        #expect(unreachable.errors == "nothing was deleted: libvirt cannot be reached\n")
    }

    @Test("A request that is repeated is answered as before, whatever became of what it names")
    func repeated() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2", "c3", "c4")
        let prune = [
            "prune", "vm", "--keep", "c2", "--keep-last", "1", "--request-id", "r1", "--format",
            "json",
        ]
        let first = try fixture.run(prune)
        #expect(first.status == 0, "\(first.errors)")
        #expect(try fixture.graph() == "c2 c4<-c2*")
        _ = try fixture.output("delete", "vm", "c2")
        _ = try fixture.output("create", "vm", "--name", "c5")
        let before = try fixture.state()
        let again = try fixture.run(prune)
        #expect(again.status == 0 && again.output == first.output, "\(again.errors)")
        let other = try fixture.run(["prune", "vm", "--keep", "c4", "--request-id", "r1"])
        #expect(other.status == 1)
        #expect(other.errors.contains("something else"), "\(other.errors)")
        #expect(try fixture.state() == before)
        _ = try fixture.output("rename", "vm", "vm2")
        #expect(try fixture.run(prune).status == 0)
        #expect(try fixture.graph("vm2") == "c4 c5<-c4*")
    }

    @Test(
        "A repeated request that removed nothing removes nothing, nor does its script, of any domain",
        arguments: ["grown", "renamed", "replaced"])
    func repeatedWithoutEffect(since: String) throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        let prune = ["prune", "vm", "--keep-last", "2", "--request-id", "r1"]
        let first = try fixture.run(prune)
        #expect(first.output.contains("2 of 2 checkpoints stay: nothing to remove"))
        for name in ["c3", "c4"] { _ = try fixture.output("create", "vm", "--name", name) }
        if since != "grown" { _ = try fixture.output("rename", "vm", "old") }
        if since == "replaced" {
            try fixture.define(digit: "b")
            for name in ["x1", "x2", "x3"] {
                _ = try fixture.output("create", "vm", "--name", name)
            }
        }
        let before = try fixture.state()
        let again = try fixture.run(prune)
        #expect(again.status == 0 && again.output.hasSuffix("\nNothing was removed\n"), "\(again)")
        let items = try fixture.run(prune + ["--format", "json"])
        #expect(items.status == 0 && items.output == "[]\n", "\(items)")
        let script = try fixture.run(prune + ["--script"])
        #expect(script.status == 0 && !script.output.contains("\ndelete "), "\(script)")
        #expect(try fixture.state() == before)
    }

    @Test("A repeated request reports what was removed, not what its rules would remove now")
    func repeatedElsewhere() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        // Three days in UTC; the last two are one day in New York.
        for (name, time, parent) in [
            ("a", 1_700_000_000, nil), ("b", 1_700_089_200, "a"), ("c", 1_700_100_000, "b"),
        ] {
            _ = try fixture.run(
                ["record", "vm", "-"],
                input: CheckpointText.document(name, parent: parent, time: time))
        }
        let prune = ["prune", "vm", "--keep-daily", "2", "--request-id", "r1"]
        func run(in zone: String, _ more: String...) throws -> CommandRun {
            try CommandRun.run(
                "momentlog", prune + more,
                environment: fixture.environment.merging(["TZ": zone]) { $1 },
                folder: fixture.folder.url)
        }
        #expect(try run(in: "UTC").output.contains("2 of 3 checkpoints stay; 1 removed"))
        #expect(try fixture.graph() == "b c<-b*")
        let again = try run(in: "America/New_York", "--format", "jsonl")
        let kept = again.output.split(separator: "\n").map { $0.contains(#""keep":true"#) }
        #expect(kept == [false, true, true], "\(again)")
        let script = try run(in: "America/New_York", "--script")
        let deletions = script.output.split(separator: "\n").filter { $0.hasPrefix("delete ") }
        #expect(deletions.count == 1 && deletions[0].contains(" a "), "\(script.output)")
    }

    @Test("A domain that is named as another's UUID is not mistaken for that one")
    func namedLikeUUID() throws {
        let fixture = try CommandFixture()
        let uuid = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
        try fixture.chain("c1", "c2", "c3")
        try fixture.define(uuid, digit: "b")
        let other = "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"
        for name in ["c1", "c2", "c3"] {
            _ = try fixture.output("create", other, "--name", name)
        }
        let prune = ["prune", other, "--keep-last", "1", "--request-id", "r1", "--script"]
        for _ in 0..<2 {
            let run = try fixture.run(prune)
            let deletions = run.output.split(separator: "\n").filter { $0.hasPrefix("delete ") }
            #expect(deletions.count == 2, "\(run)")
            #expect(deletions.allSatisfy { $0.hasPrefix("delete \(other) ") }, "\(run.output)")
        }
        let nothing = try fixture.run(["prune", other, "--keep-last", "1", "--format", "jsonl"])
        #expect(
            nothing.output == #"""
                {"domain":"aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa","checkpoint":"c3","keep":true,\#
                "reasons":["last","current"]}

                """#, "\(nothing)")
        #expect(try fixture.graph() == "c1 c2<-c1 c3<-c2*")
    }

    @Test("Days are those of the local time zone")
    func zone() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        // 23:30 and 00:30 in UTC; 00:30 and 01:30 of one day in Berlin.
        for (name, time, parent) in [("a", 1_700_004_600, nil), ("b", 1_700_008_200, "a")] {
            _ = try fixture.run(
                ["record", "vm", "-"],
                input: CheckpointText.document(name, parent: parent, time: time))
        }
        for (zone, kept) in [("UTC", 2), ("Europe/Berlin", 1)] {
            var environment = fixture.environment
            environment["TZ"] = zone
            let run = try fixture.run(
                "prune", "vm", "--keep-daily", "2", "--dry-run", "--format", "jsonl",
                environment: environment)
            #expect(
                run.output.split(separator: "\n").count { $0.contains(#""keep":true"#) } == kept)
        }
    }

    @Test("The name of another domain's checkpoint is no rule: without one, nothing is removed")
    func nameOfAnother() throws {
        let fixture = try daily("vm", "web")
        try #require(fixture.run("delete", "web", "b").status == 0)
        // With one checkpoint alone nothing would be removed.
        try fixture.define("one", digit: "c")
        _ = try fixture.output("create", "one", "--name", "x")
        for domains in [["vm", "web"], ["--all"]] {
            let run = try fixture.run(["prune"] + domains + ["--keep", "b"])
            #expect(run.status == 1 && run.output.isEmpty)
            #expect(run.errors.contains("web") && run.errors.contains("'b'"), "\(run.errors)")
        }
        #expect(try fixture.graph() == "a b<-a c<-b d<-c e<-d*")
        #expect(try fixture.graph("web") == "a c<-a d<-c e<-d*")
        let harmless = try fixture.run("prune", "one", "vm", "--keep", "b")
        #expect(harmless.status == 0, "\(harmless.errors)")
        let run = try fixture.run("prune", "--all", "--keep", "b", "--keep-last", "1")
        #expect(run.status == 0, "\(run.errors)")
        #expect(try fixture.graph() == "b e<-b*")
        #expect(try fixture.graph("web") == "e*")
    }
}
