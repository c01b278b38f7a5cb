import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// Closures that get events, and times and errors as programs with Foundation use them.
struct ReadingEventsTests {
    private struct Full: Error, Equatable {}

    private func prepared() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        for index in 1...3 { try await fixture.create("c\(index)") }
        return fixture
    }

    @Test("A closure counts in a local variable, stops when it wants, and needs no annotation")
    func counting() async throws {
        let fixture = try await prepared()
        var count = 0
        try await fixture.store.readEvents { line in
            count += line.text.isEmpty ? 0 : 1
            return count < 5
        }
        #expect(count == 5)
        var names: [String] = []
        try await fixture.store.readEvents(EventFilter(kinds: [.checkpointCreated])) { line in
            names.append(try line.event().event.checkpointName?.text ?? "")
            return true
        }
        #expect(names == ["c1", "c2", "c3"])
        names = []
        try await fixture.store.readEvents(EventFilter(patterns: ["checkpointCreated"], limit: 2)) {
            names.append(try $0.event().event.checkpointName?.text ?? "")
            return true
        }
        #expect(names == ["c1", "c2"])
    }

    @Test("A closure's own error comes out as it is")
    func ownError() async throws {
        let fixture = try await prepared()
        var count = 0
        await #expect(throws: Full()) {
            try await fixture.store.readEvents { _ in
                count += 1
                throw Full()
            }
        }
        #expect(count == 1)
    }

    @MainActor @Test("A closure changes the state of the actor that reads")
    func onAnActor() async throws {
        let fixture = try await prepared()
        let counter = Counter()
        try await counter.read(fixture.store)
        #expect(counter.count == 7)
    }

    @MainActor private final class Counter {
        var count = 0

        func read(_ store: CheckpointStore) async throws(MomentlogError) {
            try await store.readEvents { _ in
                count += 1
                return true
            }
        }
    }

    @Test("Errors that say the same are equal, and Foundation shows their messages")
    func errors() {
        let error = MomentlogError(.busy, "others write", hint: "try again")
        #expect(error == MomentlogError(.busy, "others write", hint: "try again", cause: Full()))
        #expect(error != MomentlogError(.storage, "others write", hint: "try again"))
        #expect(error != error.detailing("domain", .text("vm1")))
        #expect(error.localizedDescription == "others write")
        #expect((error as any Error as NSError).localizedRecoverySuggestion == "try again")
    }

    @Test("Points in time are read in a time zone, or made of dates")
    func dates() throws {
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        let when = try When("2026-07-01 12:30", in: berlin)
        #expect(when == .time(Timestamp(seconds: 1_782_901_800)))
        #expect(try When("17") == .sequence(17))
        let date = Date(timeIntervalSince1970: 1_782_901_800.25)
        #expect(When.date(date) == .time(Timestamp(microseconds: 1_782_901_800_250_000)))
        #expect(Timestamp(date).date == date)
        #expect(Timestamp(Date(timeIntervalSince1970: .infinity)) == Timestamp(microseconds: .max))
        #expect(Timestamp(.distantPast).microseconds < 0)
    }
}
