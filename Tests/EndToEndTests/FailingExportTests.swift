import Foundation
import TestSupport
import Testing

/// Exports for which the system runs out of something, or fails.
struct FailingExportTests {
    /// Whether strace(1) is there, and may trace.
    static let canTrace: Bool = {
        let run = try? CommandRun.run("/usr/bin/strace", ["-f", "-o", "/dev/null", "/bin/true"])
        return run?.status == 0
    }()

    private func fixture(domains: Int) throws -> CommandFixture {
        let fixture = try CommandFixture()
        var lines: [String] = []
        for number in 0..<domains {
            let uuid = "00000000-0000-4000-8000-" + String(format: "%012d", number)
            let domain = "<domain><name>vm\(number)</name><uuid>\(uuid)</uuid></domain>"
            for command in [
                ["command": "define", "xml": domain],
                [
                    "command": "redefine", "domain": "vm\(number)",
                    "xml": CheckpointText.document("c1"),
                ],
            ] {
                lines.append(
                    String(
                        decoding: try JSONSerialization.data(withJSONObject: command),
                        as: UTF8.self))
            }
        }
        let run = try fixture.run(["apply"], input: lines.joined(separator: "\n") + "\n")
        try #require(run.status == 0, "\(run.output.prefix(300))")
        return fixture
    }

    private func limited(
        _ count: Int, _ fixture: CommandFixture,
        _ arguments: [String] = ["export", "--all", "--output", "new/out"]
    ) throws -> CommandRun {
        try CommandRun.run(
            "/bin/sh",
            [
                "-c", "ulimit -n \(count) && exec \"$0\" \"$@\"",
                CommandRun.products.path + "/momentlog",
            ] + arguments, environment: fixture.environment, folder: fixture.folder.url)
    }

    @Test("Twenty times as many domains as files may be open are exported, imported and checked.")
    func manyDomains() throws {
        let fixture = try fixture(domains: 1_200)
        let run = try limited(64, fixture)
        #expect(run.status == 0, "\(run.errors)")
        let names = try FileManager.default.contentsOfDirectory(
            atPath: fixture.folder.path("new/out"))
        #expect(names.count == 1_200)
        try FileManager.default.removeItem(atPath: fixture.folder.path("store.db"))
        try FileManager.default.removeItem(atPath: fixture.folder.path("store.db.head"))
        for arguments in [["import", "new/out"], ["check"], ["verify"], ["domains"]] {
            let run = try limited(64, fixture, arguments)
            #expect(run.status == 0, "\(arguments): \(run.errors)")
        }
        #expect(try fixture.output("stats").contains(/domains +1,?200/))
    }

    @Test("An export that may open too few files leaves nothing behind")
    func fewFiles() throws {
        let fixture = try fixture(domains: 3)
        let before = try fixture.folder.contents
        var failures = 0
        for count in 4..<64 {
            let run = try limited(count, fixture)
            if run.status == 0 { break }
            failures += 1
            #expect(
                try fixture.folder.contents.filter { !$0.hasPrefix("store.db") }
                    == before.filter { !$0.hasPrefix("store.db") }, "\(count): \(run.errors)")
        }
        #expect(failures > 3)
        #expect(try fixture.folder.contents.contains("new/out/vm2/c1.xml"))
    }

    @Test(
        "An export with a failing system call leaves no files behind, or names them",
        .enabled(if: canTrace, "strace may not trace"),
        arguments: ["mkdirat", "fsync", "syncfs", "renameat2", "fchmod", "fstat,newfstatat"])
    func failingCall(call: String) throws {
        let fixture = try fixture(domains: 2)
        let before = try fixture.folder.contents
        var outcomes: [Int32: Int] = [:]
        // Of the many files that are examined only those beside the export matter.
        let paths = call.contains("stat") ? ["-P", fixture.folder.path("new")] : []
        for nth in 1..<40 {
            let run = try CommandRun.run(
                "/usr/bin/strace",
                ["-f", "-o", "/dev/null"] + paths + [
                    "-e", "trace=\(call)", "-e", "inject=\(call):error=EIO:when=\(nth)",
                    CommandRun.products.path + "/momentlog", "export", "--all", "--output",
                    "new/out",
                ], environment: fixture.environment, folder: fixture.folder.url)
            outcomes[run.status, default: 0] += 1
            if run.status == 0 { break }
            let now = try fixture.folder.contents
            if run.status == 2 {
                #expect(run.errors.contains("may not be on stable storage"))
                #expect(now.contains("new/out/vm1/c1.xml") && now.contains("new/out/vm0/ORDER"))
            } else {
                // Of several folders one may be there before the next cannot be renamed.
                let isPartial = now.contains("new/out/vm0") && call == "renameat2"
                #expect(run.status == (isPartial ? 3 : 1), "\(run.errors)")
                #expect(!isPartial || run.errors.contains("done: "), "\(run.errors)")
                #expect(isPartial || now == before, "\(call) \(nth): \(run.errors)")
            }
            #expect(!now.contains { $0.contains(".momentlog-export-") }, "\(call) \(nth)")
            try? FileManager.default.removeItem(atPath: fixture.folder.path("new"))
        }
        #expect(outcomes[0] == 1, "\(outcomes)")
        if call == "fsync" { #expect(outcomes[2] == 1 && outcomes[1, default: 0] >= 4) }
        if ["mkdirat", "renameat2", "syncfs"].contains(call) { #expect(outcomes[1] != nil) }
    }
}
