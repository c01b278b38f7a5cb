import Foundation
import Glibc
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// Serialised, since the umask belongs to the process.
@Suite(.serialized)
struct FileModeTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func mode(_ path: String) throws -> Int {
        try #require(
            FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test("A store's files are for their owner only, whatever the umask", arguments: [0, 0o022])
    func modes(mask: Int) async throws {
        let old = umask(mode_t(mask))
        defer { _ = umask(old) }
        let path = folder.file("below/store.db")
        let log = try await SQLiteEventLog.opened(at: path)
        _ = try await log.append(.defining("vm1"))
        #expect(try await log.domains().count == 1)
        let names = ["store.db", "store.db-shm", "store.db-wal", "store.db.head"]
        let below = folder.file("below")
        #expect(try FileManager.default.contentsOfDirectory(atPath: below).sorted() == names)
        for name in names {
            #expect(try mode(below + "/" + name) == 0o600, "\(name)")
        }
        #expect(try mode(below) == 0o700)
        await log.close()
        #expect(try mode(path) == 0o600)
        #expect(try mode(path + ".head") == 0o600)
    }

    @Test("A head file that is created again is readable by its owner only")
    func newHead() async throws {
        let old = umask(0)
        defer { _ = umask(old) }
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        try FileManager.default.removeItem(atPath: folder.store + ".head")
        _ = try await log.append(.defining("vm2"))
        #expect(try mode(folder.store + ".head") == 0o600)
        await log.close()
    }
}
