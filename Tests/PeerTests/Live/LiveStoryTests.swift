import Foundation
import TestSupport
import Testing

/// The use cases of push and pull, run with the command beside a real libvirt.
@Suite(.enabled(if: LiveDaemon.isRequired), .serialized)
struct LiveStoryTests {
    private static let uuid = "aaaaaaaa-2222-3333-4444-555555555555"
    private let folder: TemporaryFolder
    private let daemon: LiveDaemon

    init() throws {
        folder = try TemporaryFolder("story")
        daemon = try LiveDaemon()
    }

    private func run(_ arguments: String...) throws -> CommandRun {
        try CommandRun.run(
            "momentlog", arguments, environment: environment)
    }

    /// Runs the command, and returns its JSON items' values of a key.
    private func values(
        _ key: String, status: Int32 = 0, _ arguments: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [String] {
        let run = try CommandRun.run(
            "momentlog", arguments + ["--format", "json"], environment: environment)
        #expect(run.status == status, "\(arguments): \(run.errors)", sourceLocation: sourceLocation)
        let items = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
        return (items as? [[String: Any]] ?? []).map { $0[key] as? String ?? "-" }
    }

    private var environment: [String: String] {
        ["MOMENTLOG_STORE": folder.path("store.db"), "HOME": folder.path("home")]
    }

    /// The words of the remedies in the findings that a command prints.
    private func remedies(of arguments: [String]) throws -> [[String]] {
        let run = try CommandRun.run(
            "momentlog", arguments + ["--format", "json"], environment: environment)
        let items = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
        return (items as? [[String: Any]] ?? [])
            .flatMap { $0["findings"] as? [[String: Any]] ?? [] }
            .flatMap { $0["remedies"] as? [[String: Any]] ?? [] }
            .compactMap { $0["argv"] as? [String] }
    }

    private func ask(_ what: String, _ more: [String: Any] = [:]) throws -> Any? {
        try daemon.ask(what, more.merging(["uuid": Self.uuid]) { first, _ in first })
    }

    private func make(disks: [String] = ["vda"]) throws {
        try daemon.make("vm", Self.uuid, disks: disks, isTransient: true)
    }

    @Test("A transient guest gets its checkpoints back, and incremental backups go on")
    func transientGuest() throws {
        try make()
        _ = try ask("create", ["names": ["c1", "c2", "c3"]])
        #expect(try values("result", "pull", daemon.uri) == ["recorded"])
        let before = try daemon.documents(of: Self.uuid)
        _ = try ask("stop")
        #expect(try values("result", "pull", daemon.uri) == ["not-listed"])
        #expect(try run("push", daemon.uri, "vm").status == 1)
        try make()
        #expect(try values("result", status: 3, "pull", daemon.uri) == ["lost"])
        #expect(try values("drift", status: 3, "compare", "vm", "--uri", daemon.uri).count == 3)
        // The remedies that are printed do what they say; the second one in a copy of the store.
        let remedies = try remedies(of: ["pull", daemon.uri])
        #expect(remedies.map { $0[1] } == ["push", "pull"])
        let copy = folder.path("copy.db")
        #expect(try run("backup", copy).status == 0)
        let accepted = try CommandRun.run(
            "momentlog", remedies[1].dropFirst() + ["--store", copy])
        #expect(accepted.status == 0, "\(accepted.errors)")
        let dry = try CommandRun.run(
            "momentlog", remedies[0].dropFirst() + ["--dry-run"], environment: environment)
        #expect(dry.status == 0 && dry.output.contains("would be pushed"))
        #expect(
            try values("result", "push", daemon.uri, "vm") == ["pushed", "pushed", "pushed"])
        #expect(try daemon.documents(of: Self.uuid) == before)
        #expect(try values("result", "pull", daemon.uri) == ["unchanged"])
        #expect(try ask("backup", ["checkpoint": "c2", "new": "c4"]) as? Bool == true)
        #expect(try values("result", "pull", daemon.uri) == ["recorded"])
        #expect(try run("parent", "vm", "c4").output == "c3\n")
        #expect(
            try values("verdict", "reconcile", "vm", "--uri", daemon.uri)
                == ["valid", "valid", "valid", "valid"])
    }

    @Test("After a kill of the guest the push stops, and names each disk whose bitmap is broken")
    func killedGuest() throws {
        try make(disks: ["vda", "vdb"])
        _ = try ask("create", ["names": ["c1", "c2"]])
        #expect(try values("result", "pull", daemon.uri) == ["recorded"])
        _ = try ask("kill")
        try make(disks: ["vda", "vdb"])
        let run = try run("push", daemon.uri, "vm", "--format", "jsonl")
        #expect(run.status == 3)
        let lines = run.output.split(separator: "\n")
        #expect(lines.filter { $0.contains("\"broken\"") }.count == 2)
        #expect(lines.contains { $0.contains("\"disk\":\"vda\",\"bitmap\":\"c1\"") })
        #expect(lines.contains { $0.contains("\"disk\":\"vdb\",\"bitmap\":\"c1\"") })
        #expect(lines.last?.contains("not-tried") == true)
        #expect(try values("verdict", status: 3, "reconcile", "vm", "--uri", daemon.uri).count == 4)
        // What is printed for virsh is for the libvirt that was asked.
        let shown = try self.run("reconcile", "vm", "--uri", daemon.uri, "--show-destructive")
        let commands = shown.output.split(separator: "\n").filter { $0.contains("virsh ") }
        #expect(!commands.isEmpty)
        #expect(commands.allSatisfy { $0.contains("virsh --connect '\(daemon.uri)' ") })
    }

    @Test(
        "A checkpoint that has children becomes current again, and none does", arguments: [0, 1, 2])
    func exactCurrent(which: Int) throws {
        try make()
        _ = try ask("create", ["names": ["c1", "c2", "c3"]])
        #expect(try values("result", "pull", daemon.uri) == ["recorded"])
        let current = ["c1", "c2", nil][which]
        #expect(try run("current", "vm", current ?? "--clear").status == 0)
        _ = try ask("stop")
        try make()
        #expect(
            try values("result", "push", daemon.uri, "vm", "--exact-current")
                == ["pushed", "pushed", "pushed"])
        #expect(try ask("probe") as? String == current)
    }

    @Test(
        "A graph that forks is given back whole, and its current checkpoint with it",
        arguments: ["c2", "c4", "c1", nil])
    func fork(current: String?) throws {
        try make()
        _ = try ask("create", ["names": ["c1", "c2", "c3", "c4"]])
        // c1 <- c2, and c1 <- c3 <- c4.
        let moved = try #require(daemon.documents(of: Self.uuid)["c3"])
            .replacing("<name>c2</name>", with: "<name>c1</name>")
        _ = try ask("redefine", ["xml": moved])
        #expect(try values("result", "pull", daemon.uri) == ["recorded"])
        #expect(try run("current", "vm", current ?? "--clear").status == 0)
        let before = try daemon.documents(of: Self.uuid)
        _ = try ask("stop")
        try make()
        // A leaf becomes current by the order of the calls alone.
        let isLeaf = current == "c2" || current == "c4"
        let options = isLeaf ? [] : ["--exact-current"]
        let push = try CommandRun.run(
            "momentlog", ["push", daemon.uri, "vm", "--format", "json"] + options,
            environment: environment)
        #expect(push.status == 0, "\(push.errors)")
        #expect(push.output.matches(of: /"result":"pushed"/).count == 4)
        #expect(try daemon.documents(of: Self.uuid) == before)
        #expect(try ask("probe") as? String == current)
        #expect(try values("drift", "compare", "vm", "--uri", daemon.uri) == [])
    }

    @Test("A daemon that is killed during pulls and pushes costs nothing but a repetition")
    func killedDaemon() throws {
        try make()
        _ = try ask("create", ["names": (1...8).map { "c\($0)" }])
        #expect(try values("result", "pull", daemon.uri) == ["recorded"])
        for round in 0..<4 {
            _ = try ask("stop")
            try make()
            let (path, root) = (folder.path("store.db"), daemon.root)
            let push = Process()
            push.executableURL = CommandRun.products.appending(path: "momentlog")
            push.arguments = ["push", daemon.uri, "vm", "--store", path, "--timeout", "5"]
            push.standardOutput = FileHandle.nullDevice
            push.standardError = FileHandle.nullDevice
            try push.run()
            // As soon as so many are there.
            let files = "\(root)/lib/qemu/checkpoint/vm"
            while push.isRunning {
                let count = (try? FileManager.default.contentsOfDirectory(atPath: files))?.count
                if count ?? 0 > round * 2 { break }
            }
            try daemon.kill()
            push.waitUntilExit()
            #expect([0, 1, 2, 3].contains(push.terminationStatus))
            try daemon.start()
            _ = try daemon.ask("open")
            let results = try values("result", "push", daemon.uri, "vm")
            #expect(results.count == 8 && Set(results).isSubset(of: ["pushed", "unchanged"]))
            #expect(try values("result", "pull", daemon.uri) == ["unchanged"])
        }
    }

    @Test("After a live migration the pushed checkpoints continue, and the source is not trusted")
    func migration() throws {
        let target = try LiveDaemon()
        try daemon.make("vm", Self.uuid)
        _ = try ask("create", ["names": ["c1", "c2"]])
        #expect(try values("result", "pull", daemon.uri) == ["recorded"])
        _ = try ask("migrate", ["to": target.uri, "port": Int.random(in: 49_200...49_900)])
        // It took the guest's disks along: both use the same files.
        #expect(try values("result", status: 3, "pull", target.uri) == ["lost"])
        #expect(try values("result", "push", target.uri, "vm") == ["pushed", "pushed"])
        try target.ask("create", ["uuid": Self.uuid, "names": ["c3"]])
        #expect(try values("result", "pull", target.uri) == ["recorded"])
        let stale = try run("pull", daemon.uri, "--format", "json")
        #expect(stale.status == 3)
        #expect(stale.output.contains("stale-source"))
        #expect(try run("list", "vm", "--name").output.contains("c3"))
        #expect(
            try target.ask("backup", ["uuid": Self.uuid, "checkpoint": "c2", "new": "c4"]) as? Bool
                == true)
    }

    @Test(
        "virtnbdbackup continues after a push, and two folders of one guest raise an alarm",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/virtnbdbackup")))
    func virtnbdbackup() throws {
        try make()
        func write(_ pattern: Int, at offset: Int) throws {
            let run = try daemon.execute([
                "/usr/bin/virsh", "-q", "qemu-monitor-command", "vm", "--hmp",
                "qemu-io libvirt-1-format \"write -P \(pattern) \(offset)k 64k\"",
            ])
            #expect(run.status == 0 && !run.output.contains("error"), "\(run.output)")
        }
        func backup(_ level: String, _ folder: String) throws {
            let run = try daemon.execute([
                "/usr/bin/virtnbdbackup", "-d", "vm", "-l", level, "-o",
                "\(daemon.root)/\(folder)",
            ])
            #expect(run.status == 0, "\(run.errors)")
        }
        try write(1, at: 0)
        try backup("full", "a")
        try write(2, at: 64)
        try backup("inc", "a")
        #expect(try values("result", "pull", daemon.uri) == ["recorded"])
        _ = try ask("stop")
        try make()
        #expect(try values("result", "push", daemon.uri, "vm") == ["pushed", "pushed"])
        try write(3, at: 4096)
        try backup("inc", "a")
        // What is restored from the backups of before and after the push is the guest's disk.
        let restored = "\(daemon.root)/restored"
        try FileManager.default.createDirectory(
            atPath: restored, withIntermediateDirectories: false)
        let restore = try daemon.execute([
            "/usr/bin/env", "HOME=\(daemon.root)", "/usr/bin/virtnbdrestore", "-i",
            "\(daemon.root)/a", "-a", "restore", "-o", restored,
        ])
        #expect(restore.status == 0, "\(restore.errors)")
        let images = try FileManager.default.contentsOfDirectory(atPath: restored)
            .filter { $0.contains("vda") }
        let comparison = try daemon.execute([
            "/usr/bin/qemu-img", "compare", "-U", "\(restored)/\(images.first ?? "-")",
            "\(daemon.root)/vm-vda.qcow2",
        ])
        #expect(comparison.status == 0, "\(images): \(comparison.output)\(comparison.errors)")
        #expect(try values("result", "pull", daemon.uri) == ["recorded"])
        // Another full backup, into another folder, throws the chain away and reuses its names.
        Thread.sleep(forTimeInterval: 1.1)
        try backup("full", "b")
        try backup("inc", "b")
        let alarm = try run("pull", daemon.uri)
        #expect(alarm.status == 3)
        #expect(alarm.output.contains("name-reused"))
        #expect(alarm.output.contains("lost"))
        // The record still has the chain of the first folder, and the second has another.
        let (first, second) = ("\(daemon.root)/a/checkpoints", "\(daemon.root)/b/checkpoints")
        #expect(try values("drift", "compare", "vm", "--with", first) == [])
        #expect(
            try values("drift", status: 3, "compare", "vm", "--with", second)
                == ["replaced", "replaced", "lost"])
    }

    @Test("A guest whose QEMU hangs does not hide the bitmaps of the others")
    func hungGuest() throws {
        for (name, digit) in [("a", "a"), ("b", "b"), ("c", "c")] {
            let uuid = Self.uuid.replacing("aaaaaaaa", with: String(repeating: digit, count: 8))
            try daemon.make(name, uuid)
            try daemon.ask("create", ["uuid": uuid, "names": ["c1"]])
        }
        #expect(try values("result", "pull", daemon.uri).count == 3)
        let pid = try String(contentsOfFile: "\(daemon.root)/run/qemu/b.pid", encoding: .utf8)
        let process = try #require(pid_t(pid.trimmingCharacters(in: .whitespacesAndNewlines)))
        kill(process, SIGSTOP)
        defer { kill(process, SIGCONT) }
        let all = try CommandRun.run(
            "momentlog",
            ["reconcile", "--all", "--uri", daemon.uri, "--timeout", "2", "--format", "json"],
            environment: environment)
        #expect(all.status == 3)
        #expect(all.errors.contains("domain 'b'") && all.errors.contains("no answer within 2 s"))
        let items = try JSONSerialization.jsonObject(with: Data(all.output.utf8))
        let verdicts = (items as? [[String: Any]] ?? []).map {
            "\($0["domain"] ?? "") \($0["verdict"] ?? "")"
        }
        #expect(verdicts == ["a valid", "c valid"])
        // What needs no answer of QEMU is not affected.
        let pulled = try values("result", "pull", daemon.uri)
        #expect(pulled == ["unchanged", "unchanged", "unchanged"])
        #expect(try values("drift", "compare", "--all", "--uri", daemon.uri) == [])
    }

    /// The URI of a connection that is cut after a number of the client's messages.
    private func cutURI(after count: Int) throws -> String {
        let proxy = Fixtures.repository.appending(path: "Tests/Fixtures/peer/cut-connection.py")
        let (script, socket) = ("\(daemon.root)/cut\(count)", "\(daemon.root)/run/libvirt-sock")
        try Data(
            "#!/bin/sh\nexec /usr/bin/python3 '\(proxy.path)' '\(socket)' \(count)\n".utf8
        ).write(to: URL(fileURLWithPath: script))
        chmod(script, 0o700)
        return "qemu+ext:///system?command=\(script)"
    }

    @Test("After a backup that ran before the push, the hint of the refused push is the way out")
    func backupBeforePush() throws {
        try make()
        _ = try ask("create", ["names": ["c1", "c2"]])
        #expect(try values("result", "pull", daemon.uri) == ["recorded"])
        _ = try ask("stop")
        try make()
        _ = try ask("create", ["names": ["sat"]])
        #expect(try values("result", status: 3, "pull", daemon.uri) == ["lost"])
        let refused = try run("push", daemon.uri, "vm")
        #expect(refused.status == 1)
        let pattern = /lost, '(momentlog pull .*)' records/
        let hint = try #require(refused.errors.firstMatch(of: pattern))
        let path = CommandRun.products.path
        let way = try CommandRun.run(
            "/bin/sh", ["-c", "PATH=\(path):$PATH; \(hint.1)"], environment: environment)
        #expect(way.status == 3, "\(way.errors)")
        #expect(
            try values("result", "push", daemon.uri, "vm") == ["unchanged", "pushed", "pushed"])
        #expect(try values("result", "pull", daemon.uri) == ["unchanged"])
        #expect(try run("list", "vm", "--name").output == "c1\nc2\nsat\n")
    }

    @Test("A deletion of which nobody knows is said first, and is exit status 2")
    func unknownDeletion() throws {
        for (name, digit) in [("a", "a"), ("b", "b")] {
            let uuid = Self.uuid.replacing("aaaaaaaa", with: String(repeating: digit, count: 8))
            try daemon.make(name, uuid)
            try daemon.ask("create", ["uuid": uuid, "names": ["c1", "c2"]])
        }
        #expect(try values("result", "pull", daemon.uri).count == 2)
        let pid = try String(contentsOfFile: "\(daemon.root)/run/qemu/a.pid", encoding: .utf8)
        let process = try #require(pid_t(pid.trimmingCharacters(in: .whitespacesAndNewlines)))
        kill(process, SIGSTOP)
        defer { kill(process, SIGCONT) }
        let prune = try run(
            "prune", "--all", "--keep-last", "1", "--uri", daemon.uri, "--timeout", "2", "--yes")
        #expect(prune.status == 2)
        #expect(prune.errors.contains("checkpoint 'c1' of 'a' may not be deleted in libvirt"))
        #expect(try run("list", "a", "--name").output == "c1\nc2\n")
    }

    @Test("A push whose connection is cut after any message is completed by the next one")
    func cutConnection() throws {
        try make()
        _ = try ask("create", ["names": ["c1", "c2", "c3"]])
        #expect(try values("result", "pull", daemon.uri) == ["recorded"])
        let before = try daemon.documents(of: Self.uuid)
        var statuses: Set<Int32> = []
        for count in 0..<200 {
            _ = try ask("delete", ["name": "c1", "flags": 2 | 1])
            let uri = try cutURI(after: count)
            let push = try run(
                "push", uri, "vm", "--timeout", "10")
            statuses.insert(push.status)
            guard push.status != 0 else { break }
            // Nothing that is missing was deleted, whatever was pushed.
            let pulled = try run("pull", daemon.uri)
            let place: Comment = "after \(count) messages: \(push.errors)"
            #expect(pulled.status == 0 || pulled.status == 3, place)
            #expect(try run("list", "vm", "--name").output == "c1\nc2\nc3\n", place)
            #expect(try run("push", daemon.uri, "vm").status == 0, place)
            #expect(try daemon.documents(of: Self.uuid) == before, place)
        }
        // Before the first change it is an error, afterwards its outcome is not known.
        #expect(statuses == [0, 1, 2])
        #expect(try values("result", "pull", daemon.uri) == ["unchanged"])
    }

    @Test("A pull whose connection or daemon goes away records all of a domain or nothing")
    func cutPull() throws {
        try make()
        _ = try ask("create", ["names": ["c1", "c2", "c3"]])
        for count in 0..<200 {
            let uri = try cutURI(after: count)
            let pull = try run(
                "pull", uri, "--timeout", "10")
            guard pull.status != 0 else { break }
            #expect(pull.status == 1, "after \(count) messages: \(pull.errors)")
            #expect(pull.errors.contains("libvirt at"), "\(pull.errors)")
            #expect(try run("domains", "--name").output == "")
        }
        #expect(try run("list", "vm", "--name").output == "c1\nc2\nc3\n")
        try daemon.kill()
        #expect(try run("pull", daemon.uri).status == 1)
        #expect(try run("list", "vm", "--name").output == "c1\nc2\nc3\n")
    }
}
