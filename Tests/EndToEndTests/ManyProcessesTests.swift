import Crypto
import Foundation
import Glibc
import TestSupport
import Testing

/// One store, and many processes.
struct ManyProcessesTests {
    private static func create(_ name: String, in domain: String) -> String {
        #"{"command":"create","domain":"\#(domain)","xml":"<domaincheckpoint><name>\#(name)"#
            + #"</name></domaincheckpoint>"}"# + "\n"
    }

    @Test(
        "Eight writing processes lose nothing, and readers and backups see a prefix of the log"
    )
    func eight() async throws {
        let fixture = try CommandFixture()
        for (name, digit) in [("vm0", "a"), ("vm1", "b"), ("vm2", "c")] {
            try fixture.define(name, digit: Character(digit))
        }
        let count = 1_000
        var logs: [String] = []
        try await withThrowingTaskGroup(of: [String].self) { group in
            for process in 0..<8 {
                let lines = (0..<count).map {
                    Self.create("p\(process)-\($0)", in: "vm\($0 % 3)")
                }
                group.addTask {
                    // With the time to wait that everybody has.
                    let run = try fixture.run(["apply"], input: lines.joined())
                    #expect(run.status == 0, "\(run.errors)")
                    #expect(run.output.split(separator: "\n").count == count)
                    return []
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    try (0..<8).map { _ in try fixture.output("log", "--format", "jsonl") }
                }
            }
            group.addTask {
                try (0..<4).map { number in
                    _ = try fixture.output("backup", "kept\(number).db")
                    return try fixture.output(
                        "log", "--format", "jsonl", "--store",
                        fixture.folder.path("kept\(number).db"))
                }
            }
            for try await read in group { logs += read }
        }
        let whole = try fixture.output("log", "--format", "jsonl")
        for log in logs {
            #expect(log.isEmpty || log.hasSuffix("\n"))
            #expect(whole.utf8.starts(with: log.utf8))
        }
        let lines = whole.split(separator: "\n").map { Array($0.utf8) }
        #expect(lines.count == 3 + 8 * count * 2)
        let sequences = try fixture.events().map { $0["sequence"] as? Int }
        #expect(sequences == Array(1...lines.count))
        var names: Set<String> = []
        for domain in ["vm0", "vm1", "vm2"] {
            let list = try #require(try fixture.json("list", domain) as? [[String: Any]])
            names.formUnion(list.compactMap { $0["name"] as? String })
            #expect(list.count { $0["parent"] is NSNull } == 1)
            #expect(list.count { $0["children"] as? Int == 0 } == 1)
        }
        #expect(names.count == 8 * count)
        let head = try String(contentsOfFile: fixture.folder.path("store.db.head"), encoding: .utf8)
            .split(separator: "\n")
        #expect(head[1] == "\(lines.count)")
        #expect(head[2] == Data(Self.root(of: lines)).base64EncodedString())
        // If somebody read when the last writer ended, its log stays until another one ends.
        _ = try fixture.output("compact")
        let kept = (0..<4).flatMap { ["kept\($0).db", "kept\($0).db.head"] }
        #expect(try fixture.folder.contents == kept + ["store.db", "store.db.head"])
    }

    /// RFC 9162, 2.1.1, level by level: pairs from the left, and what is left over goes up.
    private static func root(of lines: [[UInt8]]) -> [UInt8] {
        var level = lines.map { Array(SHA256.hash(data: [0] + $0)) }
        while level.count > 1 {
            level = stride(from: 0, to: level.count, by: 2).map { index in
                index + 1 < level.count
                    ? Array(SHA256.hash(data: [1] + level[index] + level[index + 1]))
                    : level[index]
            }
        }
        return level.first ?? Array(SHA256.hash(data: [UInt8]()))
    }

    @Test("A process that is stopped while it writes is reported to others, and nothing is lost")
    func stopped() throws {
        let fixture = try CommandFixture()
        try fixture.define("vm")
        try fixture.define("other", digit: "b")
        let session = try CommandSession(["apply"], fixture)
        let head = open(fixture.folder.path("store.db"), O_RDWR)
        defer { close(head) }
        /// Whether somebody has the right to write.
        func isHeld() -> Bool {
            guard flock(head, LOCK_EX | LOCK_NB) == 0 else { return true }
            flock(head, LOCK_UN)
            return false
        }
        var sent = 0
        var busy = 0
        // More than it commits at once, so that it goes on behind the first answer.
        let count = 500
        while busy < 3 {
            try #require(sent < 100 * count, "it is never stopped while it writes")
            let lines = (sent..<sent + count).map { Self.create("c\($0)", in: "vm") }
            try session.write(lines.joined())
            var looks = 0
            while !isHeld(), looks < 100_000 { looks += 1 }
            #expect(kill(session.identifier, SIGSTOP) == 0)
            // It works until the last of its threads has got the signal.
            var status = siginfo_t()
            #expect(waitid(P_PID, id_t(session.identifier), &status, WSTOPPED | WNOWAIT) == 0)
            // It may have released it just before.
            if isHeld() {
                let run = try fixture.run(
                    "create", "other", "--name", "x\(sent)", "--busy-timeout", "0.02", "--format",
                    "json")
                #expect(run.status == 75)
                #expect(run.errors.contains("\"code\":\"busy\""), "\(run.errors)")
                busy += 1
                // Who only reads does not wait.
                #expect(try fixture.run("list", "other").status == 0)
            }
            #expect(kill(session.identifier, SIGCONT) == 0)
            for _ in 0..<count { #expect(try session.next()?.contains("\"ok\":true") == true) }
            _ = try fixture.output("create", "other", "--name", "y\(sent)")
            sent += count
        }
        #expect(try session.finish().status == 0)
        #expect((try fixture.json("list", "vm") as? [Any])?.count == sent)
        #expect((try fixture.json("list", "other") as? [Any])?.count == sent / count)
        #expect(try fixture.run("check").status == 0)
    }
}
