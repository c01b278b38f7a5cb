import CShims
import Dispatch
import Foundation
import Moments
import Synchronization
import Testing

@testable import EventStorage

struct WriteLeaseTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var path: String { folder.file("store.db.head") }

    private func lease(_ timeout: Duration = .zero) -> WriteLease {
        WriteLease(path: path, timeout: timeout)
    }

    private func code(_ body: () throws(MomentlogError) -> Void) -> MomentlogError.Code? {
        do throws(MomentlogError) {
            try body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("a lease that is held is busy for others until it is released")
    func secondLease() throws {
        let (first, second) = (lease(), lease(.milliseconds(20)))
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

    @Test("who waits gets the lease when it is released")
    func waiting() throws {
        let (first, second) = (lease(), lease(.seconds(60)))
        try first.acquire()
        DispatchQueue.global().async { first.release() }
        try second.acquire()
        #expect(code { () throws(MomentlogError) in try first.acquire() } == .busy)
        second.release()
    }

    @Test("who takes the lease again and again keeps nobody else from it")
    func fairness() throws {
        let (greedy, modest) = (lease(.seconds(60)), lease(.seconds(60)))
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
        // Looking for the head of the queue takes a few turns, waiting for the lease one.
        #expect(most < 40, "\(most) turns of the other in between")
    }

    @Test("who waits gets the lease in the order in which they came")
    func order() throws {
        let holder = lease(.seconds(60))
        try holder.acquire()
        let descriptor = open(holder.path, O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        let order = Mutex<[Int]>([])
        let group = DispatchGroup()
        for number in 0..<5 {
            let waiter = lease(.seconds(60))
            DispatchQueue(label: "waiter").async(group: group) {
                guard (try? waiter.acquire()) != nil else { return }
                order.withLock { $0.append(number) }
                waiter.release()
            }
            // Until it has its place in the queue.
            while momentlog_lock_byte(descriptor, CInt(number)) == 0 {
                _ = momentlog_unlock_byte(descriptor, CInt(number))
                sched_yield()
            }
        }
        holder.release()
        group.wait()
        #expect(order.withLock { $0 } == [0, 1, 2, 3, 4])
    }

    @Test("a lease that is let go of is free")
    func deinitialised() throws {
        var first: WriteLease? = lease()
        try first?.acquire()
        let second = lease()
        #expect(code { () throws(MomentlogError) in try second.acquire() } == .busy)
        first = nil
        try second.acquire()
        second.release()
    }

    @Test("releasing what is not held harms nothing")
    func needlessRelease() throws {
        let (first, second) = (lease(), lease())
        first.release()
        try second.acquire()
        first.release()
        #expect(code { () throws(MomentlogError) in try first.acquire() } == .busy)
        first.release()
        #expect(code { () throws(MomentlogError) in try first.acquire() } == .busy)
        second.release()
    }

    @Test("a head file that was replaced while waiting is noticed", arguments: [true, false])
    func replacedHeadFile(isReplaced: Bool) throws {
        let (first, second, third) = (lease(), lease(), lease())
        try first.acquire()
        // It waits for the file that is there now.
        #expect(code { () throws(MomentlogError) in try second.acquire() } == .busy)
        if isReplaced {
            try Data("new".utf8).write(to: URL(fileURLWithPath: folder.file("draft")))
            try #require(rename(folder.file("draft"), path) == 0)
        } else {
            try FileManager.default.removeItem(atPath: path)
        }
        first.release()
        try second.acquire()
        // Who comes now, comes to the file that is at the path: it must be the one held.
        #expect(code { () throws(MomentlogError) in try third.acquire() } == .busy)
        #expect(second.writeHead("head"))
        #expect(try bytes(of: path).starts(with: Data("head".utf8)))
        second.release()
        try third.acquire()
        third.release()
    }

    @Test("the head is written in place, and only by who has the file open")
    func writingTheHead() throws {
        let first = lease()
        #expect(!first.writeHead("early"))
        try first.acquire()
        #expect(first.writeHead("one\n"))
        let before = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber]
        #expect(first.writeHead("three\n"))
        let after = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber]
        #expect(before as? Int == after as? Int)
        #expect(try bytes(of: path) == Data("three\n".utf8))
        first.release()
    }

    @Test("a head file that cannot be opened is a storage error")
    func impossiblePath() {
        let lost = WriteLease(path: folder.file("none/store.db.head"), timeout: .zero)
        #expect(code { () throws(MomentlogError) in try lost.acquire() } == .storage)
        let folderItself = WriteLease(path: folder.path, timeout: .zero)
        #expect(code { () throws(MomentlogError) in try folderItself.acquire() } == .storage)
    }
}
