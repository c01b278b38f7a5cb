import Momentlog
import Moments
import TestSupport
import Testing

/// Warnings of times that the clock has not reached.
struct ClockFindingTests {
    private static func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

    /// Events 1 to 3: `one`, at 100 seconds; 4 to 6: `two`, at 300.
    private func history() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        for (name, seconds) in [("one", 100), ("two", 300)] as [(String, Int64)] {
            try await fixture.add(
                fixture.library(name, ["a.xml": CheckpointText.document("a", time: 1)]),
                ImportOptions(time: Self.time(seconds)))
        }
        return fixture
    }

    private func found(
        _ store: CheckpointStore, _ domains: [DomainReference] = [], at when: When? = nil,
        now: Int64
    ) async throws -> [String] {
        let findings =
            if let when {
                try await store.findings(of: domains, at: when, now: Self.time(now))
            } else {
                try await store.findings(of: domains, now: Self.time(now))
            }
        #expect(findings.allSatisfy { $0.kind == .clockAhead && $0.severity == .warning })
        return findings.map { $0.domain?.text ?? "-" }
    }

    @Test("There is a warning about a domain as long as its last event has a future time")
    func domains() async throws {
        let fixture = try await history()
        let store = fixture.store
        for (now, names) in [(99, ["one", "two"]), (100, ["two"]), (299, ["two"]), (300, [])]
            as [(Int64, [String])]
        {
            #expect(try await found(store, now: now) == names)
            #expect(try await found(store, at: .now, now: now) == names)
            #expect(
                try await found(store, ["one"], now: now) == names.filter { $0 == "one" })
            #expect(
                try await found(store, ["two"], at: .sequence(6), now: now)
                    == names.filter { $0 == "two" })
        }
        #expect(try await found(store, at: .sequence(3), now: 50) == ["one"])
        #expect(try await found(store, at: .sequence(3), now: 100) == [])
        #expect(try await found(store, at: .sequence(0), now: 0) == [])
    }

    @Test("An event that was recorded after a clock was set back contains the clock's time")
    func setBack() async throws {
        let fixture = try await history()
        try await fixture.add(
            fixture.library("three", ["a.xml": CheckpointText.document("a", time: 1)]),
            ImportOptions(time: Self.time(200)))
        let findings = try await fixture.store.findings(of: ["three"], now: Self.time(250))
        #expect(
            findings.map(\.message) == [
                "the last event, 9, has the time 1970-01-01T00:05:00.000000Z, which this"
                    + " machine's clock has not reached; the clock showed"
                    + " 1970-01-01T00:03:20.000000Z when it was recorded"
            ])
        // The same at another time, as long as it is found.
        #expect(
            try await fixture.store.findings(of: ["three"], now: Self.time(299)) == findings)
    }

    @Test("Without a domain whose events are ahead it is the log's last event that is")
    func log() async throws {
        let fixture = try await history()
        let store = fixture.store
        // At the time that it is.
        _ = try await store.undefine(
            "two", deletingCheckpoints: true, by: StoreFixture.submission)
        #expect(try await found(store, now: 400) == ["-"])
        #expect(try await found(store, ["one"], now: 400) == [])
        #expect(try await found(store, now: 1 << 40) == [])
    }
}
