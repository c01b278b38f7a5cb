import Foundation
import Glibc
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// Stores whose files others can read.
struct ReadableStoreTests {
    @Test(
        "A database that its group or others can read is a warning with its name and mode",
        arguments: [
            (0o600, false), (0o700, false), (0o611, false), (0o640, true), (0o604, true),
            (0o644, true), (0o666, true), (0o622, false),
        ], [Verification.Depth.log, .everything])
    func database(mode: (bits: mode_t, isReadable: Bool), depth: Verification.Depth) async throws {
        let store = try await CheckedStore()
        try #require(chmod(store.folder.store, mode.bits) == 0)
        let found = try await SQLiteEventLog.check(path: store.folder.store, depth: depth)
        #expect(found.faults.map(\.kind) == (mode.isReadable ? [.readableByOthers] : []))
        #expect(!found.isDamaged)
        guard let fault = found.faults.first else { return }
        #expect(fault.severity == .warning && fault.remedies == [])
        #expect(fault.message.contains("store.db has mode 0\(String(mode.bits, radix: 8)),"))
    }

    @Test("A WAL that others can read is a warning, but a head file is not")
    func writeAheadLog() async throws {
        let store = try await CheckedStore()
        let log = try await SQLiteEventLog.opened(at: store.folder.store)
        _ = try await log.append(.defining("more"))
        try #require(chmod(store.folder.store + "-wal", 0o644) == 0)
        try #require(chmod(store.folder.store + ".head", 0o644) == 0)
        let found = try await store.check()
        #expect(found.faults.map(\.kind) == [.readableByOthers])
        #expect(found.faults.first?.message.contains("store.db-wal has mode 0644") == true)
        await log.close()
    }
}
