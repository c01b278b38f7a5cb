import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// Identifiers of domains, which are of one store.
struct IdentifierContractTests {
    @Test(
        "The identifier of another store's domain is refused for snapshots as well",
        arguments: Engine.allCases)
    func foreign(engine: Engine) async throws {
        let folders = (try TemporaryFolder(), try TemporaryFolder())
        let (log, other) = (
            try await engine.log(in: folders.0), try await engine.log(in: folders.1)
        )
        let foreign = try await other.append(.defining("other")).domain
        let own = try await log.replay(try await log.append(.defining("vm1")).domain)
        await expectForeign { _ = try await log.snapshotRevision(of: foreign) }
        await expectForeign { try await log.keepSnapshot(of: own, foreign) }
        await expectForeign { try await log.removeSnapshots(of: foreign) }
        await log.close()
        await other.close()
    }

    @Test("A domain keeps its identifier when its store is opened again")
    func reopened() async throws {
        let folder = try TemporaryFolder()
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let id = try await log.append(.defining("vm1")).domain
        await log.close()
        let again = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await again.replay(id).name == "vm1")
        #expect(try await again.domains().map(\.id) == [id])
        await again.close()
    }

    private func expectForeign(_ body: () async throws -> Void) async {
        let error = await #expect(throws: MomentlogError.self) { try await body() }
        #expect(error?.code == .usage)
        #expect(error?.message == "the domain's identifier is of another store")
    }
}
