import Momentlog
import Moments
import TestSupport
import Testing

struct StatusTests {
    @Test("The status of all domains is that of each alone, however many there are")
    func all() async throws {
        let fixture = try await StoreFixture()
        var random = SplitMix64(seed: 7)
        for number in 0..<90 {
            let library = try fixture.library(
                "vm\(number)",
                [
                    "a.xml": CheckpointText.document("a"),
                    "b.xml": CheckpointText.document(
                        "b", parent: number % 5 == 0 ? "lost" : "a", time: 1_700_000_001),
                ])
            try await fixture.add(library)
        }
        for number in 1...3 {
            try await fixture.define("vm\(number)", digit: ["a", "b", "c"][number - 1])
        }
        // So that the last events of most are far from the log's end.
        for number in 0..<600 {
            let domain: DomainReference = "vm\([1, 2, 3].randomElement(using: &random) ?? 1)"
            try await fixture.create("c\(number)", in: domain)
        }
        let store = fixture.store
        let all = try await store.status()
        #expect(all.count == 90)
        for status in all {
            #expect(try await store.status(of: [status.reference]) == [status])
            #expect(status.needsAttention == (status.checkpointCount == 2 && status.current == nil))
        }
        let domain = try await store.domain("vm7")
        let last = try #require(all.first { $0.name == "vm7" }?.lastEvent)
        #expect(
            try await store.domain("vm7", at: .sequence(last.sequence)).revision == domain.revision)
        let numbers = try await store.status(of: ["vm2", "vm1", "vm2"]).map(\.name)
        #expect(numbers == ["vm2", "vm1"])
        await store.close()
    }
}
