import EventLog
import Libvirt
import Moments
import TestSupport
import Testing

@testable import Momentlog

struct LivePruneTests {
    private let fixture: StoreFixture
    private let host: ScriptedHost
    private let submission = Submission(actor: "tester")

    init() async throws {
        fixture = try await StoreFixture()
        host = ScriptedHost([
            try ScriptedHost.Guest("vm", "c1@5 c2@6<-c1 c3@7<-c2 c4@8<-c3")
        ])
        _ = try await fixture.store.pull(from: host, by: submission)
        try await fixture.store.setCurrent("c4", in: "vm", by: submission)
    }

    private func prune(
        last: Int = 1, isDryRun: Bool = false, revision: Int? = nil
    ) async throws -> LivePruning {
        var retention = Retention()
        retention.last = last
        var submission = submission
        submission.expectedRevision = revision
        return try await fixture.store.prune(
            "vm", keeping: retention, zone: .utc, at: host, isDryRun: isDryRun, by: submission)
    }

    private func names() async throws -> [CheckpointName] {
        try await fixture.store.graph(of: "vm").names() ?? []
    }

    private var there: [CheckpointName] {
        get async throws {
            let uuid = try #require(DomainUUID(String(repeating: "a", count: 32)))
            return try await host.checkpoints(of: uuid)
        }
    }

    private var deletions: [ScriptedHost.Call] { host.calls.filter(\.isWrite) }

    @Test("What the rules remove is deleted in libvirt, leaves first, and then recorded at once")
    func all() async throws {
        let commits = try await fixture.store.position(at: .now).commit
        let report = try await prune()
        #expect(report.deleted == ["c3", "c2", "c1"])
        #expect(report.failure == nil && report.remaining.isEmpty)
        #expect(deletions == [.delete("c3"), .delete("c2"), .delete("c1")])
        #expect(try await names() == ["c4"])
        #expect(try await there == ["c4"])
        #expect(try await fixture.store.position(at: .now).commit == commits + 1)
        #expect(try await prune().deleted.isEmpty)
    }

    @Test("A dry run deletes nothing")
    func dryRun() async throws {
        let report = try await prune(isDryRun: true)
        #expect(report.deleted == ["c3", "c2", "c1"])
        #expect(deletions.isEmpty)
        #expect(try await names().count == 4)
    }

    @Test(
        "Where a deletion fails, exactly what was deleted is recorded",
        arguments: [55, 1, 38, -1] as [Int32], [0, 1, 2])
    func failing(code: Int32, after count: Int) async throws {
        let isLost = code == 38 || code == -1
        host.follow { content, call, _ in
            let done = content.calls.filter { if case .delete = $0 { true } else { false } }.count
            if case .delete = call, done > count { return LibvirtFailure(code, "no") }
            return isLost && done > count ? LibvirtFailure(code, "no") : nil
        }
        let report = try await prune()
        let failed = ["c3", "c2", "c1"][count]
        #expect(report.deleted == Array(["c3", "c2", "c1"].prefix(count)))
        #expect(report.failure?.checkpoint.text == failed)
        #expect(report.failure?.isUnknown == isLost)
        host.follow { _, _, _ in nil }
        #expect(try await names() == there)
        #expect(report.remaining.count == 3 - count)
    }

    @Test("A deletion that is answered badly and done all the same is recorded")
    func doneAllTheSame() async throws {
        host.follow { content, call, _ in
            guard case .delete(let name) = call else { return nil }
            content.guests[0].documents.removeAll { $0.checkpoint == name }
            return LibvirtFailure(55, "no")
        }
        #expect(try await prune().failure == nil)
        #expect(try await names() == ["c4"])
    }

    @Test("If libvirt does not have a checkpoint that would be removed, nothing is deleted")
    func missing() async throws {
        host.change { $0.guests[0].documents.removeAll { $0.checkpoint == "c2" } }
        let error = await #expect(throws: MomentlogError.self) { try await prune() }
        #expect(error?.code == .conflict)
        #expect(error?.message.contains("does not have checkpoint 'c2'") == true)
        #expect(deletions.isEmpty)
        #expect(try await names().count == 4)
    }

    @Test("A checkpoint that another one has replaced since it was observed is not deleted")
    func replacedMeanwhile() async throws {
        let other = try ScriptedHost.Guest("vm", "c1@55 c2@66<-c1 c3@7<-c2 c4@8<-c3")
        host.follow { content, call, _ in
            guard call == .delete("c3") else { return nil }
            content.guests[0].documents = other.documents
            return nil
        }
        let report = try await prune()
        #expect(report.deleted == ["c3"])
        #expect(report.failure?.checkpoint == "c2")
        #expect(report.failure?.message.contains("another checkpoint") == true)
        #expect(deletions == [.delete("c3")])
        #expect(try await names() == ["c1", "c2", "c4"])
    }

    @Test("A checkpoint that became current meanwhile is recorded as deleted all the same")
    func currentMeanwhile() async throws {
        let (store, submission) = (fixture.store, submission)
        let log = ActingLog(store.log) {
            _ = try await store.setCurrent("c1", in: "vm", by: submission)
        }
        var retention = Retention()
        retention.last = 1
        let report = try await CheckpointStore(log: log).prune(
            "vm", keeping: retention, zone: .utc, at: host, by: submission)
        #expect(report.deleted == ["c3", "c2", "c1"])
        #expect(try await names() == ["c4"])
        #expect(try await there == ["c4"])
    }

    @Test("If the store cannot be written to, nothing is deleted in libvirt")
    func unwritable() async throws {
        let log = ActingLog(fixture.store.log) {
            throw MomentlogError(.busy, "another process holds the store")
        }
        let error = await #expect(throws: MomentlogError.self) {
            var retention = Retention()
            retention.last = 1
            _ = try await CheckpointStore(log: log).prune(
                "vm", keeping: retention, zone: .utc, at: host, by: submission)
        }
        #expect(error?.code == .busy)
        #expect(deletions.isEmpty)
    }

    @Test("Another checkpoint of a name is not deleted, and nothing is")
    func conflict() async throws {
        let other = try ScriptedHost.Guest("vm", "c1@5 c2@66<-c1 c3@7<-c2 c4@8<-c3")
        host.change { $0.guests[0].documents = other.documents }
        let error = await #expect(throws: MomentlogError.self) { try await prune() }
        #expect(error?.code == .conflict)
        #expect(deletions.isEmpty)
        #expect(try await names().count == 4)
    }

    @Test("What is refused before anything is deleted deletes nothing")
    func refused() async throws {
        let stale = await #expect(throws: MomentlogError.self) { try await prune(revision: 1) }
        #expect(stale?.code == .revisionConflict)
        var retention = Retention()
        retention.last = 1
        var keyed = submission
        keyed.request = "r1"
        let repeatable = await #expect(throws: MomentlogError.self) {
            try await fixture.store.prune(
                "vm", keeping: retention, zone: .utc, at: host, by: keyed)
        }
        #expect(repeatable?.code == .usage)
        host.change { $0.guests = [] }
        let unlisted = await #expect(throws: MomentlogError.self) { try await prune() }
        #expect(unlisted?.code == .noDomain)
        #expect(deletions.isEmpty)
        #expect(try await names().count == 4)
    }
}

/// A log beside which something happens, or that fails, when an observation is stored.
private final class ActingLog: ForwardingLog {
    let log: any EventLog
    private let act: @Sendable () async throws -> Void

    init(_ log: any EventLog, _ act: @escaping @Sendable () async throws -> Void) {
        self.log = log
        self.act = act
    }

    func store(_ observations: [DomainUUID: DomainObservation]) async throws(MomentlogError) {
        do {
            try await act()
        } catch let error as MomentlogError {
            throw error
        } catch {
            throw MomentlogError(.storage, "the action failed: \(error)")
        }
        try await log.store(observations)
    }
}
