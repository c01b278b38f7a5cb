import CShims
import EventLog
import Foundation
import Glibc
import Moments
import Synchronization

/// The right to change a store: the kernel's lock (`flock`) on its database file, which ends with
/// its holder.
///
/// Only the holder commits and checkpoints the WAL. SQLite before 3.51.3 can lose commits when one
/// connection does the one while another does the other
/// (<https://www.sqlite.org/wal.html#walresetbug>).
///
/// A process that commits without pause could keep all others waiting: it releases the lease and
/// takes it again before any other process wakes up. So waiting processes announce themselves with
/// a lock on a byte far beyond the file's end, and a process that has just released the lease lets
/// them go first; see ``LeaseCourtesy``. No answer is required: a process that is stopped while it
/// waits delays the others only a little.
struct WriteLease: Sendable {
    private let files: StoreFiles
    private let file: DatabaseFile
    let timeout: Duration

    init(_ files: StoreFiles, _ file: DatabaseFile, timeout: Duration) {
        self.files = files
        self.file = file
        self.timeout = timeout
    }

    /// Where waiting processes have a shared lock: SQLite's locks are within the first two
    /// gigabytes (<https://www.sqlite.org/lockingv3.html>).
    private static let waitingByte = 1 << 62

    /// Waits for the lease up to a limit; nil for the default. The caller has to release it.
    ///
    /// It blocks its thread, so it is called on dispatch queues and never by a task: the tasks' few
    /// threads may all be needed to let its holder continue.
    ///
    /// - Parameter courtesy: What to do if others wait, and have had no chance yet.
    /// - Throws: ``MomentlogError`` with `busy` when others held it all the time,
    ///   with `storage` when the database file cannot be opened or locked, or is no longer at
    ///   its path.
    func acquire(
        within limit: Duration? = nil, _ courtesy: Courtesy = .pauses
    ) throws(MomentlogError) {
        let limit = limit ?? timeout
        let deadline = ContinuousClock.now + limit
        guard file.entry.turn.take(within: limit) else { throw busy }
        do throws(MomentlogError) {
            try acquireLock(until: deadline, courtesy)
        } catch {
            file.entry.turn.release()
            throw error
        }
    }

    private func acquireLock(
        until deadline: ContinuousClock.Instant, _ courtesy: Courtesy
    ) throws(MomentlogError) {
        let descriptor = try file.writing(at: files.database)
        var isWaiting = false
        defer { if isWaiting { mark(descriptor, false) } }
        if courtesy != .none, defers, isAwaited(descriptor) {
            if courtesy == .refuses { throw busy }
            if ContinuousClock.now < deadline {
                usleep(Self.courtesyPause)
                file.entry.courtesy.withLock { $0.deferred() }
            }
        }
        let start = ContinuousClock.now
        while try !isTaken(flock(descriptor, LOCK_EX | LOCK_NB)) {
            guard ContinuousClock.now < deadline else { throw busy }
            if !isWaiting {
                isWaiting = true
                mark(descriptor, true)
                file.entry.courtesy.withLock { $0.waited() }
                continue
            }
            // A commit takes some hundreds of microseconds; a longer wait is for something else.
            usleep(ContinuousClock.now - start < .milliseconds(50) ? 200 : 1_000)
        }
        do throws(MomentlogError) {
            try files.check(file.identity)
        } catch {
            _ = flock(descriptor, LOCK_UN)
            throw error
        }
    }

    /// What to do if others wait that have had no chance since this process released the lease.
    enum Courtesy: Sendable {
        /// Pause for a moment, if there is time for it.
        case pauses
        /// Do not take the lease.
        case refuses
        /// Nothing.
        case none
    }

    /// Longer than waiting processes sleep.
    private static let courtesyPause: UInt32 = 300

    private var defers: Bool { file.entry.courtesy.withLock { $0.isDue(at: .now) } }

    private func isAwaited(_ descriptor: CInt) -> Bool {
        momentlog_is_locked(descriptor, Self.waitingByte, 1) == 1
    }

    private func mark(_ descriptor: CInt, _ isWaiting: Bool) {
        _ = momentlog_share_byte(descriptor, Self.waitingByte, isWaiting ? 1 : 0)
    }

    private func isTaken(_ result: CInt) throws(MomentlogError) -> Bool {
        guard result != 0 else { return true }
        let code = errno
        guard [EWOULDBLOCK, EAGAIN, EACCES, EINTR].contains(code) else {
            throw MomentlogError(
                .storage,
                "cannot lock \(files.database): \(String(cString: strerror(code)))",
                hint: "keep the store on a local file system")
        }
        return false
    }

    var busy: MomentlogError {
        MomentlogError(
            .busy, "another process holds the write lease of \(files.database)",
            hint: "try again when it is done; 'fuser \(files.database)' shows which processes have"
                + " the store open")
    }

    /// Releases the lease.
    func release() {
        if let descriptor = try? file.writing(at: files.database) {
            _ = flock(descriptor, LOCK_UN)
        }
        file.entry.courtesy.withLock { $0.released(at: .now) }
        file.entry.turn.release()
    }
}

/// Decides when a process that wants the lease again lets others have it first.
///
/// If others do not take it although it was left to them several times, they are stopped processes,
/// and for a while nobody is waited for.
struct LeaseCourtesy: Sendable {
    private var lastRelease: ContinuousClock.Instant?
    private var fruitless = 0
    private var suspendedUntil: ContinuousClock.Instant?

    /// Returns whether the last release is so recent that others had no chance.
    func isDue(at now: ContinuousClock.Instant) -> Bool {
        guard let lastRelease, now - lastRelease < .milliseconds(5) else { return false }
        return suspendedUntil.map { now >= $0 } ?? true
    }

    /// Notes that the lease was left to others for a moment.
    mutating func deferred() {
        fruitless += 1
        guard fruitless == 16 else { return }
        fruitless = 0
        suspendedUntil = .now + .milliseconds(100)
    }

    /// Notes that another process had the lease.
    mutating func waited() {
        fruitless = 0
        suspendedUntil = nil
    }

    mutating func released(at now: ContinuousClock.Instant) { lastRelease = now }
}
