import CShims
import Dispatch
import Foundation
import Moments
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The right to change a store, which all processes honour: an advisory kernel
/// lock on the store's head file, which dies with its holder.
///
/// Only the holder commits and only the holder checkpoints the WAL. SQLite before
/// 3.51.3 can lose commits when one connection does the one while another does
/// the other (<https://www.sqlite.org/wal.html#walresetbug>).
///
/// The lock is not on the database itself, because a process that closes any
/// descriptor of that file drops the locks that SQLite holds on it
/// (<https://www.sqlite.org/howtocorrupt.html#posix_advisory_locks_canceled_by_a_separate_thread_doing_close_>).
///
/// Who waits longest is the next: locks on the file's first bytes are places in a queue. Who
/// comes takes the last place, and moves up as the one before it falls free; only the holder
/// of the first asks for the lease. So who has let go of the lease a moment ago, and wants it
/// again, stands behind all who wait. Without it a process that commits without rest could
/// starve all others.
///
/// It is a class because it owns a file descriptor.
final class WriteLease: Sendable {
    let path: String
    private let timeout: Duration
    private let descriptor: Mutex<CInt?>
    /// The kernel's lock is the descriptor's, and so does not keep the threads of one
    /// log from each other.
    private let turn = DispatchSemaphore(value: 0)

    init(path: String, timeout: Duration) {
        self.path = path
        self.timeout = timeout
        descriptor = Mutex(nil)
        // A semaphore that was made with its one turn could not go away while it is taken.
        turn.signal()
    }

    deinit {
        descriptor.withLock { descriptor in
            if let open = descriptor { _ = Glibc.close(open) }
        }
    }

    /// Waits for the lease, for so long at most; nil for as long as this lease
    /// always waits. Whoever gets it has to release it.
    ///
    /// It blocks its thread, so it is called on dispatch queues and never by a task:
    /// the tasks' few threads may all be needed to let its holder go on.
    ///
    /// - Throws: ``MomentlogError`` with `busy` when others held it all the time,
    ///   with `storage` when the head file cannot be opened or locked.
    func acquire(within limit: Duration? = nil) throws(MomentlogError) {
        let limit = limit ?? timeout
        let deadline = ContinuousClock.now + limit
        let (seconds, attoseconds) = limit.components
        let patience = Double(seconds) + Double(attoseconds) * 1e-18
        guard turn.wait(timeout: .now() + patience) == .success else { throw busy }
        do throws(MomentlogError) {
            try acquireLock(until: deadline)
        } catch {
            turn.signal()
            throw error
        }
    }

    /// How many can wait in the order in which they came; more wait for the last place.
    private static let places = 16

    private func acquireLock(until deadline: ContinuousClock.Instant) throws(MomentlogError) {
        // The place that is held; nil before the last is.
        var place: Int?
        defer { if let place { leave(place) } }
        var pause: UInt32 = 200
        while true {
            let open = try openDescriptor()
            // Mostly nobody waits.
            let isFree = place == nil && momentlog_has_locked_byte(open, CInt(Self.places)) == 0
            if place == 0 || isFree, try isTaken(flock(open, LOCK_EX | LOCK_NB)) {
                if isStillAtPath(open) { return }
                // The file was replaced while we waited for it: take the new one.
                discardDescriptor()
                place = nil
                continue
            }
            let next = (place ?? Self.places) - 1
            if next >= 0, try isTaken(momentlog_lock_byte(open, CInt(next))) {
                if let place { leave(place) }
                place = next
                continue
            }
            guard ContinuousClock.now < deadline else { throw busy }
            // The first looks often, since while it sleeps nobody works, and the second, who
            // is to be first then.
            usleep(next < 0 ? 200 : next == 0 ? 500 : pause)
            pause = min(pause * 2, 5_000)
        }
    }

    private func isTaken(_ result: CInt) throws(MomentlogError) -> Bool {
        guard result != 0 else { return true }
        let code = errno
        guard [EWOULDBLOCK, EAGAIN, EACCES, EINTR].contains(code) else {
            throw failure("lock", code)
        }
        return false
    }

    private func leave(_ place: Int) {
        descriptor.withLock { descriptor in
            if let open = descriptor { _ = momentlog_unlock_byte(open, CInt(place)) }
        }
    }

    private var busy: MomentlogError {
        MomentlogError(
            .busy, "another process holds the write lease of \(path)",
            hint: "try again when it is done; 'fuser \(path)' tells which it is")
    }

    /// Lets others have it.
    func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor { _ = flock(open, LOCK_UN) }
        }
        turn.signal()
    }

    /// Writes the head in place, while the lease is held. It is not synced: it is
    /// never ahead of the log, and being behind is only a warning less.
    ///
    /// Returns whether it was written.
    func writeHead(_ head: String) -> Bool {
        descriptor.withLock { descriptor in
            guard let open = descriptor else { return false }
            let bytes = Array(head.utf8)
            guard pwrite(open, bytes, bytes.count, 0) == bytes.count else { return false }
            // Only a head of another store can be longer than this one's.
            var file = momentlog_file()
            guard momentlog_look_at(open, nil, &file) == 0 else { return false }
            return file.size == bytes.count || ftruncate(open, bytes.count) == 0
        }
    }

    private func openDescriptor() throws(MomentlogError) -> CInt {
        let result: Result<CInt, MomentlogError> = descriptor.withLock { descriptor in
            if let known = descriptor { return .success(known) }
            var opened = open(path, O_RDWR | O_CLOEXEC)
            if opened < 0 && errno == ENOENT {
                opened = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
                // The mode is ours, not the umask's.
                if opened >= 0 { _ = fchmod(opened, 0o600) }
            }
            if opened < 0 && errno == EEXIST { opened = open(path, O_RDWR | O_CLOEXEC) }
            guard opened >= 0 else { return .failure(failure("open", errno)) }
            descriptor = opened
            return .success(opened)
        }
        return try result.get()
    }

    private func discardDescriptor() {
        descriptor.withLock { descriptor in
            if let open = descriptor { _ = Glibc.close(open) }
            descriptor = nil
        }
    }

    private func isStillAtPath(_ descriptor: CInt) -> Bool {
        var opened = momentlog_file()
        var named = momentlog_file()
        return momentlog_look_at(descriptor, nil, &opened) == 0
            && momentlog_look_at(-1, path, &named) == 0
            && opened.inode == named.inode && opened.device == named.device
    }

    private func failure(_ verb: String, _ code: CInt) -> MomentlogError {
        MomentlogError(
            .storage, "cannot \(verb) \(path): \(String(cString: strerror(code)))",
            hint: "the store and its folder must be writable to change it")
    }
}
