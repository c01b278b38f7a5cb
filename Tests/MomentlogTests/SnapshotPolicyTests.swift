import EventLog
import Foundation
import Moments
import SQLiteEventLog
import TestSupport
import Testing

@testable import Momentlog

/// Snapshots are kept without being asked for, seldom enough and often enough.
struct SnapshotPolicyTests {
    private static let by = Submission(actor: "tester@here")

    private func revisions(_ fixture: StoreFixture) async throws -> Statistic.Value? {
        try await fixture.store.statistics().first { $0.name == "snapshots" }?.value
    }

    @Test("A domain that grows is kept at 1024 events, and then as often as it has doubled")
    func growing() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let counting = CountingLog(fixture.store.log)
        let store = CheckpointStore(log: counting)
        var kept: [Int] = []
        for batch in 0..<40 {
            let instructions = (0..<100).map { number in
                Instruction.create(
                    CheckpointRequest(name: "c\(batch)-\(number)"), in: "vm1", by: Self.by)
            }
            for answer in await store.perform(instructions) { _ = try answer.get() }
            await store.handler.finish()
            kept = counting.snapshots
        }
        // 2 events each: the domain has half as many checkpoints as revisions.
        #expect(kept.count >= 3 && kept.count <= 6, "\(kept)")
        #expect(kept.first.map { $0 >= 1024 && $0 < 1024 + 600 } == true)
        for (last, next) in zip(kept, kept.dropFirst()) {
            #expect(next - last >= max(1024, last / 2))
            #expect(next - last <= max(1024, next / 2) + 600)
        }
        let id = try #require(try await store.domains().first?.id)
        #expect(try await fixture.store.log.snapshotRevision(of: id) == kept.last)
        #expect(
            try await fixture.store.graph(of: "vm1")
                == (try await fixture.store.log.replay(id, onto: Domain(name: "vm1")).graph))
    }

    @Test(
        "An import of many checkpoints keeps one, and a small one keeps none",
        arguments: [10, 1_100])
    func imported(count: Int) async throws {
        let fixture = try await StoreFixture()
        let folder = fixture.folder.url.appending(path: "vm1")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for number in 0..<count {
            let parent = number == 0 ? "" : "<parent><name>c\(number - 1)</name></parent>"
            let document =
                "<domaincheckpoint><name>c\(number)</name>\(parent)"
                + "<creationTime>\(number + 1)</creationTime></domaincheckpoint>"
            try Data(document.utf8).write(to: folder.appending(path: "c\(number).xml"))
        }
        try await fixture.store.importLibraries(
            at: [folder.path], by: StoreFixture.submission)
        let wanted = count > 1_024 ? 1 : 0
        #expect(try await revisions(fixture) == .number(wanted))
        #expect(try await fixture.store.graph(of: "vm1").count == count)
    }

    @Test("A snapshot that cannot be kept fails nothing")
    func failing() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let counting = CountingLog(fixture.store.log)
        counting.refusesSnapshots = true
        let store = CheckpointStore(log: counting)
        for batch in 0..<12 {
            let instructions = (0..<100).map { number in
                Instruction.create(
                    CheckpointRequest(name: "c\(batch)-\(number)"), in: "vm1", by: Self.by)
            }
            for answer in await store.perform(instructions) { _ = try answer.get() }
        }
        await store.handler.finish()
        #expect(try await store.graph(of: "vm1").count == 1_200)
        #expect(counting.snapshots.isEmpty)
    }

    @Test("On request, snapshots of all domains are saved once, or rebuilt")
    func reported() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        var reports = try await fixture.store.keepSnapshots()
        #expect(reports.map(\.isNew) == [true])
        reports = try await fixture.store.keepSnapshots()
        #expect(reports.map(\.isNew) == [false])
        reports = try await fixture.store.keepSnapshots(of: ["vm1"], rebuilding: true)
        #expect(reports.map(\.isNew) == [true])
        #expect(reports.map(\.revision) == [1])
        await #expect(throws: MomentlogError.self) {
            try await fixture.store.keepSnapshots(of: ["no"])
        }
        // Those of a domain that is gone count, too: the past is asked for.
        try await fixture.store.perform(
            .undefine("vm1", deletingCheckpoints: false, by: Self.by))
        reports = try await fixture.store.keepSnapshots()
        #expect(reports.map(\.revision) == [2])
    }
}
