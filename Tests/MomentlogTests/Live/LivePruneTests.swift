import EventLog
import Libvirt
import Momentlog
import Moments
import TestSupport
import Testing

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

    private func names() async throws -> [String] {
        try await fixture.store.graph(of: "vm").names() ?? []
    }

    private var there: [String] {
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
        #expect(report.failure?.checkpoint == failed)
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

    @Test("A checkpoint that libvirt does not have is removed from the record alone")
    func missing() async throws {
        host.change { $0.guests[0].documents.removeAll { $0.checkpoint == "c2" } }
        let report = try await prune()
        #expect(report.missing == ["c2"])
        #expect(deletions == [.delete("c3"), .delete("c1")])
        #expect(try await names() == ["c4"])
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
        host.change { $0.guests = [] }
        let unlisted = await #expect(throws: MomentlogError.self) { try await prune() }
        #expect(unlisted?.code == .noDomain)
        #expect(deletions.isEmpty)
        #expect(try await names().count == 4)
    }
}
