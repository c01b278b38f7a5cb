import CShims
import Foundation
import Glibc
import TestSupport
import Testing

/// No command waits for another process that reads, or is stopped: each is run with no time to
/// wait, and answers as it does alone.
struct BesideOthersTests {
    /// What another process does meanwhile.
    enum Other: String, CaseIterable {
        case openReader, openReaderOfALongLog, idleWriter, stoppedWriter, stoppedWaiter
    }

    /// Commands that only read, with their answers' status.
    private static let reading: [[String]] = [
        ["list", "vm"], ["list", "vm", "--tree"], ["info", "vm", "c1"], ["parent", "vm", "c2"],
        ["dumpxml", "vm", "c1"], ["current", "vm"], ["domains"], ["log"],
        ["log", "--format", "jsonl"], ["diff", "vm", "2"], ["history", "vm", "c1"], ["head"],
        ["check"], ["settings"], ["list", "vm", "--at", "3"], ["stats", "--format", "json"],
    ]

    private static let writing: [[String]] = [
        ["create", "vm", "--name", "n1"], ["current", "vm", "c1"], ["delete", "vm", "n1"],
        ["rename", "other", "another"], ["settings", "--strip-secrets", "on"], ["snapshot"],
    ]

    /// A process that holds a read transaction open until its input ends.
    private func reader(_ fixture: CommandFixture) throws -> Process {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import sqlite3, sys
            store = sqlite3.connect(sys.argv[1], isolation_level=None)
            store.execute("BEGIN")
            store.execute("SELECT count(*) FROM event").fetchall()
            print("held", flush=True)
            sys.stdin.read()
            """, fixture.folder.path("store.db"),
        ]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try #require(!output.fileHandleForReading.availableData.isEmpty)
        return process
    }

    /// Stops a command that waits for the lease, which is free when this returns.
    private func stoppedWaiter(_ fixture: CommandFixture) throws -> Process {
        let store = open(fixture.folder.path("store.db"), O_RDWR | O_CLOEXEC)
        defer { close(store) }
        try #require(flock(store, LOCK_EX) == 0)
        let process = Process()
        process.executableURL = CommandRun.products.appending(path: "momentlog")
        process.arguments = ["create", "vm", "--name", "late", "--busy-timeout", "600"]
        process.environment = fixture.environment
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        while momentlog_is_locked(store, 1 << 62, 1) != 1 { sched_yield() }
        #expect(kill(process.processIdentifier, SIGSTOP) == 0)
        var status = siginfo_t()
        #expect(waitid(P_PID, id_t(process.processIdentifier), &status, WSTOPPED | WNOWAIT) == 0)
        flock(store, LOCK_UN)
        return process
    }

    @Test(
        "A command beside a process that reads, or is stopped, waits for nothing and is right.",
        arguments: Other.allCases)
    func beside(_ other: Other) throws {
        let fixture = try CommandFixture()
        try fixture.define("other", digit: "b")
        try fixture.chain("c1", "c2")
        var processes: [Process] = []
        var sessions: [CommandSession] = []
        defer {
            for process in processes {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
            }
            for session in sessions { kill(session.identifier, SIGCONT) }
        }
        switch other {
        case .openReader: processes = [try reader(fixture)]
        case .openReaderOfALongLog:
            processes = [try reader(fixture)]
            let lines = (0..<6400).map { Self.create("l\($0)") }.joined()
            #expect(try fixture.run(["apply"], input: lines).status == 0)
            let log = try FileManager.default.attributesOfItem(
                atPath: fixture.folder.path("store.db-wal"))[.size]
            #expect(log as? Int ?? 0 > 1000 * 4096)
        case .idleWriter, .stoppedWriter:
            let session = try CommandSession(["apply"], fixture)
            try session.write(Self.create("s1"))
            #expect(try session.next()?.contains(#""ok":true"#) == true)
            if other == .stoppedWriter { #expect(kill(session.identifier, SIGSTOP) == 0) }
            sessions = [session]
        case .stoppedWaiter: processes = [try stoppedWaiter(fixture)]
        }
        // The same store that nobody else has open.
        let alone = try copy(fixture)
        for command in Self.reading + Self.writing + Self.reading {
            let run = try fixture.run(command + ["--busy-timeout", "0"])
            let expected = try alone.run(command)
            #expect(run.status == 0, "\(command): \(run.errors)")
            guard !Self.writing.contains(command), command.first != "history",
                command.first != "stats"
            else { continue }
            #expect(Self.lines(run.output) == Self.lines(expected.output), "\(command)")
        }
        #expect(try fixture.run("verify").status == 0)
        #expect(try fixture.run("stats", "--busy-timeout", "0").status == 0)
        let backup = try fixture.run("backup", "kept.db", "--busy-timeout", "0")
        #expect(backup.status == 0, "\(backup.errors)")
        let compact = try fixture.run("compact", "--busy-timeout", "0")
        if other == .openReader || other == .openReaderOfALongLog {
            #expect(compact.status == 75)
            #expect(compact.errors.contains("\(processes[0].processIdentifier)"))
            let stats = try fixture.output("stats")
            #expect(stats.contains(/wal.readers +[0-9]+/))
        } else {
            #expect(compact.status == 0, "\(compact.errors)")
        }
    }

    @Test("A reader is named although thousands of other locks come and go meanwhile.")
    func readerBesideLocks() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        let reader = try reader(fixture)
        // The kernel's list of locks leaves some out while it changes.
        let locker = Process()
        locker.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        locker.arguments = [
            "python3", "-c",
            """
            import fcntl, random, sys
            locked = open(sys.argv[1], "w")
            while True:
                fcntl.lockf(locked, fcntl.LOCK_EX, 1, random.randrange(800) * 2)
                fcntl.lockf(locked, fcntl.LOCK_UN, 1, random.randrange(800) * 2)
            """, fixture.folder.path("locked"),
        ]
        try locker.run()
        defer {
            for process in [reader, locker] {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
            }
        }
        let create = try fixture.run("create", "vm", "--name", "c2")
        #expect(create.status == 0, "\(create.errors)")
        for _ in 0..<30 {
            #expect(try fixture.output("stats").contains("\(reader.processIdentifier)"))
        }
    }

    private static func create(_ name: String) -> String {
        #"{"command":"create","domain":"vm","xml":"<domaincheckpoint><name>\#(name)</name>"#
            + #"</domaincheckpoint>"}"# + "\n"
    }

    /// A copy of the store with what is in its WAL, read by the command itself.
    private func copy(_ fixture: CommandFixture) throws -> CommandFixture {
        let alone = try CommandFixture()
        for suffix in ["", "-wal", ".head"] {
            let from = fixture.folder.path("store.db" + suffix)
            guard FileManager.default.fileExists(atPath: from) else { continue }
            try FileManager.default.copyItem(
                atPath: from, toPath: alone.folder.path("store.db" + suffix))
        }
        return alone
    }

    /// An answer without what differs between two stores: times, paths and what hashes over them.
    private static func lines(_ output: String) -> [String] {
        output.split(separator: "\n").map { line in
            String(line).replacing(
                /[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+( [+][0-9]{4}|Z)?/, with: "TIME"
            )
            .replacing(/creationTime(>|\":)[0-9]+/, with: "TIME")
        }.filter { !$0.contains(/^[A-Za-z0-9+\/]{43}=$/) }
    }

    @Test("Reads beside a writer that commits, checkpoints and reopens the store succeed")
    func readsBesideAWriter() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let lines = (0..<400).map { Self.create("c\($0)") }.joined()
        try fixture.folder.write(lines, to: "lines")
        // Sessions that end, and so move the WAL into the database and remove it.
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/bin/sh")
        writer.arguments = [
            "-c",
            """
            n=0
            while read -r line; do
                printf '%s\\n' "$line"; n=$((n + 1))
                [ $((n % 20)) = 0 ] && echo end
            done <lines | while :; do
                batch=
                while read -r line && [ "$line" != end ]; do batch="$batch$line
            "; done
                [ -n "$batch" ] || exit 0
                printf '%s' "$batch" | "$m" apply >/dev/null || exit 1
            done
            """,
        ]
        var environment = fixture.environment
        environment["m"] = CommandRun.products.path + "/momentlog"
        environment["PATH"] = "/usr/bin:/bin"
        writer.environment = environment
        writer.currentDirectoryURL = fixture.folder.url
        try writer.run()
        var (reads, last) = (0, 0)
        while reads < 1000, writer.isRunning || reads < 20 {
            let list = try fixture.run("list", "vm", "--name")
            #expect(list.status == 0 || list.status == 75, "\(list.errors)")
            if list.status == 0 {
                let count = list.output.split(separator: "\n").count
                #expect(count >= last, "\(count) after \(last)")
                last = count
            }
            reads += 1
        }
        writer.waitUntilExit()
        #expect(writer.terminationStatus == 0)
        #expect(try fixture.output("list", "vm", "--name").split(separator: "\n").count == 400)
        #expect(try fixture.run("verify").status == 0)
    }
}
