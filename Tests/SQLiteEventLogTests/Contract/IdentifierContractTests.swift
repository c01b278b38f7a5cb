import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// Identifiers of domains, which are of one store.
struct IdentifierContractTests {
    /// Where an identifier comes in.
    enum Use: String, CaseIterable, Sendable {
        case replay, replayOnto, replayThrough, query, append, turn, snapshotRevision,
            keepSnapshot, removeSnapshots

        func run(_ id: DomainEntry.ID, _ log: any EventLog) async throws {
            let commit = PendingCommit.appending(
                Event.creating("c1"), to: id, named: "vm1", revision: 1)
            switch self {
            case .replay: _ = try await log.replay(id)
            case .replayOnto: _ = try await log.replay(id, onto: Domain(name: "vm1"))
            case .replayThrough: _ = try await log.replay(id, through: 1)
            case .query: _ = try await log.linesOf(EventQuery(domain: id))
            case .append: _ = try await log.append(commit)
            case .turn:
                _ = try await log.beginTurn(within: nil)?
                    .append([commit], keeping: [], within: nil)
            case .snapshotRevision: _ = try await log.snapshotRevision(of: id)
            case .keepSnapshot: try await log.keepSnapshot(of: try await log.replay(id), id)
            case .removeSnapshots: try await log.removeSnapshots(of: id)
            }
        }
    }

    @Test(
        "The identifier of another store's domain is refused wherever it comes in",
        arguments: Engine.allCases, Use.allCases)
    func foreign(engine: Engine, use: Use) async throws {
        let folders = (try TemporaryFolder(), try TemporaryFolder())
        let (log, other) = (
            try await engine.log(in: folders.0), try await engine.log(in: folders.1)
        )
        let foreign = try await other.append(.defining("other")).domain
        // Before anything is in the log, and after.
        if use != .append, use != .turn {
            await expectForeign { try await use.run(foreign, log) }
        }
        let own = try await log.append(.defining("vm1")).domain
        #expect(own != foreign)
        let before = try await log.linesOf()
        await expectForeign { try await use.run(foreign, log) }
        #expect(try await log.linesOf() == before)
        // One that was listed by the same store is not, whichever call listed it.
        let listed = try await log.domains(through: 1, bearing: nil).map(\.id)
        #expect(try await log.domains().map(\.id) == [own])
        #expect(listed == [own])
        try await use.run(own, log)
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
