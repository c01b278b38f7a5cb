import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

@testable import MomentlogCLI

/// How `qemu-img` is run: with limits, and never longer than momentlog itself.
struct QemuImgRunTests {
    private let fixture: CommandFixture

    init() throws {
        fixture = try CommandFixture()
        try fixture.chain("c1")
    }

    private func reconcile(_ fake: FakeQemuImg, _ image: String) throws -> CommandRun {
        try fixture.run(
            "reconcile", "vm", "--image", "vda=\(image)", "--format", "json",
            environment: fake.environment(fixture.environment))
    }

    /// Whether a process runs: one that nobody has waited for does not.
    private static func runs(_ pid: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
            return false
        }
        return status.split(separator: ")").last?.hasPrefix(" Z") != true
    }

    @Test(
        "A qemu-img that writes more than pipes hold to either output does not wait for ever",
        arguments: ["noise >&2; noise; report", "noise; noise >&2; report", "report; noise >&2"])
    func noise(script: String) throws {
        let fake = try FakeQemuImg(
            """
            noise() { head -c 1048576 /dev/zero | tr '\\0' ' '; }
            report() { echo '\(FakeQemuImg.report("a"))'; }
            \(script)
            """)
        let run = try reconcile(fake, "a")
        #expect(try ReconcileCorpusTests.verdicts(run) == ["c1 vda missing", "c1 vdb unknown"])
    }

    @Test("An output without an end is cut off, and refused")
    func endless() throws {
        let fake = try FakeQemuImg("exec cat /dev/zero")
        let run = try reconcile(fake, "a")
        #expect(run.status == 1)
        #expect(run.errors.contains("more than the 64 MiB"), "\(run.errors)")
    }

    @Test("The message of a failing qemu-img is quoted, and a signal is reported")
    func failure() throws {
        let noise = "head -c 1048576 /dev/zero | tr '\\0' ' ' >&2; exit 1"
        let failed = try reconcile(FakeQemuImg("echo 'qemu-img: no luck' >&2; \(noise)"), "a")
        #expect(failed.status == 1 && failed.errors.contains("a: no luck"), "\(failed.errors)")
        let killed = try reconcile(FakeQemuImg("kill -9 $$"), "a")
        #expect(killed.status == 1)
        #expect(killed.errors.contains("a: qemu-img was ended by signal 9"), "\(killed.errors)")
        let silent = try reconcile(FakeQemuImg("exit 3"), "a")
        #expect(silent.errors.contains("a: qemu-img ended with status 3"), "\(silent.errors)")
    }

    @Test("Without a qemu-img the error says what to install")
    func missing() throws {
        let run = try fixture.run(
            "reconcile", "vm", "--image", "vda=a",
            environment: fixture.environment.merging(["PATH": "/nonexistent"]) { $1 })
        #expect(run.status == 1)
        #expect(run.errors.contains("there is no qemu-img"), "\(run.errors)")
        #expect(run.errors.contains("install qemu-utils"), "\(run.errors)")
    }

    @Test(
        "A qemu-img that does not end is killed at the deadline, with what it started",
        arguments: [
            "sleep 1000 & echo $! >> $here/pids; wait",
            // Its outputs end long before it does.
            "exec >&- 2>&-; echo $$ >> $here/pids; exec sleep 1000",
            "trap '' TERM INT HUP; echo $$ >> $here/pids; while :; do sleep 1; done",
        ])
    func deadline(script: String) throws {
        let fake = try FakeQemuImg(script)
        let qemuImg = QemuImg(program: fake.path, timeout: .milliseconds(500))
        let start = ContinuousClock.now
        let error = #expect(throws: MomentlogError.self) {
            try qemuImg.info("/slow/disk.qcow2", format: nil)
        }
        #expect(start.duration(to: .now) < .seconds(15))
        #expect(error?.code == .unreadableFile)
        #expect(error?.message == "/slow/disk.qcow2: qemu-img did not finish in 500 ms")
        for pid in try #require(fake.lines("pids")).compactMap({ pid_t($0) }) {
            #expect(eventually { !Self.runs(pid) })
        }
    }

    @Test("A process that keeps the outputs open after qemu-img does not delay the answer")
    func lingering() throws {
        let fake = try FakeQemuImg(
            "sleep 1000 & echo $! > $here/pid; echo '\(FakeQemuImg.report("a"))'")
        defer {
            if let pid = fake.lines("pid")?.first.flatMap({ pid_t($0) }) { kill(pid, SIGKILL) }
        }
        let start = ContinuousClock.now
        let seen = try QemuImg(program: fake.path).info("a", format: nil)
        #expect(seen.chain.top.path == "a")
        #expect(start.duration(to: .now) < .seconds(15))
    }

    @Test("qemu-img ends with momentlog, however that ends", arguments: [SIGKILL, SIGTERM, SIGINT])
    func ending(signal: Int32) throws {
        let fake = try FakeQemuImg("echo $$ > $here/pid; exec sleep 1000")
        let process = Process()
        process.executableURL = CommandRun.products.appending(path: "momentlog")
        process.arguments = ["reconcile", "vm", "--image", "vda=a"]
        process.environment = fake.environment(fixture.environment)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        #expect(eventually { fake.lines("pid") != nil })
        let pid = try #require(fake.lines("pid")?.first.flatMap { pid_t($0) })
        #expect(Self.runs(pid))
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        #expect(eventually { !Self.runs(pid) })
    }

    @Test("A cancelled task does not wait for qemu-img")
    func cancellation() async throws {
        let fake = try FakeQemuImg("echo $$ > $here/pid; exec sleep 1000")
        let task = Task { [path = fake.path] in
            do throws(MomentlogError) {
                // Where many tests block the threads of tasks, this one may wait for its turn.
                _ = try QemuImg(program: path, timeout: .seconds(600)).info("a", format: nil)
                return "it was read"
            } catch {
                return error.message
            }
        }
        // Its thread may have to be this one.
        let deadline = ContinuousClock.now + .seconds(300)
        while fake.lines("pid") == nil, ContinuousClock.now < deadline { await Task.yield() }
        task.cancel()
        #expect(await task.value == "a: qemu-img was interrupted")
        let pid = try #require(fake.lines("pid")?.first.flatMap { pid_t($0) })
        #expect(eventually { !Self.runs(pid) })
    }

    @Test("It starts with clear signal settings and nothing but its three descriptors")
    func inheritance() throws {
        let fake = try FakeQemuImg(
            """
            grep -E '^Sig(Blk|Ign)' /proc/self/status > $here/signals
            ls /proc/$$/fd > $here/descriptors
            readlink /proc/$$/fd/0 > $here/input
            echo '\(FakeQemuImg.report("a"))'
            """)
        let run = try reconcile(fake, "a")
        #expect(run.errors.isEmpty, "\(run.errors)")
        // Signal 32 is the C library's own.
        let masks = fake.lines("signals")?.compactMap { line in
            line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
        }
        #expect(masks?.map { $0 & 0x7fff_ffff } == [0, 0])
        // The shell has the script itself open at 10 or above.
        #expect(fake.lines("descriptors")?.filter { $0.count == 1 }.sorted() == ["0", "1", "2"])
        #expect(fake.lines("input") == ["/dev/null"])
    }
}
