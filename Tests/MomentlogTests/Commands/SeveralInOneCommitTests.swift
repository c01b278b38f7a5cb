import Moments
import TestSupport
import Testing

@testable import Momentlog

/// Commands that do in one commit what took several.
struct SeveralInOneCommitTests {
    private static let by = StoreFixture.submission

    /// A store with `vm1` and the chain c1 to c5.
    private func prepared() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        for index in 1...5 { try await fixture.create("c\(index)") }
        return fixture
    }

    @Test(
        "Several checkpoints are deleted in one commit, leaves first, and the nearest ancestor that stays becomes current"
    )
    func deletions() async throws {
        let fixture = try await prepared()
        let size = try await fixture.eventCount()
        let outcome = try await fixture.store.delete(
            ["c2", "c5", "c4", "c2"], from: "vm1", by: Self.by)
        #expect(
            try await fixture.lines(after: size).map(\.label) == [
                "checkpointDeleted c5", "checkpointDeleted c4", "checkpointDeleted c2",
                "currentSet c3",
            ])
        #expect(outcome.commit == 7 && outcome.sequences == size + 1...size + 4)
        #expect(outcome.checkpoint == nil)
        #expect(try await fixture.store.graph(of: "vm1").sketch == "c1 c3<-c1 *c3")
    }

    @Test("If one of several checkpoints does not exist, none is deleted")
    func unknownDeletion() async throws {
        let fixture = try await prepared()
        let size = try await fixture.eventCount()
        await #expect {
            try await fixture.store.delete(["c5", "no"], from: "vm1", by: Self.by)
        } throws: { ($0 as? MomentlogError)?.code == .noCheckpoint }
        #expect(try await fixture.eventCount() == size)
        #expect(try await fixture.store.delete([], from: "vm1", by: Self.by).commit == nil)
    }

    @Test("A checkpoint is recorded and another becomes current in one commit")
    func recordAndSetCurrent() async throws {
        let fixture = try await prepared()
        let size = try await fixture.eventCount()
        let document = SourceDocument(
            CheckpointText.document("new", parent: "c5", time: 4_000_000_000))
        let outcome = try await fixture.store.record(
            [document], in: "vm1", makingCurrent: "c2", by: Self.by)
        #expect(
            try await fixture.lines(after: size).map(\.label) == [
                "checkpointCreated new", "currentSet c2",
            ])
        #expect(outcome.commit == 7)
        // The same again appends nothing; another current one is one event.
        let again = try await fixture.store.record(
            [document], in: "vm1", makingCurrent: "c2", by: Self.by)
        #expect(again.commit == nil)
        let moved = try await fixture.store.record(
            [document], in: "vm1", makingCurrent: "new", by: Self.by)
        #expect(moved.sequences == size + 3...size + 3)
        #expect(try await fixture.store.graph(of: "vm1").current == "new")
    }

    @Test("Nothing is recorded if the checkpoint that is to become current does not exist")
    func unknownCurrent() async throws {
        let fixture = try await prepared()
        let size = try await fixture.eventCount()
        await #expect {
            try await fixture.store.record(
                [SourceDocument(CheckpointText.document("new", parent: "c5"))], in: "vm1",
                makingCurrent: "no", by: Self.by)
        } throws: { ($0 as? MomentlogError)?.code == .noCheckpoint }
        #expect(try await fixture.eventCount() == size)
    }
}
