import Dispatch
import Moments
import Synchronization
import TestSupport
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct QueryTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A log of two domains: vm1 has the sequences 1, 3, 4, 7 and 8, vm2 the others.
    private func sample() async throws -> (SQLiteEventLog, vm1: DomainEntry.ID) {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let one = try await log.append(.defining("vm1"))
        let two = try await log.append(.defining("vm2"))
        let next = try await log.append(
            .appending(Event.creating("a"), after: one, named: "vm1"))
        _ = try await log.append(.appending(Event.creating("b"), after: two, named: "vm2"))
        _ = try await log.append(
            .appending(Event.creating("c", parent: "a"), after: next, named: "vm1"))
        return (log, one.domain)
    }

    @Test(
        "A query returns the events that it selects, in its order",
        arguments: [
            (false, false, nil, [1, 2, 3, 4, 5, 6, 7, 8]),
            (false, true, nil, [8, 7, 6, 5, 4, 3, 2, 1]),
            (false, false, 3, [1, 2, 3]),
            (false, true, 3, [8, 7, 6]),
            (true, false, nil, [1, 3, 4, 7, 8]),
            (true, true, nil, [8, 7, 4, 3, 1]),
            (true, false, 2, [1, 3]),
            (true, true, 2, [8, 7]),
            (true, true, 0, []),
            (false, false, 0, []),
            (false, false, 100, [1, 2, 3, 4, 5, 6, 7, 8]),
        ] as [(Bool, Bool, Int?, [Int])])
    func queries(ofDomain: Bool, isReversed: Bool, limit: Int?, found: [Int]) async throws {
        let (log, vm1) = try await sample()
        let query = EventQuery(
            domain: ofDomain ? vm1 : nil, isReversed: isReversed, limit: limit)
        #expect(try await log.events(query).map(\.sequence) == found)
        await log.close()
    }

    @Test("Whatever is asked for together is asked for at once", arguments: Seeds.all)
    func conditions(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let log = try await SQLiteEventLog.opened(at: folder.store)
        var receipts: [CommitReceipt] = []
        for name in ["vm1", "vm2", "vm\"3"] {
            receipts.append(try await log.append(.defining(name)))
        }
        for step in 0..<60 {
            let place = Int.random(in: 0..<3, using: &random)
            var commit = PendingCommit.appending(
                Event.creating("c\(step % 9)"), after: receipts[place], named: "vm")
            commit.entries.append(.init(.checkpointDeleted("c\(step % 9)"), origin: .library))
            commit.provenance.actor = "actor \(step % 4)"
            // Text that looks like what is sought in lines.
            commit.provenance.reason = "\"origin\":{\"kind\":\"import\"}"
            for index in commit.entries.indices {
                commit.entries[index].origin =
                    [
                        .library, .commandLine, .importedLibrary,
                        .importedFile(name: "x", sha256: String(repeating: "0", count: 64)),
                    ][Int.random(in: 0..<4, using: &random)]
            }
            receipts[place] = try await log.append(commit)
        }
        let all = try await log.events()
        let owners = receipts.map(\.domain)
        var found = 0
        for round in 0..<300 {
            func chance<Value>(_ value: @autoclosure () -> Value) -> Value? {
                Int.random(in: 0..<3, using: &random) == 0 ? value() : nil
            }
            func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
            var query = EventQuery()
            query.domain = chance(owners[number(0...2)])
            query.checkpoint = chance("c\(number(0...9))")
            query.kinds = Set(chance([Event.Kind.allCases[number(0...7)], .currentSet]) ?? [])
            query.actor = chance("actor \(number(0...4))")
            query.channel = chance(Origin.Channel.allCases[number(0...2)])
            query.commit = chance(number(0...70))
            let first = number(1...all.count)
            query.sequences = chance(first...number(first...all.count + 5)) ?? 1...Int.max
            query.revisions = chance(number(1...20)...number(20...90)) ?? 1...Int.max
            query.isReversed = number(0...1) == 1
            query.limit = chance(number(0...5))
            var numbers: [DomainEntry.ID: Set<Int>] = [:]
            for owner in owners {
                numbers[owner] = Set(
                    try await log.events(EventQuery(domain: owner)).map(\.sequence))
            }
            var expected = try all.filter { event in
                try query.admits(event)
                    && query.domain.map { numbers[$0]?.contains(event.sequence) == true } ?? true
            }.map(\.sequence)
            if query.isReversed { expected.reverse() }
            if let limit = query.limit { expected = Array(expected.prefix(limit)) }
            let sequences = try await log.events(query).map(\.sequence)
            try #require(sequences == expected, "seed \(seed), round \(round): \(query)")
            found += sequences.count
        }
        #expect(found > 100)
        await log.close()
    }

    @Test("A reader that has enough is given no more")
    func readerEndsTheReading() async throws {
        let (log, _) = try await sample()
        let count = Counter()
        try await log.read(EventQuery()) { _ throws(MomentlogError) in
            count.next() < 3
        }
        #expect(count.value.withLock { $0 } == 3)
        await log.close()
    }

    @Test("What the reader throws ends the reading and passes through")
    func readerThrows() async throws {
        let (log, _) = try await sample()
        let count = Counter()
        try await expectRefusal(.noCheckpoint) {
            try await log.read(EventQuery()) { _ throws(MomentlogError) in
                _ = count.next()
                throw MomentlogError(.noCheckpoint, "enough")
            }
        }
        #expect(count.value.withLock { $0 } == 1)
        await log.close()
    }

    @Test("A reading shows one state of the log, whatever is appended meanwhile")
    func readingIsOneState() async throws {
        let (log, _) = try await sample()
        let (hasBegun, hasAppended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let count = Counter()
        async let reading: Void = log.read(EventQuery()) { _ throws(MomentlogError) in
            if count.next() == 1 {
                hasBegun.signal()
                hasAppended.wait()
            }
            return true
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                hasBegun.wait()
                continuation.resume()
            }
        }
        let appended = await Task { try await log.append(.defining("vm3")) }.result
        hasAppended.signal()
        try await reading
        #expect(try appended.get().sequences == 9...9)
        #expect(count.value.withLock { $0 } == 8)
        #expect(try await log.lines().count == 9)
        await log.close()
    }

    @Test("A domain that the log does not know is refused")
    func unknownDomain() async throws {
        let (log, vm1) = try await sample()
        let other = DomainEntry.ID(number: vm1.number + 1000, store: vm1.store)
        try await expectRefusal(.noDomain) { try await log.replay(other) }
        #expect(try await log.lines(EventQuery(domain: other)).isEmpty)
        await log.close()
    }
}

/// A class because a closure that counts shares it with the test.
private final class Counter: Sendable {
    let value = Mutex(0)

    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}

extension EventQuery {
    /// Whether an event is one of those asked for, by its line.
    fileprivate func admits(_ event: RecordedEvent) throws -> Bool {
        try LoggedLine(text: EventLine.encode(event)).parsed { admits($0) }
    }
}
