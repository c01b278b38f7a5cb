import EventLog
import Momentlog
import Moments
import TestSupport
import Testing

/// The past of random histories, beside what was seen at the time.
struct PastTests {
    @Test(
        "At each sequence every domain has its state at that point of the log",
        arguments: Seeds.all)
    func past(seed: UInt64) async throws {
        var random = RandomInstructions(seed: seed)
        let fixture = try await StoreFixture()
        for domain in ["vm0", "vm1"] {
            try await fixture.add(fixture.library(domain, random.faultyLibrary()))
        }
        let store = fixture.store
        // What is there after each commit, by where it ended.
        var seen: [(sequence: Int, domains: [Domain])] = [(0, [])]
        for _ in 0..<400 {
            let size = try await fixture.eventCount()
            if size > seen[seen.count - 1].sequence {
                var domains: [Domain] = []
                for entry in try await store.domains() {
                    domains.append(try await store.domain(entry))
                }
                seen.append((size, domains))
            }
            _ = await store.perform([try random.next()])
        }
        let last = seen[seen.count - 1].sequence
        #expect(seen.count > 20, "seed \(seed)")
        var compared = 0
        for sequence in 0...last {
            let place: Comment = "seed \(seed), sequence \(sequence)"
            guard let then = seen.last(where: { $0.sequence <= sequence }) else { continue }
            let entries = try await store.domains(at: .sequence(sequence))
            // The two imports were one commit each, and read only after both.
            guard sequence >= seen[1].sequence else { continue }
            #expect(entries.map(\.name) == then.domains.map(\.name), place)
            for domain in then.domains {
                for name in [domain.name, domain.uuid?.description].compactMap(\.self) {
                    let found = try await store.domain(
                        DomainReference(name), at: .sequence(sequence))
                    #expect(found.isSame(as: domain), place)
                    compared += 1
                }
            }
            let findings = then.domains.flatMap {
                $0.graph.findings(domain: DomainReference($0.name))
            }.sorted()
            #expect(try await store.findings(at: .sequence(sequence)) == findings, place)
        }
        #expect(compared > 100, "seed \(seed)")
        // All that such a history can hold is verified.
        #expect(try await store.verify(against: store.head()).faults == [], "seed \(seed)")
        await store.close()
    }

    @Test(
        "A domain that is defined later is empty; one that never existed or is undefined is refused"
    )
    func absence() async throws {
        let fixture = try await StoreFixture()
        let store = fixture.store
        try await fixture.define("vm1")  // 1
        try await fixture.create("c1")  // 2, 3
        try await store.undefine("vm1", deletingCheckpoints: true, by: StoreFixture.submission)
        let gone = try await fixture.eventCount()
        try await fixture.define("vm2", digit: "b")
        let uuid = try #require(try await store.domain("vm2").uuid)
        for name in ["vm2", uuid.description] {
            let before = try await store.domain(DomainReference(name), at: .sequence(1))
            #expect(before.revision == 0 && before.graph.isEmpty && before.name == "vm2")
        }
        for (name, when) in [("vm1", gone), ("no", 1), ("vm1", gone + 1)] {
            await #expect {
                try await store.domain(DomainReference(name), at: .sequence(when))
            } throws: { error in
                (error as? MomentlogError)?.code == .noDomain
            }
        }
        #expect(try await store.domain("vm1", at: .sequence(3)).graph.current == "c1")
        // Within the commit of 'create' it does not exist yet.
        #expect(try await store.domain("vm1", at: .sequence(2)).graph.isEmpty)
        await store.close()
    }
}

extension Domain {
    /// Whether all that a domain says of itself is the same of another.
    func isSame(as other: Domain) -> Bool {
        name == other.name && uuid == other.uuid && definition == other.definition
            && isLive == other.isLive && revision == other.revision && graph == other.graph
    }
}
