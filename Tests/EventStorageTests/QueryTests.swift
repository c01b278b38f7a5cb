import Dispatch
import Moments
import Synchronization
import Testing

@testable import EventStorage

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
        "a query finds what it asks for, in its order",
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

    @Test("a reader that has enough is given no more")
    func readerEndsTheReading() async throws {
        let (log, _) = try await sample()
        let count = Counter()
        try await log.read(EventQuery()) { _ throws(MomentlogError) in
            count.next() < 3
        }
        #expect(count.value.withLock { $0 } == 3)
        await log.close()
    }

    @Test("what the reader throws ends the reading and passes through")
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

    @Test("a reading shows one state of the log, whatever is appended meanwhile")
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

    @Test("a domain that the log does not know is refused")
    func unknownDomain() async throws {
        let (log, vm1) = try await sample()
        let other = DomainEntry.ID(number: vm1.number + 1000)
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
