import CShims
import Dispatch
import Files
import Foundation
import Moments
import Synchronization
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct WriteLeaseTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try Data("database".utf8).write(to: URL(fileURLWithPath: folder.store))
    }

    private func lease(_ timeout: Duration = .zero) throws -> WriteLease {
        try folder.lease(timeout)
    }

    private func code(_ body: () throws(MomentlogError) -> Void) -> MomentlogError.Code? {
        do throws(MomentlogError) {
            try body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("A held lease is busy for others until it is released")
    func secondLease() throws {
        let (first, second) = (try lease(), try lease(.milliseconds(20)))
        try first.acquire()
        #expect(code { () throws(MomentlogError) in try second.acquire() } == .busy)
        #expect(
            code { () throws(MomentlogError) in try second.acquire(within: .zero) } == .busy)
        first.release()
        try second.acquire()
        #expect(code { () throws(MomentlogError) in try first.acquire() } == .busy)
        second.release()
        try first.acquire()
        first.release()
    }

    @Test("A thread that waits for the lease gets it when it is released.")
    func waiting() throws {
        let (first, second) = (try lease(), try lease(.seconds(60)))
        try first.acquire()
        DispatchQueue.global().async { first.release() }
        try second.acquire()
        #expect(code { () throws(MomentlogError) in try first.acquire() } == .busy)
        second.release()
    }

    @Test("A thread that takes the lease again and again keeps no other thread from it.")
    func fairness() throws {
        let (greedy, modest) = (try lease(.seconds(60)), try lease(.seconds(60)))
        let isOver = Mutex(false)
        let turns = Mutex(0)
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) {
            while !isOver.withLock({ $0 }) {
                guard (try? greedy.acquire()) != nil else { return }
                turns.withLock { $0 += 1 }
                // As long as a commit may take, and then no rest.
                usleep(500)
                greedy.release()
            }
        }
        defer {
            isOver.withLock { $0 = true }
            group.wait()
        }
        var most = 0
        for _ in 0..<40 {
            let last = turns.withLock { $0 }
            while turns.withLock({ $0 }) == last { sched_yield() }
            let before = turns.withLock { $0 }
            try modest.acquire()
            most = max(most, turns.withLock { $0 } - before)
            modest.release()
        }
        #expect(most < 40, "\(most) turns of the other in between")
    }

    @Test("Threads that wait for the lease get it in the order in which they came.")
    func order() throws {
        let turn = FairTurn()
        #expect(turn.take(within: .zero))
        let order = Mutex<[Int]>([])
        let group = DispatchGroup()
        for number in 0..<5 {
            let before = turn.waiterCount
            DispatchQueue(label: "waiter").async(group: group) {
                guard turn.take(within: .seconds(60)) else { return }
                order.withLock { $0.append(number) }
                turn.release()
            }
            while turn.waiterCount == before { sched_yield() }
        }
        #expect(!turn.take(within: .milliseconds(1)))
        #expect(turn.waiterCount == 5)
        turn.release()
        group.wait()
        #expect(order.withLock { $0 } == [0, 1, 2, 3, 4])
        #expect(turn.take(within: .zero))
    }

    @Test(
        "A database that was replaced or removed while the lease was awaited is a storage error.",
        arguments: [true, false])
    func replacedDatabase(isReplaced: Bool) throws {
        let (first, second) = (try lease(), try lease())
        try first.acquire()
        if isReplaced {
            try Data("new".utf8).write(to: URL(fileURLWithPath: folder.file("draft")))
            try #require(rename(folder.file("draft"), folder.store) == 0)
        } else {
            try FileManager.default.removeItem(atPath: folder.store)
        }
        first.release()
        #expect(code { () throws(MomentlogError) in try second.acquire() } == .storage)
        // It was released.
        #expect(code { () throws(MomentlogError) in try first.acquire() } == .storage)
    }

    @Test("The descriptors of a database stay open until the last reference to it goes.")
    func lastReference() throws {
        var first: DatabaseFile? = try folder.databaseFile()
        let second = try folder.databaseFile()
        #expect(first?.descriptor == second.descriptor)
        try WriteLease(folder.files, second, timeout: .zero).acquire()
        first = nil
        let bytes = OpenFile.read(second.descriptor, 8, at: 0)
        #expect(bytes == Array("database".utf8))
        // A hard link is the same file, and no other descriptor of it is closed meanwhile.
        try #require(link(folder.store, folder.file("link")) == 0)
        #expect(try DatabaseFile.open(folder.file("link"))?.descriptor == second.descriptor)
        WriteLease(folder.files, second, timeout: .zero).release()
    }

    @Test("A special file is never opened as a database, and never blocks")
    func noRegularFile() throws {
        let pipe = folder.file("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        #expect(code { () throws(MomentlogError) in _ = try DatabaseFile.open(pipe) } == .storage)
        try #require(symlink(folder.store, folder.file("link")) == 0)
        #expect(
            code { () throws(MomentlogError) in _ = try DatabaseFile.open(folder.file("link")) }
                == .storage)
        #expect(
            code { () throws(MomentlogError) in _ = try DatabaseFile.open(folder.path) }
                == .storage)
        #expect(try DatabaseFile.open(folder.file("none")) == nil)
    }
}

struct LeaseCourtesyTests {
    @Test("The lease is left to others shortly after it was released, and only then.")
    func shortlyAfter() {
        var courtesy = LeaseCourtesy()
        let now = ContinuousClock.now
        #expect(!courtesy.isDue(at: now))
        courtesy.released(at: now)
        #expect(courtesy.isDue(at: now + .milliseconds(1)))
        #expect(!courtesy.isDue(at: now + .milliseconds(10)))
    }

    @Test("The lease is no longer left to others that do not take it, until one does")
    func fruitless() {
        var courtesy = LeaseCourtesy()
        for _ in 0..<15 { courtesy.deferred() }
        courtesy.released(at: .now)
        #expect(courtesy.isDue(at: .now))
        courtesy.deferred()
        courtesy.released(at: .now)
        #expect(!courtesy.isDue(at: .now))
        courtesy.waited()
        #expect(courtesy.isDue(at: .now))
    }
}
