import Foundation
import TestSupport
import Testing

/// Whether strace(1) is there, and may trace.
private let canTrace: Bool = {
    let run = try? CommandRun.run("/usr/bin/strace", ["-f", "-o", "/dev/null", "/bin/true"])
    return run?.status == 0
}()

/// What single system calls that failed have led to once.
@Suite(.enabled(if: canTrace))
struct FailingSystemCallTests {
    /// Runs the command while the n-th call of a kind, or of those that are about one file,
    /// fails or is the last that the process makes.
    private func run(
        _ arguments: [String], _ effect: String = "error=EIO", at call: String, _ nth: Int,
        andAllAfter isForEver: Bool = false, on file: String? = nil, _ fixture: CommandFixture
    ) throws -> CommandRun {
        try CommandRun.run(
            "/usr/bin/strace",
            ["-f", "-o", "/dev/null"] + (file.map { ["-P", $0] } ?? []) + [
                "-e", "trace=\(call)",
                "-e", "inject=\(call):\(effect):when=\(nth)\(isForEver ? "+" : "")",
                CommandRun.products.appending(path: "momentlog").path,
            ] + arguments, environment: fixture.environment, folder: fixture.folder.url)
    }

    @Test("A store whose creation failed at a sync is created by the next command")
    func syncWhileMaking() throws {
        for nth in 1...6 {
            let fixture = try CommandFixture()
            try fixture.folder.write(CheckpointText.guest("vm"), to: "vm.xml")
            let arguments = ["define", "vm.xml", "--request-id", "r"]
            _ = try run(arguments, at: "fdatasync", nth, fixture)
            let again = try fixture.run(arguments)
            #expect(again.status == 0, "fdatasync \(nth): \(again.errors)")
            #expect(try fixture.events().count == 1)
        }
    }

    // Folders of the default path are made, and root's is the host's.
    @Test(
        "Each new folder of a store is synced in its parent folder",
        .enabled(if: geteuid() != 0))
    func newFolders() throws {
        let fixture = try CommandFixture()
        try fixture.folder.write(CheckpointText.guest("vm"), to: "vm.xml")
        let run = try CommandRun.run(
            "/usr/bin/strace",
            [
                "-f", "-y", "-e", "trace=fsync", CommandRun.products.path + "/momentlog", "define",
                fixture.folder.path("vm.xml"),
            ], environment: ["XDG_STATE_HOME": fixture.folder.path("a/b")])
        #expect(run.status == 0, "\(run.errors)")
        for name in ["", "/a", "/a/b", "/a/b/momentlog"] {
            // strace writes other letters than ASCII as numbers.
            #expect(
                run.errors.contains(
                    try Regex(
                        "fsync\\([0-9]+<[^>]*\(fixture.folder.url.lastPathComponent.suffix(12))\(name)>\\) += 0"
                    )), "\(name)")
        }
    }

    /// A store of four events more than its backup, `kept.db`; returns its lines.
    private func storeBehindBackup(_ fixture: CommandFixture) throws -> String {
        try fixture.chain("c1", "c2")
        _ = try fixture.output("backup", "kept.db")
        try fixture.chain("c3", "c4")
        return try fixture.output("log", "--format", "jsonl")
    }

    /// The name of the replaced store, or of a part of it; nil if there is none.
    private func aside(_ fixture: CommandFixture, _ suffix: String = "") throws -> String? {
        try FileManager.default.contentsOfDirectory(atPath: fixture.folder.url.path).first {
            $0.hasSuffix(suffix)
                && $0.dropLast(suffix.count).firstMatch(of: /replaced-[0-9.TZ]+$/) != nil
        }
    }

    @Test(
        "A restoration that cannot rename the store or a file of it leaves it in place",
        arguments: 1...5)
    func restoration(nth: Int) throws {
        let fixture = try CommandFixture()
        let before = try storeBehindBackup(fixture)
        let run = try run(["restore", "kept.db", "--replace"], at: "renameat2", nth, fixture)
        #expect(run.status == 1)
        #expect(run.errors.contains("the store is unchanged"), "\(run.errors)")
        #expect(try fixture.output("log", "--format", "jsonl") == before)
        #expect(try aside(fixture) == nil)
        #expect(try fixture.run("restore", "kept.db", "--replace").status == 0)
        #expect(try fixture.events().count < before.split(separator: "\n").count)
    }

    /// A missing database with its WAL, which has commits that its backup, `kept.db`, lacks, and a
    /// journal; returns the content of both.
    private func missingDatabase(_ fixture: CommandFixture) throws -> Data {
        _ = try storeBehindBackup(fixture)
        let wal = Data("commits".utf8)
        for suffix in ["-wal", "-journal"] {
            try wal.write(to: URL(fileURLWithPath: fixture.folder.path("store.db" + suffix)))
        }
        try FileManager.default.removeItem(atPath: fixture.folder.path("store.db"))
        return wal
    }

    @Test(
        "A restoration of a missing database that fails gives its WAL its name again",
        arguments: [2, 3, 4])
    func restorationOfMissing(nth: Int) throws {
        let fixture = try CommandFixture()
        let wal = try missingDatabase(fixture)
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.url.path)
        let run = try run(["restore", "kept.db"], at: "renameat2", nth, fixture)
        #expect(run.status == 1)
        #expect(run.errors.contains("the store is unchanged"), "\(run.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: fixture.folder.url.path).sorted()
                == names.sorted())
        for suffix in ["-wal", "-journal"] {
            let path = fixture.folder.path("store.db" + suffix)
            #expect(FileManager.default.contents(atPath: path) == wal)
        }
        #expect(try fixture.run("restore", "kept.db").status == 0)
        #expect(try fixture.events().count > 0)
    }

    @Test("No store is created where a missing one is being restored", .timeLimit(.minutes(5)))
    func restorationBesideCreation() throws {
        let fixture = try CommandFixture()
        _ = try missingDatabase(fixture)
        try FileManager.default.removeItem(atPath: fixture.folder.path("store.db.head"))
        try fixture.folder.write(CheckpointText.guest("other"), to: "other.xml")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/strace")
        process.arguments = [
            "-f", "-o", "/dev/null", "-e", "trace=renameat2",
            "-e", "inject=renameat2:signal=STOP:when=3",
            CommandRun.products.appending(path: "momentlog").path, "restore", "kept.db",
        ]
        process.environment = fixture.environment
        process.currentDirectoryURL = fixture.folder.url
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Until the WAL has another name; the next two calls stop the restoration.
        while process.isRunning, try aside(fixture, "-wal") == nil {}
        let run = try fixture.run("define", "other.xml", "--busy-timeout", "0")
        #expect(run.status == 75, "\(run.errors)")
        let tracer = process.processIdentifier
        let children = try String(
            contentsOfFile: "/proc/\(tracer)/task/\(tracer)/children", encoding: .utf8)
        let child = try #require(children.split(separator: " ").first.flatMap { pid_t($0) })
        while process.isRunning { kill(child, SIGCONT) }
        #expect(process.terminationStatus == 0)
        #expect(try fixture.output("domains").contains(" vm "))
        #expect(try aside(fixture, "-wal") != nil)
    }

    @Test("A restoration that can neither succeed nor give a WAL its name again reports its path")
    func stuckRestoration() throws {
        let fixture = try CommandFixture()
        let wal = try missingDatabase(fixture)
        let run = try run(
            ["restore", "kept.db"], at: "renameat2", 3, andAllAfter: true, fixture)
        #expect(run.status == 2)
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.url.path)
        for suffix in ["-wal", "-journal"] {
            let path = try #require(
                names.first { $0.hasSuffix(suffix) && $0.contains("replaced-") })
            #expect(run.errors.contains(path), "\(run.errors)")
            #expect(FileManager.default.contents(atPath: fixture.folder.path(path)) == wal)
        }
        #expect(run.errors.contains("cannot be moved back"), "\(run.errors)")
        // The next command names the present paths.
        let next = try fixture.run("list", "vm")
        #expect(next.status == 4)
        #expect(next.errors.contains("-wal back to "), "\(next.errors)")
        #expect(next.errors.contains("-journal back to "), "\(next.errors)")
    }

    @Test("A restoration that is killed anywhere leaves the store whole, and reports its path")
    func killedRestoration() throws {
        var places = 0
        let prepared = try CommandFixture()
        let before = try storeBehindBackup(prepared)
        for (call, stride) in [
            ("renameat2", 1), ("unlinkat", 1), ("fsync", 1),
            ("openat", 17),
            ("pwrite64", 9),
        ] {
            for nth in 1...200 {
                let fixture = try prepared.copy()
                let run = try run(
                    ["restore", "kept.db", "--replace"], "signal=KILL", at: call, nth * stride,
                    fixture)
                guard run.wasKilled else { break }
                let next = try fixture.run("log", "--format", "jsonl")
                let trial: Comment = "\(call) \(nth * stride): \(next.errors)"
                if next.status == 0, next.output == before { continue }
                // The backup is in its place.
                places += 1
                let aside = try #require(try aside(fixture), trial)
                if next.status != 0 {
                    #expect(next.status == 4 && next.errors.contains(aside), trial)
                }
                let back = try fixture.run("restore", aside, "--replace")
                #expect(back.status == 0, "\(call) \(nth * stride): \(back.errors)")
                #expect(
                    try fixture.output("log", "--format", "jsonl").hasPrefix(before), trial)
            }
        }
        #expect(places > 0)
    }

    @Test(
        "A head file that cannot be read is reported, and not treated as missing",
        arguments: [("openat", "EACCES"), ("openat", "EIO"), ("pread64", "EIO")])
    func unreadableHead(call: String, error: String) throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        let head = fixture.folder.path("store.db.head")
        let before = try fixture.output("head")
        let refused = try run(["domains"], "error=\(error)", at: call, 1, on: head, fixture)
        #expect(refused.status == 1, "\(refused.output)")
        #expect(refused.errors.contains("cannot read the head file \(head)"), "\(refused.errors)")
        #expect(refused.errors.contains("whether the store has lost its end"))
        let run = try run(["verify"], "error=\(error)", at: call, 1, on: head, fixture)
        #expect(run.status == 3, "\(run.errors)")
        #expect(run.output.contains("damaged-head"), "\(run.output)")
        #expect(try fixture.output("head") == before)
    }

    @Test("A full disk is reported as such by compact, wherever it is noticed")
    func fullDiskWhileCompacting() throws {
        let prepared = try CommandFixture()
        try prepared.chain("c1", "c2", "c3")
        let before = try prepared.output("log", "--format", "jsonl")
        var refusals = 0
        for nth in 1...200 {
            let fixture = try prepared.copy()
            let run = try run(
                ["compact"], "error=ENOSPC", at: "pwrite64", nth, andAllAfter: true, fixture)
            let trial: Comment = "\(nth): \(run.status) \(run.errors)"
            #expect(try fixture.output("log", "--format", "jsonl") == before, trial)
            if run.status == 0 { break }
            // SQLite does not say why it cannot make the index of the WAL longer.
            if run.errors.contains("no space is left") { refusals += 1 }
            #expect(run.status == 1 && !run.errors.contains("is being read"), trial)
        }
        #expect(refusals > 1)
    }

    @Test("A folder that cannot be listed completely is not treated as one that ends there")
    func listing() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        let before = try fixture.events().count
        _ = try fixture.library("in/found", ["a": nil, "b": "a"])
        for nth in 1...4 {
            let run = try run(["import", "in"], at: "getdents64", nth, fixture)
            #expect([1, 3].contains(run.status), "\(nth): \(run.output)")
            // A table wraps its lines.
            let words = (run.output + run.errors).split(whereSeparator: \.isWhitespace)
            #expect(words.joined(separator: " ").contains("cannot be listed"), "\(nth)")
            #expect(try fixture.events().count == before)
        }
        try fixture.folder.write("mine", to: "out/vm/notes")
        for isForEver in [false, true] {
            let run = try run(
                ["export", "vm", "--output", "out"], at: "getdents64", 1, andAllAfter: isForEver,
                fixture)
            #expect(run.status == 1, "\(run.output)")
            #expect(run.errors.contains("cannot be listed"))
            let names = try FileManager.default.contentsOfDirectory(
                atPath: fixture.folder.path("out/vm"))
            #expect(names == ["notes"])
        }
    }

    /// A command that some call makes fail at its very end.
    struct Late: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let call: String
        let suffix: String
        /// Whether all later calls fail as well: which of two threads reads the file first is not
        /// determined.
        var isForEver = false
        /// What it ends with where it has changed something, and cannot say all of it.
        let status: Int32
        let sign: String

        var testDescription: String { "\(arguments[0]), \(call)" }
    }

    @Test(
        "A command that has changed something is never reported as refused",
        arguments: [
            Late(
                arguments: ["settings", "--strip-secrets", "on"], call: "fdatasync",
                suffix: "-wal", status: 2, sign: "may or may not be there"),
            Late(
                arguments: ["restore", "kept.db", "--replace"], call: "openat", suffix: "",
                status: 2, sign: "the backup was put at"),
            Late(
                arguments: ["check", "found", "--repair"], call: "pread64", suffix: "-wal",
                isForEver: true, status: 3, sign: "malformed"),
        ])
    func late(_ late: Late) throws {
        let prepared = try CommandFixture()
        try prepared.chain("c1")
        _ = try prepared.output("backup", "kept.db")
        try prepared.chain("c2")
        _ = try prepared.run("import", prepared.library("found", ["a": nil, "b": "lost"]))
        var seen = 0
        for nth in 1...16 {
            let fixture = try prepared.copy()
            func state() throws -> [String] {
                try [["settings"], ["log", "--format", "jsonl"]].map {
                    try fixture.run($0).output
                }
            }
            let before = try state()
            let run = try run(
                late.arguments, at: late.call, nth, andAllAfter: late.isForEver,
                on: fixture.folder.path("store.db" + late.suffix), fixture)
            let trial: Comment = "\(nth): \(run.status) \(run.errors)"
            if run.status == 1 { #expect(try state() == before, trial) }
            if run.status == late.status, run.errors.contains(late.sign) { seen += 1 }
            // Whatever came of it, it can be done again.
            #expect([0, 3].contains(try fixture.run(late.arguments).status), trial)
        }
        #expect(seen > 0)
    }
}

extension CommandFixture {
    /// The same files in another folder.
    fileprivate func copy() throws -> CommandFixture {
        let copy = try CommandFixture()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path) {
            try FileManager.default.copyItem(
                atPath: folder.path(name), toPath: copy.folder.path(name))
        }
        return copy
    }
}
