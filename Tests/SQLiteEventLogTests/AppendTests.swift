import Foundation
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct AppendTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A store is empty until its first append, which makes it")
    func firstAppendCreates() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await log.domains().isEmpty)
        #expect(try await log.lines().isEmpty)
        #expect(try folder.names().isEmpty)
        _ = try await log.append(.defining("vm1"))
        #expect(try await log.domains().map(\.name) == ["vm1"])
        #expect(try await log.statistic("events") == .number(1))
        await log.close()
    }

    @Test(
        "A path may contain spaces, other scripts, and missing folders",
        arguments: ["my store.db", "Prüfung/שלום/💾 'a\"b?#%20.db", "a/b/c/store"])
    func oddPaths(name: String) async throws {
        let path = folder.file(name)
        let log = try await SQLiteEventLog.opened(at: path)
        _ = try await log.append(.defining("vm1"))
        await log.close()
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(FileManager.default.fileExists(atPath: path + ".head"))
        let again = try await SQLiteEventLog.opened(at: path)
        #expect(try await again.domains().map(\.name) == ["vm1"])
        await again.close()
    }

    @Test("A commit's events are read back in order, unchanged")
    func eventsComeBack() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let definition = Array("<domain/>".utf8)
        let first = try await log.append(
            .defining("vm1", uuid: sampleUUID(1), definition: definition))
        let events: [Event] =
            Event.creating("c1") + Event.creating("c2", parent: "c1") + [
                .checkpointRedefined(
                    Checkpoint(
                        name: "c2", description: "d", parent: "c1", creationTime: 5,
                        disks: [Disk(name: "vda", bitmap: "c2"), Disk(name: "vdb", mode: .no)],
                        definition: digest(of: definition)), claimsCurrent: true),
                .checkpointDeleted("c1"), .checkpointDeleted("c2"), .currentSet(nil),
                .domainRenamed(to: "vm2"), .domainUndefined,
            ]
        let receipt = try await log.append(.appending(events, after: first, named: "vm1"))
        #expect(receipt.commit == 2)
        #expect(receipt.sequences == 2...11)
        #expect(receipt.revision == 11)
        #expect(receipt.domain == first.domain)
        let recorded = try await log.events().dropFirst()
        #expect(recorded.map(\.event) == events)
        #expect(recorded.map(\.sequence) == Array(2...11))
        #expect(recorded.map(\.revision) == Array(2...11))
        #expect(recorded.allSatisfy { $0.commit == 2 && $0.time == sampleTime })
        #expect(recorded.allSatisfy { $0.provenance.reason == "nightly" && $0.origin == .library })
        #expect(recorded.map(\.domain) == Array(repeating: "vm1", count: 9) + ["vm2"])
        await log.close()
    }

    @Test("Replay gives what applying the events gives")
    func replayGivesTheDomain() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let definition = Array("<domain type='kvm'/>".utf8)
        let events: [Event] = [
            .checkpointCreated(
                Checkpoint(
                    name: "c1", description: "tab\tand\nfeed 💾", creationTime: -3,
                    disks: [
                        Disk(name: "vda", bitmap: "c1"), Disk(name: "vdb", bitmap: "other"),
                        Disk(name: "vdc", mode: .no), Disk(name: "vdd"),
                    ], definition: digest(of: definition))),
            .currentSet("c1"),
            .checkpointRedefined(
                Checkpoint(
                    name: "c2", parent: "c1", creationTime: CreationTime(seconds: .max),
                    disks: [Disk(name: "vda", bitmap: "c2")]), claimsCurrent: true),
            .checkpointRedefined(
                Checkpoint(name: "c3", parent: "gone", creationTime: CreationTime(seconds: .min)),
                claimsCurrent: false),
            .domainRenamed(to: "vm2"),
        ]
        let defining = PendingCommit.defining("vm1", uuid: sampleUUID(7), definition: definition)
        let first = try await log.append(defining)
        _ = try await log.append(.appending(events, after: first, named: "vm1"))
        var expected = Domain(name: "vm1")
        for event in defining.entries.map(\.event) + events { try expected.apply(event) }
        let domain = try await log.replay(first.domain)
        #expect(domain.name == "vm2")
        #expect(domain.uuid == sampleUUID(7))
        #expect(domain.definition == digest(of: definition))
        #expect(domain.isLive)
        #expect(domain.revision == 6)
        #expect(domain.graph == expected.graph)
        #expect(domain.graph.count == 3)
        for name in ["c1", "c2", "c3"] {
            let checkpoint = try #require(domain.graph.checkpoint(named: CheckpointName(name)))
            #expect(checkpoint == expected.graph.checkpoint(named: CheckpointName(name)))
        }
        await log.close()
    }

    @Test("An append without events is refused")
    func emptyCommitIsRefused() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1"))
        let before = try await log.state()
        try await expectRefusal(.usage) {
            _ = try await log.append(.appending([], after: first, named: "vm1"))
        }
        #expect(try await log.state() == before)
        await log.close()
    }
}
