import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct ConcurrencyTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("Eight tasks that append through two logs lose nothing and leave no gap")
    func manyWriters() async throws {
        let (tasks, appends) = (8, 25)
        let logs = [
            try await SQLiteEventLog.opened(at: folder.store),
            try await SQLiteEventLog.opened(at: folder.store),
        ]
        let receipts = try await withThrowingTaskGroup(of: [CommitReceipt].self) { group in
            for number in 0..<tasks {
                let log = logs[number % 2]
                group.addTask {
                    let name = "vm\(number)"
                    var receipts = [try await log.append(.defining(name))]
                    for turn in 1..<appends {
                        let after = receipts[turn - 1]
                        receipts.append(
                            try await log.append(
                                .appending(Event.creating("c\(turn)"), after: after, named: name)))
                    }
                    return receipts
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let total = tasks * (1 + 2 * (appends - 1))
        let events = try await logs[0].events()
        #expect(events.map(\.sequence) == Array(1...total))
        #expect(Set(events.map(\.commit)) == Set(1...tasks * appends))
        #expect(Set(receipts.map(\.commit)) == Set(1...tasks * appends))
        for receipt in receipts {
            let own = events.filter { $0.commit == receipt.commit }
            #expect(own.map(\.sequence) == Array(receipt.sequences))
            #expect(own.last?.revision == receipt.revision)
        }
        for domain in try await logs[1].domains() {
            let replayed = try await logs[1].replay(domain.id)
            #expect(replayed.graph.count == appends - 1)
            #expect(replayed.revision == 2 * appends - 1)
        }
        let head = try await logs[0].state().head.split(separator: "\n")
        #expect(head.dropFirst().first == "\(total)")
        #expect(try await logs[1].lines() == logs[0].lines())
        for log in logs { await log.close() }
        #expect(try folder.names() == ["store.db", "store.db.head"])
    }

    @Test("Tasks that race for one domain's revision have one winner each time")
    func oneWinner() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let other = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1"))
        let won = await withTaskGroup(of: MomentlogError.Code?.self) { group in
            for number in 0..<8 {
                group.addTask {
                    do {
                        _ = try await (number % 2 == 0 ? log : other).append(
                            .appending(
                                Event.creating("c\(number)"), after: first, named: "vm1"))
                        return nil
                    } catch {
                        return (error as? MomentlogError)?.code
                    }
                }
            }
            return await group.reduce(into: [MomentlogError.Code?]()) { $0.append($1) }
        }
        #expect(won.filter { $0 == nil }.count == 1)
        #expect(won.filter { $0 == .revisionConflict }.count == 7)
        #expect(try await log.lines().count == 3)
        await log.close()
        await other.close()
    }
}
