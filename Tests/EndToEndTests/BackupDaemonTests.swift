import Foundation
import Synchronization
import TestSupport
import Testing

/// The example of a backup daemon.
struct BackupDaemonTests {
    private static let nights = 9

    @Test("The daemon records each night of 50 guests once, prunes, and does nothing twice")
    func run() throws {
        let fixture = try CommandFixture()
        let path = fixture.folder.path("store.db")
        let first = try CommandRun.run("BackupDaemon", [path, "\(Self.nights)"])
        #expect(first.status == 0, "\(first.errors)")
        #expect(
            first.output
                == "50 guests: 450 recorded, 0 known already, 100 pruned, 0 findings\n")
        let again = try CommandRun.run("BackupDaemon", [path, "\(Self.nights)"])
        #expect(
            again.output
                == "50 guests: 0 recorded, 450 known already, 0 pruned, 0 findings\n")
        let chain = (4...9).map { " night\($0)<-night\($0 - 1)" }.joined()
        #expect(try fixture.graph("guest50") == "night3\(chain)*")
        #expect(
            try fixture.events("guest7").count { $0["event"] as? String == "checkpointCreated" }
                == Self.nights)
    }

    @Test("The daemon opens its store again when its files are disturbed, and loses nothing")
    func disturbed() async throws {
        let fixture = try CommandFixture()
        let path = fixture.folder.path("store.db")
        let hasEnded = Mutex(false)
        let run = Task.detached {
            defer { hasEnded.withLock { $0 = true } }
            return try CommandRun.run("BackupDaemon", [path, "\(Self.nights)"])
        }
        // Once the daemon works, its write-ahead log goes.
        while !FileManager.default.fileExists(atPath: path + "-wal"),
            !hasEnded.withLock({ $0 })
        {
            await Task.yield()
        }
        unlink(path + "-wal")
        let result = try await run.value
        #expect(result.status == 0, "\(result.output) \(result.errors)")
        #expect(result.output.contains("\n50 guests: ") || result.output.hasPrefix("50 guests: "))
        for guest in ["guest1", "guest50"] {
            let created = try fixture.events(guest).count {
                $0["event"] as? String == "checkpointCreated"
            }
            #expect(created == Self.nights)
        }
        _ = try fixture.output("verify")
    }
}
