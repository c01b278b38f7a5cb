import Foundation
import TestSupport
import Testing

/// The remedies of verdicts, run in a shell on real images: afterwards the fault is gone, and
/// nothing else has changed.
@Suite(.enabled(if: QemuImages.areMade))
struct RemedyRunTests {
    private let fixture: CommandFixture
    private let images: QemuImages

    init() throws {
        fixture = try CommandFixture()
        images = QemuImages(in: fixture.folder.url)
    }

    private static let disks = ["vda", "vdb"]

    private func define(_ more: String = "") throws {
        let guest = CheckpointText.guest("vm").replacingOccurrences(
            of: "/img/", with: fixture.folder.url.path + "/")
        let run = try fixture.run(["define", "-"], input: guest)
        try #require(run.status == 0, "\(run.errors)")
    }

    private func path(_ disk: String) -> String { fixture.folder.path("\(disk).qcow2") }

    /// The items of `reconcile` on the files of all disks.
    private func items(_ options: String...) throws -> [[String: Any]] {
        let run = try fixture.run(
            ["reconcile", "vm", "--format", "json"] + options
                + Self.disks.flatMap { ["--image", "\($0)=\(path($0))"] })
        return try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]],
            "\(run.errors)")
    }

    private func words(_ items: [[String: Any]]) -> [String] {
        items.map {
            "\($0["checkpoint"] as? String ?? "-") \($0["disk"] ?? "") \($0["bitmap"] ?? "")"
                + " \($0["verdict"] ?? "")"
        }
    }

    /// Runs remedies as a person would paste them; virsh is written down.
    private func run(
        _ remedies: [[String: Any]], _ placeholders: [String: String] = [:]
    ) throws -> [String] {
        try fixture.folder.write(
            "#!/bin/sh\nprintf '%s\\n' \"$*\" >>'\(fixture.folder.path("virsh.log"))'\n",
            to: "bin/virsh")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: fixture.folder.path("bin/virsh"))
        var environment = fixture.environment
        environment["PATH"] = [
            fixture.folder.path("bin"), CommandRun.products.path,
            ProcessInfo.processInfo.environment["PATH"] ?? "",
        ].joined(separator: ":")
        for remedy in remedies {
            var argv = try #require(remedy["argv"] as? [String])
            for name in try #require(remedy["placeholders"] as? [String]) {
                let value = try #require(placeholders[name], "\(argv)")
                argv = argv.map { $0.replacingOccurrences(of: name, with: value) }
            }
            let line = argv.map { "'" + $0.replacingOccurrences(of: "'", with: #"'\''"#) + "'" }
            let shell = try CommandRun.run(
                "/bin/sh", ["-c", line.joined(separator: " ")], environment: environment,
                folder: fixture.folder.url)
            #expect([0, 3].contains(shell.status), "\(argv): \(shell.errors)")
        }
        let log = try? String(contentsOfFile: fixture.folder.path("virsh.log"), encoding: .utf8)
        return (log ?? "").split(separator: "\n").map(String.init)
    }

    private func remedies(_ item: [String: Any]) throws -> [[String: Any]] {
        try #require(item["remedies"] as? [[String: Any]])
    }

    /// Makes bitmaps that were not saved: what a killed guest leaves.
    private func breakBitmaps(_ bitmaps: KeyValuePairs<String, [String]>) throws {
        for (disk, names) in bitmaps {
            for name in names { try images.bitmap("--add", "\(disk).qcow2", name) }
            let daemon = try StorageDaemon([path(disk)])
            daemon.kill()
        }
    }

    @Test("A checkpoint whose bitmaps are all broken is given up, and only that")
    func deadCheckpoint() throws {
        try define()
        for disk in Self.disks { try images.create("\(disk).qcow2") }
        try breakBitmaps(["vda": ["n1"], "vdb": ["n1"]])
        for disk in Self.disks { try images.bitmap("--add", "\(disk).qcow2", "n2") }
        for name in ["n1", "n2"] { _ = try fixture.output("create", "vm", "--name", name) }
        let found = try items()
        #expect(
            words(found) == [
                "n1 vda n1 inconsistent", "n1 vdb n1 inconsistent", "n2 vda n2 valid",
                "n2 vdb n2 valid",
            ])
        let virsh = try run(try remedies(found[0]))
        #expect(virsh == ["checkpoint-delete vm n1 --metadata"])
        #expect(words(try items()) == ["n2 vda n2 valid", "n2 vdb n2 valid"])
        #expect(try fixture.graph() == "n2*")
    }

    @Test("A checkpoint with data on one disk loses only the broken one, with no file left open")
    func uncovering() throws {
        try define()
        for disk in Self.disks { try images.create("\(disk).qcow2") }
        try breakBitmaps(["vda": ["n1"]])
        try images.bitmap("--add", "vdb.qcow2", "n1")
        _ = try fixture.output("create", "vm", "--name", "n1", "--description", "kept")
        let found = try items()
        #expect(words(found) == ["n1 vda n1 inconsistent", "n1 vdb n1 valid"])
        let virsh = try run(try remedies(found[0]))
        #expect(virsh == ["checkpoint-create vm ./n1.without-vda.xml --redefine"])
        #expect(words(try items()) == ["n1 vdb n1 valid"])
        let xml = try String(
            contentsOfFile: fixture.folder.path("n1.without-vda.xml"), encoding: .utf8)
        #expect(xml.contains("<disk name='vda' checkpoint='no'/>"))
        #expect(xml.contains("<description>kept</description>"))
        #expect(xml == (try fixture.output("dumpxml", "vm", "n1", "--security-info")))
        let attributes = try FileManager.default.attributesOfItem(
            atPath: fixture.folder.path("n1.without-vda.xml"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try fixture.graph() == "n1*")
    }

    @Test("An encrypted image is changed with its key, by the command that is printed")
    func encrypted() throws {
        let key = try fixture.folder.write("hunter22", to: "key")
        let secret = ["--object", "secret,id=s0,file=\(key)"]
        var isMade = false
        // How fast the machine is decides how few iterations are accepted.
        for time in [50, 200, 1_000, 2_000, 5_000, 10_000, 10_000] where !isMade {
            isMade =
                try CommandRun.run(
                    "/usr/bin/qemu-img",
                    ["create", "-q", "-f", "qcow2"] + secret + [
                        "-o",
                        "encrypt.format=luks,encrypt.key-secret=s0,encrypt.iter-time=\(time)",
                        path("vda"), "1M",
                    ]
                ).status == 0
        }
        try #require(isMade)
        try images.create("vdb.qcow2", bitmaps: ["n1"])
        let add = try CommandRun.run(
            "/usr/bin/qemu-img",
            ["bitmap", "--add"] + secret + [
                "--image-opts",
                "driver=qcow2,file.filename=\(path("vda")),encrypt.key-secret=s0", "n1",
            ])
        try #require(add.status == 0, "\(add.errors)")
        // The flag of a bitmap that was not saved, set as QEMU leaves it: in its directory.
        try markInUse(path("vda"))
        try define()
        _ = try fixture.output("create", "vm", "--name", "n1")
        let found = try items()
        #expect(words(found) == ["n1 vda n1 inconsistent", "n1 vdb n1 valid"])
        #expect((found[0]["message"] as? String)?.contains("encrypted") == true)
        _ = try run(Array(try remedies(found[0]).suffix(1)), ["KEYFILE": key])
        #expect(words(try items()) == ["n1 vda n1 missing", "n1 vdb n1 valid"])
    }

    /// Sets the flag in-use of the only bitmap in an image.
    ///
    /// Source: "Bitmap directory entry" in
    /// <https://www.qemu.org/docs/master/interop/qcow2.html>.
    private func markInUse(_ path: String) throws {
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        func number(_ offset: Int, _ count: Int) -> Int {
            data[offset..<(offset + count)].reduce(0) { $0 << 8 | Int($1) }
        }
        var offset = number(100, 4)
        while number(offset, 4) != 0x2385_2875 {
            try #require(number(offset, 4) != 0, "no bitmaps")
            offset += 8 + (number(offset + 4, 4) + 7) / 8 * 8
        }
        let directory = number(offset + 24, 8)
        data[directory + 15] |= 1
        try data.write(to: URL(fileURLWithPath: path))
    }

    @Test("What is not known of a file is found out by the inspection that is offered")
    func inspections() throws {
        try define()
        for disk in Self.disks { try images.create("\(disk).qcow2") }
        _ = try fixture.output("create", "vm", "--name", "n1")
        let info = try images.info("vda.qcow2")
        let run = try fixture.run(
            ["reconcile", "vm", "--info", "vda=-", "--format", "json"], input: info)
        let found = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
        #expect(words(found) == ["n1 vda n1 unknown", "n1 vdb n1 unknown"])
        for item in found {
            let ways = try remedies(item)
            #expect(ways.map { $0["action"] as? String } == ["inspect", "inspect"])
            #expect(ways.allSatisfy { $0["destructive"] as? Bool == false })
        }
        let daemon = try StorageDaemon(Self.disks.map(path))
        try daemon.add("n1", to: "vda")
        let file = try fixture.folder.write(try daemon.nodes(), to: "qmp.json")
        let before = try fixture.state()
        _ = try self.run([try remedies(found[0])[0]], ["FILE": file])
        let table = try fixture.run("reconcile", "vm", "--qmp", file)
        #expect(table.output.contains("n1           vda    n1       valid"), "\(table.output)")
        try daemon.quit()
        _ = try self.run([try remedies(found[0])[1], try remedies(found[1])[1]])
        #expect(try fixture.state() == before)
    }

    @Test("The bitmap of a lost checkpoint leads to its file, and of an unrecorded one, too")
    func lost() throws {
        let lib = try fixture.library("lib/vm", ["c1": nil, "c2": "c1", "c3": "c2"])
        let lost = fixture.folder.path("c2.xml")
        try FileManager.default.moveItem(atPath: lib + "/c2.xml", toPath: lost)
        #expect(try fixture.run("import", fixture.folder.path("lib")).status == 3)
        try images.create("vda.qcow2", bitmaps: ["c1", "c2", "c3"])
        func rows() throws -> [[String: Any]] {
            let run = try fixture.run(
                "reconcile", "vm", "--image", "vda=\(path("vda"))", "--format", "json")
            return try #require(
                try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
        }
        let orphan = try #require(try rows().last)
        #expect(orphan["owner"] as? String == "lost-parent")
        _ = try run(try remedies(orphan), ["FILE": lost])
        #expect(words(try rows()) == ["c1", "c2", "c3"].map { "\($0) vda \($0) valid" })
    }

    @Test("An unrecorded checkpoint is recorded from its document by the remedy of its bitmap")
    func unrecorded() throws {
        try define()
        for disk in Self.disks { try images.create("\(disk).qcow2", bitmaps: ["n1"]) }
        let found = try items()
        #expect(words(found) == ["- vda n1 orphan", "- vdb n1 orphan"])
        let file = try fixture.folder.write(
            CheckpointText.document(
                "n1",
                disks: "<disks><disk name='vda' checkpoint='bitmap'/>"
                    + "<disk name='vdb' checkpoint='bitmap'/></disks>"), to: "n1.xml")
        _ = try run(try remedies(found[0]), ["FILE": file])
        #expect(words(try items()) == ["n1 vda n1 valid", "n1 vdb n1 valid"])
        #expect(try fixture.graph() == "n1*")
    }

    @Test("A store that was altered is sound again after the remedy of verify")
    func restoring() throws {
        try define()
        _ = try fixture.output("create", "vm", "--name", "n1")
        let backup = fixture.folder.path("backup.db")
        _ = try fixture.output("backup", backup)
        try fixture.tamper("UPDATE event SET line = replace(line, 'n1', 'n2')")
        let run = try fixture.run("verify", "--format", "json")
        #expect(run.status == 4)
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let fault = try #require((report["faults"] as? [[String: Any]])?.first)
        _ = try self.run(try remedies(fault), ["BACKUP": backup])
        #expect(try fixture.run("verify").status == 0)
    }

    @Test("A guest is not shut off while a QEMU has one of its images open, be it below another")
    func inUse() throws {
        try define()
        for disk in Self.disks { try images.create("\(disk).qcow2") }
        _ = try fixture.output("create", "vm", "--name", "n1")
        try images.create("overlay.qcow2", on: "vda.qcow2")
        let rows = ["n1 vda n1 missing", "n1 vdb n1 missing"]
        #expect(words(try items()) == rows)
        // Opened below an overlay, for reading only: qemu-img gets its lock all the same.
        let daemon = try StorageDaemon([fixture.folder.path("overlay.qcow2")])
        let found = try items()
        #expect(
            words(found) == rows.map { $0.replacingOccurrences(of: "missing", with: "unknown") })
        #expect(
            try found.allSatisfy {
                try remedies($0).allSatisfy { $0["destructive"] as? Bool == false }
            })
        for options in [["--guest-off"], ["--record"]] {
            let run = try fixture.run(
                ["reconcile", "vm", "--image", "vda=\(path("vda"))"] + options)
            #expect(run.status == (options == ["--record"] ? 3 : 75), "\(options) \(run.errors)")
        }
        #expect(try !fixture.events("vm").contains { $0["event"] as? String == "bitmapObserved" })
        try daemon.quit()
        #expect(words(try items()) == rows)
        // Options may have switched the lock off.
        let name =
            #"json:{"driver":"qcow2","file":{"driver":"file","locking":"off","filename":"\#(path("vda"))"}}"#
        let run = try fixture.run(
            ["reconcile", "vm", "--image", "vda=\(name)", "--format", "json"])
        #expect(run.output.contains(#""verdict":"unknown""#) && !run.output.contains("missing"))
    }

    @Test("Running all that is not marked as destructive changes no image and no checkpoint")
    func harmless() throws {
        try define()
        for disk in Self.disks { try images.create("\(disk).qcow2") }
        try breakBitmaps(["vda": ["n1", "x"], "vdb": ["n2"]])
        try images.bitmap("--add", "vdb.qcow2", "y")
        for name in ["n1", "n2", "n3"] { _ = try fixture.output("create", "vm", "--name", name) }
        let file = try fixture.folder.write(
            try QMPNode.answer([
                QMPNode("a", path("vda")), QMPNode("b", path("vdb")),
            ]), to: "qmp.json")
        for options in [[], ["--guest-off"]] {
            let infos = try Self.disks.map { disk in
                let info = try fixture.folder.write(
                    try images.info("\(disk).qcow2"), to: "\(disk).json")
                return ["--info", "\(disk)=\(info)"]
            }
            let reconciled = try fixture.run(
                ["reconcile", "vm", "--format", "json"] + options + infos.flatMap(\.self))
            let found = try #require(
                try JSONSerialization.jsonObject(with: Data(reconciled.output.utf8))
                    as? [[String: Any]])
            let before = try (Self.disks.map { try images.info("\($0).qcow2") }, fixture.state())
            for item in found {
                let all = try remedies(item).filter {
                    $0["destructive"] as? Bool == false && $0["action"] as? String != "record"
                }
                _ = try run(all, ["FILE": file])
            }
            let after = try (Self.disks.map { try images.info("\($0).qcow2") }, fixture.state())
            #expect(before == after)
        }
    }
}
