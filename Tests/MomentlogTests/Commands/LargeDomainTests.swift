import EventLog
import Moments
import TestSupport
import Testing

@testable import Momentlog

/// Commands on very many checkpoints.
struct LargeDomainTests {
    private static let by = StoreFixture.submission

    /// A guest with checkpoints c0, c1 … below parents of lower numbers, the last given
    /// first; c0 is current.
    private static func fixture(
        _ count: Int, parent: (Int) -> Int
    ) async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let documents = (0..<count).map { index in
            SourceDocument(
                Row.record(
                    "c\(index)", index == 0 ? nil : "c\(parent(index))",
                    index == 0 ? "<current>1</current>" : ""))
        }
        let outcome = try await fixture.store.redefine(
            documents.reversed(), in: "vm1", by: by)
        #expect(outcome.commit == 2 && outcome.sequences == 2...count + 2)
        return fixture
    }

    /// What the store keeps is what its log tells.
    private static func requireAgreement(_ fixture: StoreFixture) async throws -> Domain {
        let store = fixture.store
        let entry = try await store.entry(of: "vm1", evenUndefined: true)
        let replayed = try await store.log.replay(entry.id)
        let kept = try #require(await store.handler.domains.kept(entry.id))
        #expect(kept.graph == replayed.graph && kept.revision == replayed.revision)
        #expect(replayed.graph.brokenInvariants() == [])
        return replayed
    }

    /// Long chains and wide stars in turn.
    private static func mixed(_ index: Int) -> Int {
        index % 3 == 0 ? index - 1 : index < 1_000 ? index / 2 : index - index % 1_000 - 1
    }

    @Test(
        "Deleting a checkpoint with 10 000 children is one event, and two if it is the current",
        arguments: [false, true])
    func star(isCurrent: Bool) async throws {
        let fixture = try await Self.fixture(10_002) { $0 == 1 ? 0 : 1 }
        if isCurrent { try await fixture.store.setCurrent("c1", in: "vm1", by: Self.by) }
        let before = try await fixture.eventCount()
        let outcome = try await fixture.store.delete("c1", from: "vm1", by: Self.by)
        let labels = try await fixture.lines(after: before).map(\.label)
        #expect(labels == ["checkpointDeleted c1"] + (isCurrent ? ["currentSet c0"] : []))
        #expect(outcome.sequences == before + 1...before + labels.count)
        let domain = try await Self.requireAgreement(fixture)
        #expect(domain.graph.names(Listing(.children(of: "c0")))?.count == 10_000)
        #expect(domain.graph.current == "c0")
    }

    @Test("Deleting a subtree of 100 000 is one event each, leaves first, then the current's")
    func subtree() async throws {
        let count = 100_001
        let fixture = try await Self.fixture(count, parent: Self.mixed)
        try await fixture.store.setCurrent("c\(count - 1)", in: "vm1", by: Self.by)
        let before = try await fixture.eventCount()
        let outcome = try await fixture.store.delete(
            "c1", including: .children, from: "vm1", by: Self.by)
        #expect(outcome.sequences == before + 1...before + count)
        let lines = try await fixture.lines(after: before)
        try Self.requireLeavesFirst(lines, outcome, count, kept: 0)
        #expect(lines.last?.event == .currentSet("c0"))
        let domain = try await Self.requireAgreement(fixture)
        #expect(domain.graph.names(Listing()) == ["c0"])
    }

    @Test("Undefining a domain with 100 000 checkpoints is one commit")
    func undefine() async throws {
        let count = 100_000
        let fixture = try await Self.fixture(count, parent: Self.mixed)
        let before = try await fixture.eventCount()
        let outcome = try await fixture.store.undefine(
            "vm1", deletingCheckpoints: true, by: Self.by)
        #expect(outcome.sequences == before + 1...before + count + 2)
        let lines = try await fixture.lines(after: before)
        try Self.requireLeavesFirst(lines, outcome, count, kept: nil)
        #expect(lines.suffix(2).map(\.event) == [.currentSet(nil), .domainUndefined])
        let domain = try await Self.requireAgreement(fixture)
        #expect(domain.graph.isEmpty && !domain.isLive)
    }

    /// One commit in which each checkpoint goes once, and after all of its children.
    private static func requireLeavesFirst(
        _ lines: [RecordedEvent], _ outcome: CommandOutcome, _ count: Int, kept: Int?
    ) throws {
        let sequences = try #require(outcome.sequences)
        #expect(lines.map(\.sequence) == Array(sequences))
        #expect(lines.allSatisfy { $0.commit == outcome.commit })
        #expect(lines.map(\.revision).last == outcome.revision)
        var children = [Int](repeating: 0, count: count)
        for index in 1..<count { children[mixed(index)] += 1 }
        var deleted = 0
        for line in lines {
            guard case .checkpointDeleted(let name) = line.event else { continue }
            let index = try #require(Int(name.text.dropFirst()))
            guard children[index] == 0 else {
                Issue.record("\(name) goes before \(children[index]) of its children")
                return
            }
            // Nothing can go twice.
            children[index] = -1
            if index > 0 { children[mixed(index)] -= 1 }
            deleted += 1
        }
        #expect(deleted == count - (kept == nil ? 0 : 1))
        if let kept { #expect(children[kept] == 0) }
    }
}
