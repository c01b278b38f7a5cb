import EventLog
import Moments
import TestSupport
import Testing

@testable import Momentlog

/// Domains are kept between commands, as many as there is room for.
struct LoadedDomainTests {
    private static let by = StoreFixture.submission

    private static func guest(_ index: Int) -> SourceDocument {
        SourceDocument("<domain><name>vm\(index)</name></domain>")
    }

    @Test("A domain that is kept is not read again, until others append")
    func kept() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let log = CountingLog(fixture.store.log)
        let store = CheckpointStore(log: log)
        for name: CheckpointName in ["c1", "c2", "c3"] {
            try await store.create(CheckpointRequest(name: name), in: "vm1", by: Self.by)
        }
        #expect(log["replay"] == 1 && log["domains named"] == 1 && log["definition"] == 1)
        try await fixture.create("c4")
        for name: CheckpointName in ["c5", "c6"] {
            try await store.create(CheckpointRequest(name: name), in: "vm1", by: Self.by)
        }
        #expect(log["replay"] == 2 && log["domains named"] == 2 && log["definition"] == 1)
        // One domain is found by its name, however many there are.
        #expect(log["domains"] == 0)
        // Looked after once at the beginning, and once when the log refused what was decided
        // without others' commit: six appends for five commands.
        #expect(log["size"] == 2 && log["append"] == 6)
        // A refusal never refers to an old state.
        try await fixture.create("c7")
        await #expect(throws: MomentlogError.self) {
            try await store.create(CheckpointRequest(name: "c7"), in: "vm1", by: Self.by)
        }
        try await fixture.store.delete("c7", including: .checkpoint, from: "vm1", by: Self.by)
        try await store.create(CheckpointRequest(name: "c7"), in: "vm1", by: Self.by)
        #expect(try await store.graph(of: "vm1").current == "c7")
    }

    @Test("Nothing is reported as unchanged on the basis of an old state", arguments: [nil, "r1"])
    func alreadySo(request: String?) async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let store = CheckpointStore(log: fixture.store.log)
        for name: CheckpointName in ["c1", "c2"] {
            try await store.create(CheckpointRequest(name: name), in: "vm1", by: Self.by)
        }
        try await fixture.store.setCurrent("c1", in: "vm1", by: Self.by)
        let outcome = try await store.setCurrent(
            "c2", in: "vm1", by: Submission(actor: "a", request: request))
        #expect(outcome.commit != nil)
        #expect(try await store.graph(of: "vm1").current == "c2")
    }

    @Test("Answers stay correct while domains are released continuously", arguments: Seeds.all)
    func eviction(seed: UInt64) async throws {
        var random = RandomInstructions(seed: seed)
        let (keeping, dropping) = (try await StoreFixture(), try await StoreFixture())
        let log = CountingLog(dropping.store.log)
        let handler = CommandHandler(
            log: log, origin: .library, domains: LoadedDomains(maximumCheckpointCount: 0))
        for step in 0..<80 {
            var batch = try random.batch()
            for index in batch.indices {
                batch[index].creationTime = CreationTime(seconds: Int64(step))
            }
            let theirs = await keeping.store.perform(batch)
            let ours = await handler.perform(batch)
            #expect(
                ours.map(InstructionLine.answer) == theirs.map(InstructionLine.answer),
                "seed \(seed), step \(step)")
            // Half of them go before each transaction, and come back if it is of them.
            #expect(await handler.domains.keptCount <= 8, "seed \(seed), step \(step)")
        }
        // Those that were released are read again.
        #expect(log["replay"] > 20, "seed \(seed)")
        for entry in try await keeping.store.domains() {
            let ours = try await dropping.store.graph(of: DomainReference(entry.name))
            #expect(
                try await keeping.store.graph(of: DomainReference(entry.name)) == ours,
                "seed \(seed)")
        }
    }

    @Test("The domains used longest ago go first, half of them when the room is full")
    func order() async throws {
        let fixture = try await StoreFixture()
        let log = CountingLog(fixture.store.log)
        // Each takes the room of 64 checkpoints and its own.
        let handler = CommandHandler(
            log: log, origin: .library, domains: LoadedDomains(maximumCheckpointCount: 12 * 64))
        for index in 0..<12 {
            _ = await handler.perform([try .define(Self.guest(index), by: Self.by)])
        }
        #expect(await handler.domains.keptCount == 12)
        _ = await handler.perform([.delete("no", from: "vm0", by: Self.by)])
        #expect(await handler.domains.keptCount == 12)
        _ = await handler.perform([try .define(Self.guest(12), by: Self.by)])
        // There are thirteen, of which vm1 to vm6 were used longest ago.
        _ = await handler.perform([.delete("no", from: "vm12", by: Self.by)])
        #expect(await handler.domains.keptCount == 7)
        #expect(log["replay"] == 0)
        for index in [0] + Array(7...12) {
            _ = await handler.perform([.delete("no", from: "vm\(index)", by: Self.by)])
            #expect(log["replay"] == 0, "vm\(index)")
        }
        for index in 1...6 {
            _ = await handler.perform([.delete("no", from: "vm\(index)", by: Self.by)])
            #expect(log["replay"] == index, "vm\(index)")
        }
    }

    @Test("A domain that exceeds the limit is kept while it is the only one")
    func large() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let log = CountingLog(fixture.store.log)
        let handler = CommandHandler(
            log: log, origin: .library, domains: LoadedDomains(maximumCheckpointCount: 0))
        for _ in 0..<3 { _ = await handler.perform([.delete("no", from: "vm1", by: Self.by)]) }
        #expect(log["replay"] == 1)
    }

    @Test("2 000 domains are defined with one transaction each, and no domain is read for another")
    func manyDomains() async throws {
        let fixture = try await StoreFixture()
        let log = CountingLog(fixture.store.log)
        let store = CheckpointStore(log: log)
        for start in stride(from: 0, to: 2_000, by: 100) {
            let answers = await store.perform(
                try (start..<start + 100).map { try .define(Self.guest($0), by: Self.by) })
            #expect(
                answers.compactMap { try? $0.get().revision } == Array(repeating: 1, count: 100))
        }
        #expect(log["append"] == 2_000 && log["size"] == 1)
        #expect(log["domains"] == 1 && log["replay"] == 0)
        #expect(try await fixture.store.domains().count == 2_000)
        // All of them are changed in a few transactions.
        let answers = await store.perform(
            (0..<2_000).map { .rename("vm\($0)", to: "guest\($0)", by: Self.by) })
        #expect(answers.compactMap { try? $0.get().revision } == Array(repeating: 2, count: 2_000))
        #expect(log["append"] == 2_008)
        #expect(log["domains"] == 1 && log["replay"] == 0)
    }
}
