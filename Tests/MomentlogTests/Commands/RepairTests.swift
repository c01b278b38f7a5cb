import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

struct RepairTests {
    /// A store with `vm`: a cycle of three, a lost parent and two currents.
    private func faulty() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        let claim = "<current>1</current>"
        try await fixture.add(
            fixture.library(
                "vm",
                [
                    "a.xml": CheckpointText.document("a", parent: "c", time: 1),
                    "b.xml": CheckpointText.document("b", parent: "a", time: 2, extra: claim),
                    "c.xml": CheckpointText.document(
                        "c", parent: "b", time: 3, extra: CheckpointText.guest("vm")),
                    "d.xml": CheckpointText.document("d", parent: "lost", time: 4, extra: claim),
                ]))
        return fixture
    }

    @Test("A repair is one commit with the findings as its reason, and its plan is the same")
    func commit() async throws {
        let fixture = try await faulty()
        let count = try await fixture.eventCount()
        let plan = try await fixture.store.plan(in: "vm")
        #expect(try await fixture.eventCount() == count)
        #expect(plan.domain.graph.hasErrors)
        let outcome = try await fixture.store.repair(in: "vm", by: StoreFixture.submission)
        let events = try await fixture.lines(after: count)
        #expect(events.map(\.event) == plan.events)
        #expect(
            events.map(\.label) == [
                "checkpointRedefined a", "checkpointRedefined d", "currentSet d",
            ])
        #expect(Set(events.map(\.commit)) == [outcome.commit ?? 0])
        #expect(outcome.revision == plan.domain.revision + 3)
        #expect(
            events[0].provenance.reason
                == "repairs parent-cycle a, c, b; dangling-parent d; multiple-current b, d")
        let graph = try await fixture.store.graph(of: "vm")
        #expect(!graph.hasErrors)
        #expect(graph.current == "d")
        #expect(graph.names(Listing(order: .topological)) == ["a", "b", "c", "d"])
        #expect(try await fixture.store.repair(in: "vm", by: StoreFixture.submission).commit == nil)
        // After a restart, too.
        let reopened = try await fixture.reopened()
        #expect(try await reopened.graph(of: "vm") == graph)
        await reopened.close()
    }

    @Test("The given reason is recorded, and so is the request")
    func reason() async throws {
        let fixture = try await faulty()
        let count = try await fixture.eventCount()
        try await fixture.store.repair(
            Repair(parents: ["d": "c"], current: "c"), in: "vm",
            by: Submission(actor: "me", reason: "as the backup says"))
        let events = try await fixture.lines(after: count)
        #expect(Set(events.map(\.provenance.reason)) == ["as the backup says"])
        let graph = try await fixture.store.graph(of: "vm")
        #expect(graph.checkpoint(named: "d")?.parent == "c")
        #expect(graph.current == "c")
        // The next one goes below it again.
        try await fixture.create("e", in: "vm")
        #expect(try await fixture.store.graph(of: "vm").checkpoint(named: "e")?.parent == "c")
    }

    @Test("A repair that is refused, by name or revision, leaves nothing behind")
    func refused() async throws {
        let fixture = try await faulty()
        let before = try fixture.files
        for (repair, expected, code) in [
            (Repair(parents: ["d": "lost"]), nil, MomentlogError.Code.parentNotFound),
            (Repair(current: "n"), nil, .noCheckpoint), (Repair(), 1, .revisionConflict),
        ] {
            let error = await #expect(throws: MomentlogError.self) {
                try await fixture.store.repair(
                    repair, in: "vm", by: Submission(actor: "me", expectedRevision: expected))
            }
            #expect(error?.code == code)
        }
        let error = await #expect(throws: MomentlogError.self) {
            try await fixture.store.plan(Repair(current: "n"), in: "vm")
        }
        #expect(error?.code == .noCheckpoint)
        #expect(try fixture.files == before)
    }

    @Test("The library that was repaired changes nothing when it is imported again")
    func again() async throws {
        for current in ["b", "c", nil] {
            let fixture = try await faulty()
            try await fixture.store.repair(
                Repair(current: current.map { CheckpointName($0) }), in: "vm",
                by: StoreFixture.submission)
            let graph = try await fixture.store.graph(of: "vm")
            let count = try await fixture.eventCount()
            let report = try await fixture.add(fixture.folder.path("vm"))
            // Their files still say what was repaired.
            #expect(report.domains[0].skipped.map(\.checkpoint) == ["a", "d"])
            #expect(try await fixture.eventCount() == count)
            #expect(try await fixture.store.graph(of: "vm") == graph)
            #expect(report.domains[0].current?.text == current ?? "d")
            await fixture.store.close()
        }
    }
}
