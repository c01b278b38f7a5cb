import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// What is refused leaves nothing behind, not even a number.
struct RefusedAppendTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A log of two domains, vm1 at revision 3 and vm2, which is undefined.
    private func sample() async throws -> (SQLiteEventLog, vm1: CommitReceipt) {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let one = try await log.append(.defining("vm1", uuid: sampleUUID(1)))
        let two = try await log.append(.defining("vm2", uuid: sampleUUID(2)))
        _ = try await log.append(.appending([.domainUndefined], after: two, named: "vm2"))
        let last = try await log.append(
            .appending(Event.creating("c1"), after: one, named: "vm1"))
        return (log, last)
    }

    private func expectRefused(
        _ code: MomentlogError.Code, sourceLocation: SourceLocation = #_sourceLocation,
        _ commit: (CommitReceipt) -> PendingCommit
    ) async throws {
        let (log, vm1) = try await sample()
        let before = try await log.state()
        try await expectRefusal(code, sourceLocation: sourceLocation) {
            _ = try await log.append(commit(vm1))
        }
        #expect(try await log.state() == before, sourceLocation: sourceLocation)
        // The log is as usable as before.
        let next = try await log.append(
            .appending(Event.creating("next"), after: vm1, named: "vm1"))
        #expect(next.commit == 5, sourceLocation: sourceLocation)
        #expect(next.sequences == 6...7, sourceLocation: sourceLocation)
        await log.close()
    }

    @Test("Another revision than the domain's is a conflict", arguments: [-1, 0, 1, 2, 4, 100])
    func revisionConflict(revision: Int) async throws {
        try await expectRefused(.revisionConflict) { vm1 in
            .appending(
                Event.creating("c2"), to: vm1.domain, named: "vm1", revision: revision)
        }
    }

    @Test("The second of two commits decided on one revision is a conflict")
    func lostRace() async throws {
        let (log, vm1) = try await sample()
        let other = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await other.append(.appending(Event.creating("c2"), after: vm1, named: "vm1"))
        try await expectRefusal(.revisionConflict) {
            _ = try await log.append(.appending(Event.creating("c3"), after: vm1, named: "vm1"))
        }
        #expect(try await log.replay(vm1.domain).graph.checkpoint(named: "c3") == nil)
        await other.close()
        await log.close()
    }

    @Test(
        "A new domain whose name or UUID is taken is refused",
        arguments: [
            ("vm1", nil), ("vm1", 9), ("vm9", 1),
            // The identity of a domain that was undefined stays taken.
            ("vm9", 2), ("vm2", 2),
        ] as [(String, Int?)])
    func takenIdentity(name: String, uuid: Int?) async throws {
        try await expectRefused(.exists) { _ in
            .defining(name, uuid: uuid.flatMap { sampleUUID($0) })
        }
    }

    @Test("The name of a domain that was undefined is free")
    func freedName() async throws {
        let (log, _) = try await sample()
        _ = try await log.append(.defining("vm2", uuid: sampleUUID(3)))
        #expect(try await log.domains().filter(\.isLive).map(\.name) == ["vm1", "vm2"])
        #expect(try await log.domains().map(\.name) == ["vm1", "vm2", "vm2"])
        await log.close()
    }

    @Test("Renaming to a name that is taken is refused")
    func takenNewName() async throws {
        let (log, vm1) = try await sample()
        _ = try await log.append(.defining("vm3"))
        let before = try await log.state()
        try await expectRefusal(.exists) {
            _ = try await log.append(
                .appending([.domainRenamed(to: "vm3")], after: vm1, named: "vm1"))
        }
        #expect(try await log.state() == before)
        await log.close()
    }

    @Test("A domain that the log does not know is refused")
    func foreignDomain() async throws {
        try await expectRefused(.noDomain) { vm1 in
            .appending(
                Event.creating("c2"),
                to: DomainEntry.ID(
                    number: vm1.domain.number + 1000, store: vm1.domain.store),
                named: "vm1", revision: 0)
        }
    }

    @Test("A commit whose last event is refused leaves none of the others")
    func refusalOfTheLastEvent() async throws {
        let absent = digest(of: [1, 2, 3])
        try await expectRefused(.corrupt) { vm1 in
            .appending(
                [
                    .checkpointCreated(
                        Checkpoint(
                            name: "c2", parent: "c1", creationTime: 1,
                            disks: [Disk(name: "vda", bitmap: "c2")],
                            definition: digest(of: [4]))),
                    .domainRenamed(to: "vm9"), .currentSet("c2"),
                    .checkpointCreated(
                        Checkpoint(
                            name: "c3", parent: "c2", creationTime: 2, definition: absent)),
                ], after: vm1, named: "vm1", definitions: [Definition([4])])
        }
    }

    @Test("A new domain whose later event is refused does not come into being")
    func refusalInANewDomain() async throws {
        try await expectRefused(.corrupt) { _ in
            var commit = PendingCommit.defining("vm3", uuid: sampleUUID(3), definition: [9])
            commit.entries.append(
                PendingCommit.Entry(
                    .domainDefined(
                        name: "vm3", uuid: sampleUUID(3), definition: digest(of: [8])),
                    origin: .library))
            return commit
        }
    }
}
