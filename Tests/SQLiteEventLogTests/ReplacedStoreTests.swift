import Foundation
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// A store's file that goes, or is another one, while the store is open.
struct ReplacedStoreTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "A file that is gone or another one is noticed, and neither is written to",
        arguments: [true, false])
    func noticed(isReplaced: Bool) async throws {
        let other = try await SQLiteEventLog.opened(at: folder.file("other.db"))
        _ = try await other.append(.defining("other"))
        await other.close()
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let receipt = try await log.append(.defining("vm1"))
        _ = try await log.domains()
        try FileManager.default.removeItem(atPath: folder.store)
        if isReplaced {
            try FileManager.default.copyItem(
                atPath: folder.file("other.db"), toPath: folder.store)
        }
        let word = isReplaced ? "another file was put at" : "is gone"
        for attempt in [
            { _ = try await log.domains() }, { _ = try await log.size() },
            {
                _ = try await log.append(
                    .appending([.currentSet(nil)], after: receipt, named: "vm1"))
            },
            { _ = try await log.append(.turning(.stripSecrets, to: true)) },
        ] as [() async throws -> Void] {
            do {
                try await attempt()
                Issue.record("nothing was noticed")
            } catch let error as MomentlogError {
                #expect(error.code == .storage)
                #expect(error.message.contains(word), "\(error)")
            }
        }
        await log.close()
        if isReplaced {
            #expect(
                try bytes(of: folder.store) == (try bytes(of: folder.file("other.db"))))
        } else {
            #expect(!FileManager.default.fileExists(atPath: folder.store))
        }
    }
}
