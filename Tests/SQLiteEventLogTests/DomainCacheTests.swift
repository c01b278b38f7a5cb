import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct DomainCacheTests {
    private func domain(_ revision: Int) throws -> Domain {
        var domain = Domain(name: "vm")
        try domain.apply(.domainDefined(name: "vm", uuid: nil, definition: nil))
        for number in 1..<max(revision, 1) {
            try domain.apply(
                .checkpointCreated(Checkpoint(name: "c\(number)", creationTime: 1)))
        }
        return domain
    }

    @Test("A later state of a domain is not replaced by an earlier one.")
    func order() throws {
        let cache = DomainCache()
        try cache.put(domain(3), 1)
        try cache.put(domain(2), 1)
        #expect(cache[1]?.revision == 3)
        try cache.put(domain(5), 1)
        #expect(cache[1]?.revision == 5)
    }

    @Test("A domain that was removed from the cache is gone")
    func taken() throws {
        let cache = DomainCache()
        try cache.put(domain(3), 1)
        #expect(cache.take(1)?.revision == 3)
        #expect(cache[1] == nil && cache.take(1) == nil)
        try cache.put(domain(2), 1)
        cache.drop(1)
        #expect(cache[1] == nil)
    }

    @Test("A refused commit leaves a domain unchanged, and the next commit continues from it")
    func refused() async throws {
        let folder = try TemporaryFolder()
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1"))
        let second = try await log.append(
            .appending(Event.creating("c1"), after: first, named: "vm1"))
        try await expectRefusal(.usage) {
            _ = try await log.append(
                .appending(
                    Event.creating("c2") + [.checkpointDeleted("no")], after: second,
                    named: "vm1"))
        }
        #expect(try await log.replay(first.domain).graph.count == 1)
        let third = try await log.append(
            .appending(Event.creating("c2"), after: second, named: "vm1"))
        #expect(third.revision == 5)
        let domain = try await log.replay(first.domain)
        #expect(domain.graph.count == 2 && domain.revision == 5)
        // Another session sees the same, from the lines alone.
        let other = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await other.replay(first.domain).graph == domain.graph)
        _ = try await other.append(.appending(Event.creating("c3"), after: third, named: "vm1"))
        #expect(try await log.replay(first.domain).graph.count == 3)
        await log.close()
        await other.close()
    }
}
