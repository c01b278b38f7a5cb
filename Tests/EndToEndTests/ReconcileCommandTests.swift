import Foundation
import Moments
import TestSupport
import Testing

/// `reconcile` on what libvirt's own guest left behind: see the corpus.
struct ReconcileCorpusTests {
    private let fixture: CommandFixture
    private static let corpus = Fixtures.corpus.appending(path: "bitmaps")

    init() throws {
        fixture = try CommandFixture()
        try fixture.run("import", Self.corpus.appending(path: "checkpoint").path)
    }

    private static func images(_ state: String) -> [String] {
        ["vda", "vdb"].flatMap { disk in
            ["--info", "\(disk)=" + corpus.appending(path: "\(disk).\(state).info.json").path]
        }
    }

    /// Rows as `CHECKPOINT DISK VERDICT`.
    static func verdicts(_ run: CommandRun) throws -> [String] {
        let rows = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
        return try #require(rows as? [[String: Any]]).map { row in
            "\(row["checkpoint"] as? String ?? "-") \(row["disk"] ?? "") \(row["verdict"] ?? "")"
        }
    }

    @Test(
        "A file proves that a bitmap is missing or broken only if the guest is shut off",
        arguments: [
            ("1running", "unknown", "missing"), ("2cleanshutdown", "valid", "valid"),
            ("3restarted_running", "unknown", "inconsistent"),
            ("4sigkill", "unknown", "inconsistent"),
            ("5restarted_after_sigkill", "unknown", "inconsistent"),
        ])
    func states(state: String, verdict: String, whenOff: String) throws {
        for (options, verdict) in [([], verdict), (["--guest-off"], whenOff)] {
            let run = try fixture.run(
                ["reconcile", "bm", "--format", "json"] + Self.images(state) + options)
            #expect(run.status == (verdict == "valid" ? 0 : 3), "\(run.errors)")
            #expect(
                try Self.verdicts(run)
                    == ["c1 vda \(verdict)", "c1 vdb \(verdict)", "c2 vda \(verdict)"])
            #expect(
                run.output.contains(#""destructive":true"#)
                    == (whenOff == verdict && verdict != "valid"))
        }
    }

    @Test(
        "The file of a running guest leads to no destructive command and to no false record",
        arguments: ["1running", "3restarted_running", "5restarted_after_sigkill"])
    func running(state: String) throws {
        let before = try fixture.state()
        for options in [[], ["--show-destructive"]] {
            let run = try fixture.run(
                ["reconcile", "bm", "--record"] + Self.images(state) + options)
            #expect(run.status == 3)
            for word in ["--remove", "checkpoint-delete", "momentlog delete", "full backup"] {
                #expect(!run.output.contains(word), "\(run.output)")
            }
            #expect(run.output.contains("--qmp FILE"))
            #expect(run.output.contains("Unchanged: the verdicts are recorded already"))
        }
        #expect(try fixture.state() == before)
    }

    @Test("Destructive remedies are shown only when asked for, with their condition")
    func destructive() throws {
        let arguments = ["reconcile", "bm", "--guest-off"] + Self.images("4sigkill")
        let plain = try fixture.run(arguments)
        #expect(plain.status == 3)
        #expect(
            plain.output.hasSuffix(
                "2 destructive remedies not shown; --show-destructive prints them\n"))
        #expect(!plain.output.contains("--remove") && !plain.output.contains("delete"))
        let shown = try fixture.run(arguments + ["--show-destructive"])
        #expect(shown.output.contains("  # destructive, only if the guest is still shut off, and"))
        #expect(
            shown.output.contains(
                "  qemu-img bitmap /var/lib/libvirt/images/bm_a.qcow2 c1 --remove -f qcow2 &&\n"))
        #expect(shown.output.contains("  virsh checkpoint-delete bm c1 --metadata &&\n"))
        #expect(shown.output.contains("  momentlog delete bm c1 &&\n"))
    }

    /// What libvirt 9.0 answers to a redefinition of c1 that validates, and what we do.
    enum Libvirt {
        /// It asks no guest that does not run (`virDomainObjCheckActive`, error 55).
        case refusesWithoutGuest
        /// QEMU has the bitmap in memory; it is valid there, whatever the file says.
        case accepts
        /// Error 109 of `qemuCheckpointRedefineValidateBitmaps`, in `qemu_checkpoint.c`.
        case refuses(String)
    }

    /// By libvirt's source, and not run here; what QEMU says to it in each state,
    /// ``ReconcileRunningTests`` sees.
    static let answers: [(state: String, libvirt: Libvirt, isSound: Bool)] = [
        ("1running", .accepts, false), ("2cleanshutdown", .refusesWithoutGuest, true),
        ("3restarted_running", .accepts, false), ("4sigkill", .refusesWithoutGuest, false),
        (
            "5restarted_after_sigkill",
            .refuses("missing or broken bitmap 'c1' for disk 'vda'"), false
        ),
    ]

    @Test(
        "Where libvirt refuses a bitmap we do in its words; of a file alone no guest is believed",
        arguments: answers)
    func answer(state: String, libvirt: Libvirt, isSound: Bool) throws {
        let c1 = Self.corpus.appending(path: "checkpoint/bm/c1.xml").path
        let before = try fixture.state()
        var options: [String] = []
        if case .refuses = libvirt { options = ["--guest-off"] }
        let run = try fixture.run(
            ["redefine", "bm", c1, "--validate"] + options + Self.images(state))
        #expect((run.status == 0) == isSound, "\(run.errors)")
        switch libvirt {
        case .refusesWithoutGuest: break
        case .accepts:
            // The file is behind, so that we cannot: what is said of it is a way to know more.
            #expect(run.errors.contains("the running guest's own answer"))
        case .refuses(let words): #expect(run.errors.contains(words))
        }
        if !isSound { #expect(try fixture.state() == before) }
    }

    @Test("A file alone does not distinguish a running guest from a killed one")
    func alike() throws {
        let files = try ["3restarted_running", "4sigkill", "5restarted_after_sigkill"].map {
            state in
            try ["vda", "vdb"].map { disk in
                let file = Self.corpus.appending(path: "\(disk).\(state).info.json")
                return try #require(
                    try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? NSDictionary
                )["format-specific"] as? NSDictionary
            }
        }
        #expect(files[0] == files[1] && files[1] == files[2])
    }

    @Test("Recorded verdicts appear in log, history, info and list, and pass verification")
    func recorded() throws {
        for state in ["2cleanshutdown", "4sigkill"] {
            try fixture.run(["reconcile", "bm", "--record", "--guest-off"] + Self.images(state))
        }
        let kinds = try fixture.events("bm").suffix(6).map { $0["event"] as? String }
        #expect(kinds == Array(repeating: "bitmapObserved", count: 6))
        #expect(try fixture.output("log", "bm").contains("c1 on vdb: inconsistent"))
        let history = try fixture.output("history", "bm", "c2")
        #expect(history.contains("verdict on vda: inconsistent, valid before: it changed between"))
        #expect(
            try fixture.output("info", "bm", "c2").contains("Health:         vda: inconsistent"))
        #expect(
            try fixture.output("list", "bm", "--health").contains(
                "vda inconsistent, vdb inconsistent ("))
        #expect(try fixture.output("list", "bm", "--health", "--at", "7").contains("vda valid"))
        #expect(try fixture.output("verify").contains("the store is consistent with itself"))
        _ = try fixture.output("snapshot", "--rebuild")
        #expect(try fixture.output("info", "bm", "c2").contains("vda: inconsistent"))
    }

    @Test("Nothing is appended without --record, and nothing by what is refused")
    func unchanged() throws {
        let before = try fixture.state()
        try fixture.run(["reconcile", "bm"] + Self.images("4sigkill"))
        for arguments in [
            ["--info", "vda=/nonexistent"], ["--info", "vda=/tmp"], ["--info", "vdz=-"],
            ["--info", "vda=-"], ["--qmp", "-"],
        ] {
            let run = try fixture.run(
                ["reconcile", "bm", "--record"] + arguments, input: "{\"x\":")
            #expect(run.status == 1, "\(arguments)")
            #expect(run.errors.hasPrefix("momentlog: error: "), "\(run.errors)")
        }
        #expect(try fixture.run("reconcile", "bm").status == 64)
        #expect(try fixture.state() == before)
    }

    @Test("An observe line records the same as the command, and diff shows it")
    func apply() throws {
        func info(_ disk: String, _ state: String) throws -> Any {
            let file = Self.corpus.appending(path: "\(disk).\(state).info.json")
            return try JSONSerialization.jsonObject(with: try Data(contentsOf: file))
        }
        var lines = ""
        for (index, state) in ["2cleanshutdown", "4sigkill"].enumerated() {
            let line: [String: Any] = [
                "command": "observe", "domain": "bm", "at": 1_700_000_000 + index,
                "actor": "watch", "request": "look \(index)",
                "images": try ["vda", "vdb"].map {
                    ["disk": $0, "info": try info($0, state), "guestOff": true]
                },
            ]
            let text = try JSONSerialization.data(withJSONObject: line)
            lines += String(decoding: text, as: UTF8.self) + "\n"
        }
        let first = try #require(try fixture.events().last?["sequence"] as? Int)
        // Repeated lines are answered, and nothing is recorded twice.
        let run = try fixture.run(["apply"], input: lines + lines)
        #expect(run.status == 0, "\(run.output)")
        let answers = run.output.split(separator: "\n")
        let repeated = run.output.replacing("\"repeated\":false", with: "\"repeated\":true")
            .split(separator: "\n")
        #expect(answers.count == 4 && answers.suffix(2) == repeated.prefix(2))
        #expect(answers[0].contains(#""sequence":[\#(first + 1),\#(first + 3)],"#))
        #expect(try fixture.events().count == first + 6)
        let by = try fixture.output("log", "bm", "--actor", "watch", "--format", "jsonl")
        #expect(by.split(separator: "\n").count == 6)
        // As reconcile --record does it, but for who, when and how.
        let other = try CommandFixture()
        try other.run("import", Self.corpus.appending(path: "checkpoint").path)
        for state in ["2cleanshutdown", "4sigkill"] {
            try other.run(["reconcile", "bm", "--record", "--guest-off"] + Self.images(state))
        }
        func seen(_ fixture: CommandFixture) throws -> [[String]] {
            try fixture.events("bm").suffix(6).map { event in
                ["event", "checkpoint", "disk", "bitmap", "verdict", "image"].map {
                    event[$0] as? String ?? "-"
                }
            }
        }
        #expect(try seen(fixture) == seen(other))
        let difference = try fixture.output("diff", "bm", "\(first + 3)", "\(first + 6)")
        let rows = difference.split(separator: "\n").dropFirst(2).map { line in
            line.split(separator: " ").joined(separator: " ")
        }
        #expect(
            rows == [
                "verdict c1 vda: valid vda: inconsistent",
                "verdict c1 vdb: valid vdb: inconsistent",
                "verdict c2 vda: valid vda: inconsistent",
            ])
        let json = try fixture.output(
            "diff", "bm", "\(first)", "\(first + 3)", "--format", "jsonl")
        #expect(
            json.split(separator: "\n").first
                == #"{"change":"verdict","checkpoint":"c1","disk":"vda","from":null,"to":{"verdict":"valid","observationTime":"2023-11-14T22:13:20Z"}}"#
        )
    }

    @Test("With --validate, redefine and import refuse checkpoints without a valid bitmap")
    func validate() throws {
        let folder = Self.corpus.appending(path: "checkpoint/bm")
        let c1 = folder.appending(path: "c1.xml").path
        let broken = try fixture.run(
            ["redefine", "bm", c1, "--validate", "--guest-off"] + Self.images("4sigkill"))
        #expect(broken.status == 1)
        #expect(broken.errors.contains("missing or broken bitmap 'c1' for disk 'vda'"))
        let sound = try fixture.run(
            ["redefine", "bm", c1, "--validate"] + Self.images("2cleanshutdown"))
        #expect(sound.status == 0, "\(sound.errors)")
        _ = try fixture.output("undefine", "bm", "--checkpoints-metadata")
        let none = try fixture.run(
            ["import", folder.path, "--validate", "--guest-off"] + Self.images("4sigkill"))
        #expect(none.status == 3)
        let text = none.output.replacingOccurrences(of: "\n  ", with: " ")
        #expect(text.contains("missing or broken bitmap 'c1'"), "\(none.output)")
        #expect(try fixture.run("list", "bm").status == 1)
        let all = try fixture.run(
            ["import", folder.path, "--validate"] + Self.images("2cleanshutdown"))
        #expect(all.status == 0, "\(all.output)\(all.errors)")
        #expect(try fixture.graph("bm") == "c1 c2<-c1*")
    }
}

/// `reconcile` on images that a real `qemu-img` made.
@Suite(.enabled(if: QemuImages.areMade))
struct ReconcileImagesTests {
    private let fixture: CommandFixture
    private let images: QemuImages

    init() throws {
        fixture = try CommandFixture()
        images = QemuImages(in: fixture.folder.url)
    }

    private func verdicts(_ arguments: String...) throws -> [String] {
        let run = try fixture.run(["reconcile", "vm", "--format", "json"] + arguments)
        try #require(run.errors.isEmpty, "\(run.errors)")
        return try ReconcileCorpusTests.verdicts(run)
    }

    @Test(
        "Of nightly checkpoints on two disks, the one with a broken bitmap is reported with its time"
    )
    func story() throws {
        try fixture.define()
        for disk in ["vda", "vdb"] { try images.create("\(disk).qcow2") }
        let look = ["reconcile", "vm", "--image", "vda=vda.qcow2", "--image", "vdb=vdb.qcow2"]
        for night in ["n1", "n2"] {
            for disk in ["vda", "vdb"] { try images.bitmap("--add", "\(disk).qcow2", night) }
            _ = try fixture.output("create", "vm", "--name", night)
            #expect(try fixture.run(look + ["--record"]).status == 0)
        }
        for night in ["n1", "n2"] { try images.bitmap("--disable", "vdb.qcow2", night) }
        let run = try fixture.run(look + ["--record"])
        #expect(run.status == 3)
        #expect(run.output.contains("disk vda: incremental backups can be made since n1, n2\n"))
        #expect(run.output.contains("disk vdb: needs a full backup\n"))
        let lives = try #require(try fixture.json("history", "vm", "n2") as? [[String: Any]])
        let steps = try #require(lives.first?["steps"] as? [[String: Any]])
        let changes = steps.filter {
            ($0["verdictBefore"] as? String).map { $0 == "valid" } == true
                && $0["verdict"] as? String != "valid"
        }
        #expect(changes.map { $0["disk"] as? String } == ["vdb"])
        let before = try #require(changes.first?["observationTimeBefore"] as? String)
        #expect(Timestamp(rfc3339: before) != nil, "\(before)")

        // A disabled bitmap may be of use to its tool: nothing is advised.
        #expect(!run.output.contains("remed"))
        #expect(try fixture.graph() == "n1 n2<-n1*")
    }

    @Test(
        "The file of an image in use is outdated: there is a warning, and no verdict is based on it"
    )
    func inUse() throws {
        try fixture.chain("c1")
        try images.create("a.qcow2", bitmaps: ["c1"])
        let before = try fixture.state()
        try images.whileInUse("a.qcow2") {
            let run = try fixture.run("reconcile", "vm", "--image", "vda=a.qcow2")
            #expect(run.status == 3)
            #expect(run.errors.hasPrefix("momentlog: warning: 'a.qcow2' is in use"))
            #expect(run.output.contains("c1       unknown"))
            #expect(!run.output.contains("destructive") && !run.output.contains("full backup"))
            let recording = try fixture.run(
                "reconcile", "vm", "--image", "vda=a.qcow2", "--record")
            #expect(recording.status == 75)
            #expect(recording.errors.contains("is not recorded"))
        }
        #expect(try fixture.state() == before)
        #expect(try verdicts("--image", "vda=a.qcow2").first == "c1 vda valid")
    }

    @Test("Redefine and import refuse to validate against an image in use, and say why")
    func validateInUse() throws {
        try fixture.chain("c1")
        try images.create("a.qcow2", bitmaps: ["c1"])
        // It covers no disk, so that no bitmap could be the reason.
        let document = CheckpointText.document("c2", disks: "")
        try fixture.folder.write(document, to: "vm/c2.xml")
        let commands = [
            ["redefine", "vm", fixture.folder.path("vm/c2.xml")],
            ["import", fixture.folder.path("vm")],
            ["import", fixture.folder.path("vm"), "--dry-run"],
            ["import", fixture.folder.path("vm"), "--domain", "other"],
        ].map { $0 + ["--validate", "--image", "vda=a.qcow2"] }
        let before = try fixture.state()
        try images.whileInUse("a.qcow2") {
            for command in commands {
                let run = try fixture.run(command)
                #expect(run.status == 75, "\(command): \(run.output)")
                let error = try #require(run.errors.split(separator: "\n").last)
                #expect(error.hasPrefix("momentlog: error: the image of disk 'vda' is in use"))
                #expect(error.contains("--qmp") && error.contains("shut it down"))
                let json = try fixture.run(command + ["--format", "json"])
                #expect(json.errors.contains(#""code":"busy""#), "\(json.errors)")
            }
        }
        #expect(try fixture.state() == before)
        #expect(try fixture.run(commands[0]).status == 0)
    }

    @Test("In a chain of three the bitmap has to be in each image from the top down")
    func chain() throws {
        try fixture.chain("c1", "c2", "c3")
        try images.create("base.qcow2", bitmaps: ["c1", "c2"])
        try images.create("middle.qcow2", on: "base.qcow2", bitmaps: ["c2"])
        try images.create("top.qcow2", on: "middle.qcow2", bitmaps: ["c1", "c2", "c3"])
        #expect(
            try verdicts("--image", "vda=top.qcow2").filter { $0.contains("vda") }
                == ["c1 vda gap-in-chain", "c2 vda valid", "c3 vda valid"])
        try images.bitmap("--remove", "top.qcow2", "c2")
        let info = try images.info("top.qcow2")
        let run = try fixture.run(
            ["reconcile", "vm", "--info", "vda=-", "--guest-off", "--format", "json"],
            input: info)
        #expect(try ReconcileCorpusTests.verdicts(run).contains("c2 vda missing"))
    }

    @Test("Sixty-five bitmaps and unusual names are reported; unnamed ones are orphans")
    func orphans() throws {
        let names = (1...62).map { "c\($0)" }
        try fixture.chain("c1")
        _ = try fixture.output("create", "vm", "--name", "gone")
        _ = try fixture.output("delete", "vm", "gone", "--actor", "cleaner")
        try images.create("a.qcow2", bitmaps: names + ["gone", "-x 'y' \"z\"", "é;$(true)"])
        let rows = try verdicts("--image", "vda=a.qcow2")
        #expect(rows.count == 66)
        #expect(rows.filter { $0 == "- vda orphan" }.count == 64)
        let run = try fixture.run(["reconcile", "vm", "--image", "vda=a.qcow2"])
        #expect(run.output.contains("the checkpoint was deleted"))
        #expect(run.output.contains("by cleaner"))
        // None of them is ever advised to be removed.
        #expect(!run.output.contains("destructive") && !run.output.contains("--remove"))
        let json = try fixture.run(
            ["reconcile", "vm", "--image", "vda=a.qcow2", "--format", "json"])
        let items = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        let owners = items.compactMap { item in
            (item["owner"] as? String).map { "\(item["bitmap"] ?? "") \($0)" }
        }
        #expect(owners.count == 64)
        #expect(owners.contains("gone deleted") && owners.contains("c9 unrecorded"))
        #expect(owners.contains("é;$(true) unknown"))
    }

    @Test("Images without bitmap support are reported; other files are refused")
    func others() throws {
        try fixture.chain("c1")
        try images.create("early.qcow2", options: "compat=0.10")
        #expect(
            try verdicts("--image", "vda=early.qcow2")
                == ["c1 vda unsupported-format", "c1 vdb unknown"])
        try images.create("a:b.qcow2".replacingOccurrences(of: ":", with: "_"), bitmaps: ["c1"])
        #expect(try verdicts("--image", "vda=a_b.qcow2").first == "c1 vda valid")
        try Data(repeating: 0, count: 1 << 20).write(
            to: fixture.folder.url.appending(path: "x.raw"))
        let before = try fixture.state()
        for path in ["x.raw", "nonexistent.qcow2", "."] {
            let run = try fixture.run("reconcile", "vm", "--image", "vda=\(path)", "--record")
            #expect(run.status == 1, "\(path): \(run.output)")
            #expect(run.errors.hasPrefix("momentlog: error: \(path): "), "\(run.errors)")
        }
        #expect(try fixture.state() == before)
    }
}
