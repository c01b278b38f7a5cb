import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// Arguments at the ends of their types, which once ended the process.
struct ExtremeArgumentTests {
    private static let extremes: [Int] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]

    @Test("A page after any event, of any limit and range, has a query or none")
    func following() {
        for place in Self.extremes {
            for count in Self.extremes {
                for limit in Self.extremes {
                    for isReversed in [false, true] {
                        let query = EventQuery(
                            sequences: min(place, count)...max(place, count),
                            isReversed: isReversed, limit: limit)
                        let next = query.following(place, count: count)
                        #expect(next.map { $0.sequences.lowerBound > 0 } ?? true)
                        #expect(next.map { ($0.limit ?? 1) > 0 } ?? true)
                    }
                }
            }
        }
        let query = EventQuery(sequences: 3...9, limit: 5)
        #expect(query.following(4, count: 2) == EventQuery(sequences: 5...9, limit: 3))
        #expect(query.following(9, count: 2) == nil)
        #expect(query.following(4, count: 5) == nil)
    }

    @Test("A kept head of any size is not of the log", arguments: extremes)
    func keptHead(_ size: Int) async throws {
        let folder = try TemporaryFolder()
        try await CheckpointStore.withStore(at: folder.path("s.db")) { store in
            _ = try await store.define(
                SourceDocument(CheckpointText.guest("vm1")), by: Submission(actor: "me"))
            let kept = StoreHead(origin: try await store.head().origin, size: size, root: [])
            #expect(try await !store.verify(against: kept).isSound)
        }
    }

    @Test("A local time zone that is years from UTC is taken for one of a day")
    func zone() {
        var retention = Retention()
        retention.hourly = 1
        let zone = ZoneRules { _ in .max }
        #expect(
            MomentGraph().choices(of: retention, now: CreationTime(seconds: .max), zone: zone)
                .isEmpty)
        var graph = MomentGraph()
        try? graph.apply(
            .checkpointCreated(Checkpoint(name: "c1", creationTime: CreationTime(seconds: .max))))
        #expect(graph.choices(of: retention, now: 0, zone: zone).count == 1)
    }

    @Test(
        "A pattern that is too long or too deeply nested is refused",
        arguments: [
            String(repeating: "[", count: 70_000), String(repeating: "[", count: 300),
            String(repeating: "a", count: 20_000),
        ])
    func pattern(_ pattern: String) async throws {
        let folder = try TemporaryFolder()
        try await CheckpointStore.withStore(at: folder.path("s.db")) { store in
            do throws(MomentlogError) {
                try await store.readEvents(EventFilter(patterns: [pattern])) {
                    _ throws(MomentlogError) in true
                }
                Issue.record("was not refused")
            } catch {
                #expect(error.code == .usage)
                #expect(error.message.utf8.count < 200)
            }
        }
    }

    @Test("A graph reserves no room for a negative or an endless number", arguments: extremes)
    func capacity(_ capacity: Int) {
        var graph = MomentGraph()
        graph.reserveCapacity(capacity)
        #expect(graph.isEmpty)
    }
}
