import EventLog
import Momentlog
import Moments
import TestSupport
import Testing

struct EventSequenceTests {
    /// vm1 is defined, and made 1 100 checkpoints; vm2 is defined.
    private func fixture() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let instructions = (0..<1_100).map { number in
            Instruction.create(
                CheckpointRequest(name: "c\(number)"), in: "vm1", by: StoreFixture.submission)
        }
        for answer in await fixture.store.perform(instructions) { _ = try answer.get() }
        try await fixture.define("vm2", digit: "b")
        return fixture
    }

    private func sequences(
        _ store: CheckpointStore, _ filter: EventFilter
    ) async throws -> [Int] {
        var sequences: [Int] = []
        for try await line in try await store.events(filter) {
            sequences.append(try line.event().sequence)
        }
        return sequences
    }

    @Test("Events come page by page, as many as there are and no more")
    func pages() async throws {
        let fixture = try await fixture()
        let store = fixture.store
        let all = Array(1...2_202)
        #expect(try await sequences(store, EventFilter()) == all)
        #expect(try await sequences(store, EventFilter(isReversed: true)) == all.reversed())
        #expect(
            try await sequences(store, EventFilter(domain: "vm1")) == Array(all.dropLast()))
        #expect(
            try await sequences(store, EventFilter(domain: "vm1", isReversed: true))
                == all.dropLast().reversed())
        for limit in [0, 1, 999, 1_000, 1_001, 2_000, 5_000] {
            #expect(
                try await sequences(store, EventFilter(limit: limit))
                    == Array(all.prefix(limit)), "\(limit)")
        }
        let range = EventFilter(
            domain: "vm1", since: .sequence(50), until: .sequence(1_500), isReversed: true)
        #expect(try await sequences(store, range) == (50...1_500).reversed())
        await store.close()
    }

    @Test("A follower receives what another opening of the store appends, until cancelled")
    func following() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let other = try await CheckpointStore.open(
            at: fixture.folder.path("store.db"), options: StoreFixture.patient)
        let filter = EventFilter(domain: "vm1", kinds: [.checkpointCreated])
        var stream = try await fixture.store.follow(filter, every: .milliseconds(5))
            .makeAsyncIterator()
        for name: CheckpointName in ["a", "b", "c"] {
            try await other.create(
                CheckpointRequest(name: name), in: "vm1", by: StoreFixture.submission)
            let line = try await stream.next()
            #expect(try line?.event().event.checkpointName == name)
        }
        let rest = try await fixture.store.follow(every: .milliseconds(5))
        let task = Task {
            var count = 0
            for try await _ in rest {
                count += 1
                // All there is: from here on it waits.
                if count == 7 { withUnsafeCurrentTask { $0?.cancel() } }
            }
            return count
        }
        #expect(try await task.value == 7)
        await other.close()
        await fixture.store.close()
    }
}
