import Foundation
import TestSupport
import Testing

/// The article that lists what each message claims: every sentence in it is one that a command
/// prints in a state that is made here.
struct ClaimsTests {
    private let fixture: CommandFixture
    private static let article = "Sources/Momentlog/Momentlog.docc/Claims.md"

    init() throws { fixture = try CommandFixture() }

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: Fixtures.repository.appending(path: path), encoding: .utf8)
    }

    /// The sentences in a command's tables; an ellipsis stands for anything.
    private static func sentences(of command: String) throws -> [String] {
        let page = try text(article)
        let start = try #require(page.range(of: "\n## \(command)\n"), "\(command)")
        let section = page[start.upperBound...].prefix(
            upTo: page[start.upperBound...]
                .range(of: "\n## ")?.lowerBound ?? page.endIndex)
        return section.matches(of: /(?m)^\| `(?<sentence>[^`]+)` \|/).map { String($0.sentence) }
    }

    /// Compares what runs printed with a command's tables.
    private func compare(_ runs: [CommandRun], with command: String) throws {
        let sentences = try Self.sentences(of: command)
        #expect(sentences.count >= 5, "\(command)")
        let printed = runs.map { run in
            (run.output + "\n" + run.errors).split(whereSeparator: \.isWhitespace)
                .joined(separator: " ") + " "
        }
        var isUsed = [Bool](repeating: false, count: runs.count)
        for sentence in sentences {
            let words = sentence.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            let pattern = words.split(separator: "…", omittingEmptySubsequences: false)
                .map { NSRegularExpression.escapedPattern(for: String($0)) }
                .joined(separator: ".+?")
            let regex = try Regex("(^| )\(pattern)[ ,;]")
            let matching = printed.indices.filter { printed[$0].contains(regex) }
            for index in matching { isUsed[index] = true }
            #expect(!matching.isEmpty, "\(command): no run prints: \(sentence)")
        }
        for index in runs.indices where !isUsed[index] {
            Issue.record("\(command): the article has no sentence of: \(printed[index])")
        }
    }

    private var files: [URL] {
        ["store.db", "store.db.head"].map { fixture.folder.url.appending(path: $0) }
    }

    /// A store of five events, its heads and its export.
    private func makeStore() throws {
        try fixture.chain("c1")
        try fixture.folder.write(try fixture.output("head"), to: "some.head")
        _ = try fixture.output("create", "vm", "--name", "c2")
        let head = try fixture.output("head")
        try fixture.folder.write(head, to: "all.head")
        let origin = head.split(separator: "\n")[0]
        try fixture.folder.write(
            "\(origin)\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", to: "none.head")
        try fixture.folder.write("+5\n", to: "bad.head")
        try fixture.folder.write(
            try fixture.output("log", "--format", "jsonl"), to: "events.jsonl")
    }

    // MARK: verify

    @Test("What verify says is what the article lists, and was compared as it says")
    func verify() throws {
        try makeStore()
        _ = try fixture.output("snapshot")
        let sound = try files.map { try Data(contentsOf: $0) }
        var runs = [
            try fixture.run("verify"), try fixture.run("verify", "--quick"),
            try fixture.run("verify", "--head", "all.head"),
            try fixture.run("verify", "--head", "all.head", "--quick"),
            try fixture.run("verify", "--head", "some.head"),
            try fixture.run("verify", "--head", "none.head"),
        ]
        #expect(runs.allSatisfy { $0.status == 0 })
        for run in runs {
            #expect(run.output.contains("nothing was altered") == run.output.contains("all 5"))
        }
        for (sql, options, status) in Self.damage {
            for (file, bytes) in zip(files, sound) { try bytes.write(to: file) }
            if sql == "no head" {
                try FileManager.default.removeItem(at: files[1])
            } else if sql == "long head" {
                try (sound[1] + Data("more\n".utf8)).write(to: files[1])
            } else if sql == "open mode" {
                _ = chmod(files[0].path, 0o644)
            } else if sql == "other page" {
                var bytes = sound[0]
                bytes.replaceSubrange(4096..<8192, with: Data(repeating: 0x55, count: 4096))
                try bytes.write(to: files[0])
            } else {
                try fixture.tamper(sql, keepsTriggers: !sql.contains("unguarded"))
            }
            let run = try fixture.run(["verify"] + options)
            #expect(run.status == status, "\(sql): \(run.output)")
            #expect(!run.output.contains("nothing was altered"), "\(sql)")
            runs.append(run)
            _ = chmod(files[0].path, 0o600)
        }
        for arguments in [
            ["verify", "--head", "bad.head"], ["verify", "--head", "absent"],
            ["verify", "--store", "none.db"], ["verify", "--store", "bad.head"],
        ] {
            let run = try fixture.run(arguments)
            #expect(run.status == 1, "\(arguments)")
            runs.append(run)
        }
        try compare(runs, with: "verify")
        let source = try Self.text("Sources/EventLog/Verification.swift")
        let listed = try Self.sentences(of: "verify").joined(separator: "\n")
        for kind in source.matches(of: /case \w+ = "(?<kind>[a-z-]+)"/) {
            #expect(listed.contains(" \(kind.kind) "), "\(kind.kind)")
        }
    }

    /// What is done to the store, how it is verified, and the exit status.
    private static let damage: [(String, [String], Int32)] = [
        ("no head", [], 3), ("long head", [], 3), ("other page", [], 4), ("open mode", [], 3),
        (
            "CREATE TRIGGER sly AFTER INSERT ON event BEGIN SELECT 1; END", ["--head", "all.head"],
            3
        ),
        ("UPDATE snapshot SET content = x'00'", [], 3),
        ("SELECT 'unguarded'", [], 4),
        ("UPDATE event SET kind = 5 WHERE sequence = 4", ["--head", "some.head"], 4),
        (
            "UPDATE event SET line = replace(line, '\"actor\":\"', '\"actor\":\"x') WHERE sequence = 2",
            [], 4
        ),
        ("DELETE FROM event WHERE sequence = 4", [], 4),
        ("UPDATE log_commit SET nodes = zeroblob(32) WHERE number = 2", [], 4),
        ("UPDATE definition SET content = x'00'", [], 4),
        ("UPDATE domain SET name = 'other'", [], 4),
        (
            "DELETE FROM event WHERE sequence > 3; DELETE FROM log_commit WHERE size > 3",
            ["--head", "all.head"], 4
        ),
    ]

    // MARK: verify-log

    @Test("What verify-log says is what the article lists, and was compared as it says")
    func verifyLog() throws {
        try makeStore()
        let export = try fixture.output("log", "--format", "jsonl")
        let lines = export.split(separator: "\n").map { $0 + "\n" }
        var runs: [CommandRun] = []
        for (export, head, status) in [
            (export, "all.head", 0), (export, "some.head", 0), (export, "none.head", 0),
            (
                export.replacingOccurrences(of: "\"actor\":\"", with: "\"actor\":\"x"), "some.head",
                4
            ),
            (lines.prefix(2).joined(), "all.head", 4),
            (lines[0] + lines.dropFirst(2).joined(), "all.head", 4), ("table\n", "all.head", 4),
            (export + "more\n", "some.head", 4),
            (export.replacingOccurrences(of: "\n", with: "\r\n"), "all.head", 4),
            (export, "bad.head", 1), (export, "absent", 1),
        ] {
            let run = try fixture.run(["verify-log", "-", "--head", head], input: export)
            #expect(Int(run.status) == status, "\(run.output)\(run.errors)")
            #expect(
                run.output.contains("nothing was altered") == (head == "all.head" && status == 0))
            runs.append(run)
        }
        runs.append(try fixture.run("verify-log", "absent.jsonl", "--head", "all.head"))
        try compare(runs, with: "verify-log")
    }

    // MARK: check, import and reconcile

    /// Imports a domain whose only files these are, from checkpoint to its document.
    private func importing(
        _ domain: String, _ files: [String: String], _ options: String...
    ) throws -> CommandRun {
        for (name, document) in files {
            try fixture.folder.write(document, to: "\(domain)/\(name).xml")
        }
        return try fixture.run(["import", fixture.folder.path(domain)] + options)
    }

    @Test("What check says is what the article lists")
    func check() throws {
        var runs: [CommandRun] = []
        _ = try importing("sound", ["a": CheckpointText.document("a")])
        runs.append(try fixture.run("check", "sound"))
        let claim = "<current>1</current>"
        _ = try importing("selfish", ["a": CheckpointText.document("a", parent: "a")])
        _ = try importing("lost", ["b": CheckpointText.document("b", parent: "a")])
        _ = try importing(
            "cycle",
            [
                "a": CheckpointText.document("a", parent: "b"),
                "b": CheckpointText.document("b", parent: "a"),
            ])
        _ = try importing(
            "claims",
            [
                "a": CheckpointText.document("a", extra: claim),
                "b": CheckpointText.document("b", parent: "a", extra: claim),
            ])
        _ = try importing(
            "older",
            [
                "a": CheckpointText.document("a", time: 9),
                "b": CheckpointText.document("b", parent: "a", time: 5),
            ])
        for domain in ["selfish", "lost", "cycle", "claims", "older"] {
            runs.append(try fixture.run("check", domain))
        }
        runs.append(try fixture.run("check"))
        runs.append(try fixture.run("check", "lost", "--repair", "--dry-run"))
        runs.append(try fixture.run("check", "lost", "--repair"))
        runs.append(try fixture.run("check", "lost", "--repair"))
        runs.append(try fixture.run("check", "nosuch"))
        // The parent that the repair cut away is found.
        _ = try importing("lost", ["a": CheckpointText.document("a", time: 1)])
        runs.append(try fixture.run("check", "lost"))
        _ = try fixture.output("current", "sound", "--clear")
        runs.append(try fixture.run("check", "sound"))
        try fixture.folder.write(CheckpointText.document("a", time: 77), to: "again.xml")
        _ = try fixture.run("record", "sound", fixture.folder.path("again.xml"))
        runs.append(try fixture.run("check", "sound"))
        let reason = ["--reason", "full backup made"]
        for _ in 0..<2 {
            runs.append(
                try fixture.run(["check", "sound", "--acknowledge", "a"] + reason))
        }
        let early = try Data(contentsOf: files[0])
        _ = try importing("late", ["a": CheckpointText.document("a")])
        try early.write(to: files[0])
        runs.append(try fixture.run("check"))
        #expect(runs.last?.status == 4)
        try compare(runs, with: "check")
    }

    @Test("What import says is what the article lists")
    func imports() throws {
        let (a, b) = (CheckpointText.document("a"), CheckpointText.document("b", parent: "a"))
        let dangling = CheckpointText.document("c", parent: "x")
        var runs = [
            try importing("vm", ["a": a, "b": b], "--dry-run"),
            try importing("vm", ["a": a, "b": b], "--request-id", "r1"),
            try importing("vm", ["a": a, "b": b], "--request-id", "r1"),
            try importing("vm", ["a": CheckpointText.document("a", time: 7)]),
            try importing("lost", ["c": dangling], "--strict"),
            try importing("lost", ["c": dangling]),
            try importing("broken", ["d": "<domaincheckpoint>"]),
        ]
        try fixture.folder.write(
            CheckpointText.document("a", time: 8), to: "high/checkpoint/vm/a.xml")
        try FileManager.default.createDirectory(
            atPath: fixture.folder.path("x/y/z/empty"), withIntermediateDirectories: true)
        try fixture.folder.write("notes", to: "notes.txt")
        for path in ["high", "x/y/z/empty", "notes.txt", "nosuch"] {
            runs.append(try fixture.run("import", fixture.folder.path(path)))
            #expect(runs.last?.status == 1)
        }
        runs.append(try importing("vm", ["a": CheckpointText.document("a", time: 8)], "--replace"))
        try FileManager.default.removeItem(at: fixture.folder.url.appending(path: "vm/a.xml"))
        runs.append(try fixture.run("import", fixture.folder.path("vm")))
        try compare(runs + findings(), with: "import")
    }

    /// Imports of libraries that have one fault each.
    private func findings() throws -> [CommandRun] {
        func disks(_ disks: String) -> String { "<disks>\(disks)</disks>" }
        let own = { (name: String, digit: Character) in
            CheckpointText.document(
                name, extra: CheckpointText.domain("own", digit: digit))
        }
        let files: [(String, String)] = [
            ("own/a.xml", own("a", "c")), ("own/b.xml", own("b", "c")),
            ("own/foreign.xml", own("f", "d")), ("own/named.xml", own("n", "c")),
            ("own/notes.txt", "notes"), ("own/bad.xml", CheckpointText.document("/bad")),
            (
                "own/twice.xml",
                CheckpointText.document(
                    "twice",
                    disks: disks(
                        "<disk name='vda' checkpoint='bitmap'/><disk name='vda' checkpoint='no'/>"))
            ),
            (
                "own/other.xml",
                CheckpointText.document(
                    "other", disks: disks("<disk name='vda' checkpoint='bitmap' bitmap='x'/>"))
            ),
            ("own/copy.xml", own("a", "c")),
            (
                "own/a2.xml",
                CheckpointText.document(
                    "b", time: 5, extra: CheckpointText.domain("own", digit: "c"))
            ),
        ]
        for (path, text) in files { try fixture.folder.write(text, to: "libraries/" + path) }
        let whole = try fixture.run("import", fixture.folder.path("libraries"))
        #expect(whole.status == 3)
        try fixture.folder.write(CheckpointText.document("g"), to: "guessed/g.xml")
        return [whole, try fixture.run("import", fixture.folder.path("guessed"))]
    }

    @Test("What reconcile says is what the article lists")
    func reconcile() throws {
        try fixture.define()
        _ = try fixture.output("create", "vm", "--name", "c1", "--disk", "vda")
        func report(_ bitmaps: String) throws {
            try fixture.folder.write(
                """
                {"filename":"/img/vda.qcow2","format":"qcow2","virtual-size":1048576,\
                "format-specific":{"type":"qcow2","data":{"compat":"1.1","bitmaps":[\(bitmaps)]}}}
                """, to: "vda.json")
        }
        func bitmap(_ flags: String) -> String {
            #"{"name":"c1","granularity":65536,"flags":[\#(flags)]}"#
        }
        let valid = bitmap(#""auto""#)
        var runs: [CommandRun] = []
        for (bitmaps, options) in [
            (valid, ["--guest-off"]), (valid, []), (bitmap(#""in-use","auto""#), []),
            (bitmap(#""in-use","auto""#), ["--guest-off"]), ("", ["--guest-off"]), ("", []),
            (bitmap(""), ["--guest-off"]), (valid, ["--guest-off", "--record"]),
            ("", ["--record"]),
            (valid + "," + valid.replacingOccurrences(of: "c1", with: "x"), ["--guest-off"]),
        ] {
            try report(bitmaps)
            runs.append(
                try fixture.run(["reconcile", "vm", "--info", "vda=vda.json"] + options))
        }
        // Chains, other formats, and what no image was given for.
        func image(_ path: String, _ bitmaps: String, below: String? = nil) -> String {
            let backing = below.map { #","full-backing-filename":"\#($0)""# } ?? ""
            return #"{"filename":"\#(path)","format":"qcow2","format-specific":{"type":"qcow2","#
                + #""data":{"compat":"1.1","bitmaps":[\#(bitmaps)]}}\#(backing)}"#
        }
        for chain in [
            [
                image("/img/vda.qcow2", valid, below: "/img/mid"),
                image("/img/mid", "", below: "/img/base"), image("/img/base", valid),
            ],
            [image("/img/vda.qcow2", valid, below: "/img/mid")],
            [#"{"filename":"/img/vda.qcow2","format":"raw"}"#],
        ] {
            try fixture.folder.write("[\(chain.joined(separator: ","))]", to: "vda.json")
            runs.append(
                try fixture.run("reconcile", "vm", "--info", "vda=vda.json", "--guest-off"))
        }
        try fixture.folder.write(
            try QMPNode.answer([QMPNode("n", "/img/vdb.qcow2")]), to: "qmp.json")
        runs.append(try fixture.run("reconcile", "vm", "--qmp", "qmp.json"))
        try fixture.folder.write(
            try QMPNode.answer([QMPNode("n", "/img/elsewhere.qcow2")]), to: "qmp.json")
        runs.append(try fixture.run("reconcile", "vm", "--qmp", "qmp.json"))
        runs.append(try fixture.run("reconcile", "vm", "--info", "vda=absent"))
        runs.append(try fixture.run("reconcile", "nosuch", "--info", "vda=vda.json"))
        try compare(runs, with: "reconcile")
    }
}
