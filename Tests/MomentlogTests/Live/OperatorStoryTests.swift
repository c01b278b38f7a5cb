import EventLog
import Momentlog
import Moments
import TestSupport
import Testing

/// An operator's day beside a libvirt.
struct OperatorStoryTests {
    @Test("What a tool deleted in libvirt and in the record is reverted, named, and pushed back")
    func story() async throws {
        let fixture = try await StoreFixture()
        let nightly = "c1@5 c2@6<-c1 c3@7<-c2"
        let host = ScriptedHost([try ScriptedHost.Guest("vm", nightly)])
        let store = fixture.store
        let submission = Submission(actor: "operator")
        _ = try await store.pull(from: host, by: submission)
        let before = try await store.position(at: .now).sequence
        let documents = try await store.graph(of: "vm").list()?.map(\.checkpoint)

        // The tool knows neither.
        host.change { $0.guests[0].documents = [] }
        try await store.delete(
            "c1", including: .children, from: "vm", by: Submission(actor: "cleaner"))
        #expect(try await store.status().map(\.checkpointCount) == [0])

        try await store.revert("vm", to: .sequence(before), by: submission)
        let lost = try await store.compare(["vm"], at: host).drift
        #expect(lost.map(\.kind) == [.lost, .lost, .lost])
        #expect(lost.map(\.checkpoint) == ["c1", "c2", "c3"])
        #expect(lost.allSatisfy { $0.remedies.first?.action.name == .push })

        let report = try await store.push("vm", to: host)
        #expect(report.checkpoints.map(\.result) == [.pushed, .pushed, .pushed])
        #expect(try await store.compare(["vm"], at: host).drift == [])
        #expect(try await store.graph(of: "vm").list()?.map(\.checkpoint) == documents)

        // The next night's checkpoint is below the last one again.
        let next = try ScriptedHost.Guest("vm", nightly + " c4@8<-c3")
        host.change { $0.guests[0].documents += next.documents.suffix(1) }
        _ = try await store.pull(from: host, by: submission)
        #expect(try await store.graph(of: "vm").current == "c4")
        #expect(try await store.findings() == [])
    }
}
