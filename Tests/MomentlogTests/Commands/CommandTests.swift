import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

struct CommandTests {
    /// What each command leads to, on a guest with c1<-c2<-c3, c3 current.
    static let cases: [Case] = [
        Case(
            .create(CheckpointRequest(name: "c4"), in: "vm1", by: Case.by),
            [
                "checkpointCreated c4", "currentSet c4",
            ], checkpoint: "c4"),
        Case(
            .delete("c3", from: "vm1", by: Case.by),
            [
                "checkpointDeleted c3", "currentSet c2",
            ], checkpoint: "c3"),
        Case(
            .delete("c1", including: .children, from: "vm1", by: Case.by),
            [
                "checkpointDeleted c3", "checkpointDeleted c2", "checkpointDeleted c1",
                "currentSet -",
            ], checkpoint: "c1"),
        Case(
            .delete("c1", including: .childrenOnly, from: "vm1", by: Case.by),
            [
                "checkpointDeleted c3", "checkpointDeleted c2", "currentSet c1",
            ], checkpoint: "c1"),
        Case(
            .delete("c3", including: .childrenOnly, from: "vm1", by: Case.by), [], checkpoint: "c3"),
        Case(.setCurrent("c1", in: "vm1", by: Case.by), ["currentSet c1"], checkpoint: "c1"),
        Case(.setCurrent("c3", in: "vm1", by: Case.by), [], checkpoint: "c3"),
        Case(.setCurrent(nil, in: "vm1", by: Case.by), ["currentSet -"]),
        Case(.rename("vm1", to: "vm9", by: Case.by), ["domainRenamed -"], domain: "vm9"),
        Case(.rename("vm1", to: "vm1", by: Case.by), []),
        Case(
            .undefine("vm1", deletingCheckpoints: true, by: Case.by),
            [
                "checkpointDeleted c3", "checkpointDeleted c2", "checkpointDeleted c1",
                "currentSet -",
                "domainUndefined -",
            ]),
    ]

    struct Case: Sendable, CustomTestStringConvertible {
        static let by = Submission(actor: "me", reason: "why", request: "r1")

        var instruction: Instruction
        var events: [String]
        var domain = "vm1"
        var checkpoint: CheckpointName?

        init(
            _ instruction: Instruction, _ events: [String], domain: String = "vm1",
            checkpoint: CheckpointName? = nil
        ) {
            self.instruction = instruction
            self.events = events
            self.domain = domain
            self.checkpoint = checkpoint
        }

        var testDescription: String { "\(instruction.command)" }
    }

    @Test("A command appends one commit and returns its position", arguments: cases)
    func outcome(_ one: Case) async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        for name: CheckpointName in ["c1", "c2", "c3"] { try await fixture.create(name) }
        let before = try await fixture.eventCount()
        let outcome = try await fixture.store.perform(one.instruction)
        #expect(outcome.domain.text == one.domain)
        #expect(outcome.checkpoint == one.checkpoint)
        #expect(outcome.revision == before + one.events.count)
        let lines = try await fixture.lines(after: before)
        #expect(lines.map(\.label) == one.events)
        guard !one.events.isEmpty else {
            #expect(outcome.commit == nil && outcome.sequences == nil)
            return
        }
        #expect(outcome.commit == 5)
        #expect(outcome.sequences == before + 1...before + one.events.count)
        #expect(lines.allSatisfy { $0.commit == 5 && $0.origin == .library })
        #expect(
            lines.allSatisfy {
                $0.provenance == Provenance(actor: "me", reason: "why", request: "r1")
            })
    }

    @Test("A domain's definition goes into the checkpoints made after it")
    func definition() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        try await fixture.create("c1")
        try await fixture.store.define(
            SourceDocument(CheckpointText.guest("vm1", disks: ["vda"])),
            by: StoreFixture.submission)
        try await fixture.create("c2")
        let graph = try await fixture.store.graph(of: "vm1")
        let first = try #require(graph.checkpoint(named: "c1"))
        let second = try #require(graph.checkpoint(named: "c2"))
        #expect(first.disks.map(\.name) == ["vda", "vdb"])
        #expect(second.disks.map(\.name) == ["vda"])
        #expect(first.definition != second.definition)
        let digest = try #require(second.definition)
        let content = String(decoding: try await fixture.store.definition(digest), as: UTF8.self)
        #expect(content == CheckpointText.guest("vm1", disks: ["vda"]))
    }

    @Test("A domain that is defined again continues, and its log shows both periods")
    func lives() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        try await fixture.create("c1")
        try await fixture.store.undefine(
            "vm1", deletingCheckpoints: true, by: StoreFixture.submission)
        #expect(try await fixture.store.domains().isEmpty)
        try await fixture.define("vm1")
        try await fixture.create("c2")
        #expect(try await fixture.store.graph(of: "vm1").names(Listing()) == ["c2"])
        let kinds = try await fixture.lines(of: "vm1").map(\.label)
        #expect(
            kinds == [
                "domainDefined -", "checkpointCreated c1", "currentSet c1",
                "checkpointDeleted c1", "currentSet -", "domainUndefined -", "domainDefined -",
                "checkpointCreated c2", "currentSet c2",
            ])
    }

    @Test("The name of an undefined domain is free for another")
    func freeName() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1", digit: "a")
        try await fixture.store.undefine("vm1", by: StoreFixture.submission)
        try await fixture.define("vm1", digit: "b")
        try await fixture.create("c1")
        // The first one cannot come back under that name as long as it is taken.
        let error = await #expect(throws: MomentlogError.self) {
            try await fixture.define("vm1", digit: "a")
        }
        #expect(error?.code == .exists)
        #expect(try await fixture.store.domains().count == 1)
    }

    @Test("A domain known by its name takes on the UUID of its definition")
    func uuid() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(
            fixture.library("vm1", ["c1.xml": CheckpointText.document("c1")]))
        #expect(try await fixture.store.domain("vm1").uuid == nil)
        let outcome = try await fixture.store.define(
            SourceDocument(CheckpointText.guest("vm1")), by: StoreFixture.submission)
        #expect(outcome.revision == 4)
        let domain = try await fixture.store.domain("vm1")
        #expect(domain.uuid?.description.hasPrefix("aaaa") == true)
        #expect(domain.graph.count == 1)
    }
}
