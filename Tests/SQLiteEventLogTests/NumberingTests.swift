import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct NumberingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("Sequences, commits and revisions count from 1 without gaps over several domains")
    func numbersHaveNoGaps() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let names = ["vm1", "vm2", "vm3"]
        var receipts: [CommitReceipt] = []
        for name in names { receipts.append(try await log.append(.defining(name))) }
        for round in 0..<6 {
            let turn = round % names.count
            receipts[turn] = try await log.append(
                .appending(Event.creating("c\(round)"), after: receipts[turn], named: names[turn]))
            #expect(receipts[turn].commit == names.count + round + 1)
            let last = names.count + 2 * (round + 1)
            #expect(receipts[turn].sequences == last - 1...last)
            #expect(receipts[turn].revision == 1 + 2 * (round / names.count + 1))
        }
        let events = try await log.events()
        #expect(events.map(\.sequence) == Array(1...15))
        #expect(Set(events.map(\.commit)) == Set(1...9))
        #expect(events.map(\.commit) == events.map(\.commit).sorted())
        for (name, receipt) in zip(names, receipts) {
            let own = try await log.events(EventQuery(domain: receipt.domain))
            #expect(own.map(\.revision) == Array(1...5))
            #expect(own.allSatisfy { $0.domain?.text == name })
        }
        await log.close()
    }

    @Test("An append that was refused leaves no gap behind it")
    func refusalsLeaveNoGap() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1"))
        try await expectRefusal(.exists) { try await log.append(.defining("vm1")) }
        let second = try await log.append(.defining("vm2"))
        #expect(second.commit == 2)
        #expect(second.sequences == 2...2)
        #expect(second.domain != first.domain)
        #expect(try await log.domains().map(\.id) == [first.domain, second.domain])
        await log.close()
    }

    @Test("A log that was closed and opened again is the same, and continues")
    func reopening() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1", uuid: sampleUUID(1)))
        _ = try await log.append(.appending(Event.creating("c1"), after: first, named: "vm1"))
        let (lines, domains, state) = try await (log.lines(), log.domains(), log.state())
        #expect(lines.count == 3)
        await log.close()

        let again = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await again.lines() == lines)
        #expect(try await again.domains() == domains)
        #expect(try await again.state() == state)
        #expect(try await again.replay(first.domain).graph.current == "c1")
        let next = try await again.append(
            .appending(
                Event.creating("c2", parent: "c1"), to: first.domain, named: "vm1", revision: 3))
        #expect(next.commit == 3)
        #expect(next.sequences == 4...5)
        await again.close()
    }
}
