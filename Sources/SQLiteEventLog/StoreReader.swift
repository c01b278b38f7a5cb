import EventLog
import Foundation
import GRDB
import Glibc
import Moments
import Synchronization

/// Reads a store and changes nothing in it: see ``ReadConnections``.
///
/// The store is the file that was opened first: another one at its path is an error, so that
/// knowledge of one store is never applied to another.
///
/// It is a class because it owns connections.
final class StoreReader: Sendable {
    private struct State {
        var connections: ReadConnections?
        /// Keeps the inode from being reused.
        var file: DatabaseFile?
        var isClosed = false
    }

    private let files: StoreFiles
    private let prepare: @Sendable (Database) throws -> Void
    private let retryLimit: Duration
    private let isWriting: Bool
    private let state: Mutex<State>
    /// Held while connections are opened: one thread opens them for all.
    private let opening = Mutex(())
    private let acceptsLoss = Mutex(false)

    /// - Parameters:
    ///   - retryLimit: The time for which a read of a changing store is repeated.
    ///   - isWriting: Whether this process changes the store, or is about to.
    init(
        _ files: StoreFiles, retryLimit: Duration, isWriting: Bool = false,
        prepare: @escaping @Sendable (Database) throws -> Void
    ) {
        self.files = files
        self.retryLimit = retryLimit
        self.prepare = prepare
        self.isWriting = isWriting
        state = Mutex(State())
    }

    /// The file that is read; nil if none was opened yet.
    var file: DatabaseFile? { state.withLock { $0.file } }

    /// Whether it was reported that events which the head file lists are missing, and what is left
    /// is read all the same.
    var readsWhatIsBehind: Bool {
        get { acceptsLoss.withLock { $0 } }
        set { acceptsLoss.withLock { $0 = newValue } }
    }

    /// Sets the file that is read, if none was opened yet.
    func keep(_ file: DatabaseFile) {
        state.withLock { state in
            if !state.isClosed, state.file == nil { state.file = file }
        }
    }

    /// Releases the connections once the reads in progress have ended; nothing can be read any
    /// more.
    func close() {
        // Released outside of the lock: closing connections takes a while.
        let (connections, file) = state.withLock { state in
            defer { (state.connections, state.file, state.isClosed) = (nil, nil, true) }
            return (state.connections, state.file)
        }
        withExtendedLifetime((connections, file)) {}
    }

    // MARK: Reading

    /// Runs a closure on one state of the database; nil if there is no store yet.
    ///
    /// The closure runs again if the files have changed while it ran; the result is that of the
    /// last time.
    ///
    /// - Throws: ``MomentlogError``; `busy` if the files kept changing, `cancelled`.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(MomentlogError) -> Value? {
        try await BlockingWork.shared.run { [self] cancellation throws(MomentlogError) in
            try readNow(unless: cancellation, body)
        }
    }

    /// As ``read(_:)``, but blocks its thread.
    func readNow<Value>(
        unless cancellation: Cancellation? = nil, _ body: (Database) throws -> Value
    ) throws(MomentlogError) -> Value? {
        var retry = ReadRetry(limit: retryLimit)
        while true {
            guard case .success(let found) = try opened(copies: retry.isUnlucky) else {
                try retry.pause(files)
                continue
            }
            guard let connections = found else { return nil }
            let result = Result {
                try connections.reader.unsafeRead {
                    try ReadTransaction.run(in: $0, cancellation, body)
                }
            }
            try cancellation?.check()
            if let value = try accepted(result, connections, &retry) { return value }
            try retry.pause(files)
        }
    }

    /// Returns what was read, if it is valid; nil to read it again.
    private func accepted<Value>(
        _ result: Result<Value, any Error>, _ connections: ReadConnections,
        _ retry: inout ReadRetry
    ) throws(MomentlogError) -> Value? {
        let stands = connections.stands
        if !stands { retry.isUnlucky = true }
        switch result {
        case .success(let value):
            if stands { return value }
        case .failure(let error):
            let failure = StorageFailure.mapped(error, files)
            let isDoubtful = error is DatabaseError || failure.code == .corrupt
            // Damage that is found again is real.
            if stands, !isDoubtful || !retry.isWorthAnotherTry { throw failure }
        }
        drop(connections)
        return nil
    }

    /// Releases connections that are no longer usable.
    private func drop(_ connections: ReadConnections) {
        let dropped = state.withLock { state -> ReadConnections? in
            guard state.connections === connections else { return nil }
            defer { state.connections = nil }
            return state.connections
        }
        withExtendedLifetime(dropped) {}
    }

    // MARK: Opening

    /// Returns connections that read the present content of the store; nil if there are none yet.
    private func known() throws(MomentlogError) -> ReadConnections? {
        let (known, file, isClosed) = state.withLock { ($0.connections, $0.file, $0.isClosed) }
        guard !isClosed else { throw Self.closed(files) }
        if let file { try files.check(file.identity) }
        guard let known else { return nil }
        if known.hasLostParts(files) { throw StoreParts.removed(files) }
        return known.isCurrent(files) ? known : nil
    }

    private func opened(
        copies: Bool
    ) throws(MomentlogError) -> Result<ReadConnections?, Unsettled> {
        if let known = try known() { return .success(known) }
        return try opening.withLock { _ throws(MomentlogError) in try openedAlone(copies: copies) }
    }

    private func openedAlone(
        copies: Bool
    ) throws(MomentlogError) -> Result<ReadConnections?, Unsettled> {
        // Another thread may have opened them in the meantime.
        if let known = try known() { return .success(known) }
        // Read before the database, which may grow meanwhile.
        let head =
            try file == nil || readsWhatIsBehind
            ? nil : HeadFile.read(files.head)
        let opened: ReadConnections?
        do {
            opened = try ReadConnections.open(
                files,
                ReadConnections.Settings(
                    isWriting: isWriting, copies: copies, prepare: prepare))
            try head.map { try check(opened, against: $0) }
        } catch is Unsettled {
            return .failure(Unsettled())
        } catch {
            throw StorageFailure.mapped(error, files)
        }
        let file = state.withLock { state in
            if state.file == nil { state.file = opened?.file }
            return state.file
        }
        if let file, let opened, opened.file.identity != file.identity {
            throw StoreFiles.replaced(files.database)
        }
        let dropped = state.withLock { state -> ReadConnections? in
            defer { if !state.isClosed { state.connections = opened } }
            return state.connections
        }
        withExtendedLifetime(dropped) {}
        return .success(opened)
    }

    /// Ensures that files which are opened again have all the events that the head file lists: the
    /// write-ahead log may have been removed since they were read before.
    ///
    /// - Throws: ``MomentlogError`` with `behind-head`, ``Unsettled``, and what SQLite throws.
    private func check(_ opened: ReadConnections?, against head: HeadFile) throws {
        guard let opened else {
            if case .head(let recorded) = head, recorded.size > 0 {
                throw HeadMismatch(recorded: recorded, found: 0, reason: .noDatabase).error(files)
            }
            return
        }
        let mismatch = try opened.reader.unsafeRead { database in
            try ReadTransaction.run(in: database, nil) { try head.contradiction(with: $0) }
        }
        guard let mismatch else { return }
        guard opened.stands else { throw Unsettled() }
        throw mismatch.error(files)
    }

    static func closed(_ files: StoreFiles) -> MomentlogError {
        MomentlogError(
            .storage, "the store \(files.database) was closed", hint: "open it again")
    }
}

/// Counts the repetitions of a read because the store's files have changed.
struct ReadRetry {
    private let deadline: ContinuousClock.Instant
    private var pause = Duration.milliseconds(20)
    private var count = 0

    init(limit: Duration) { deadline = .now + limit }

    /// Whether apparent damage is read once more: files that do not change are damaged then.
    var isWorthAnotherTry: Bool { count == 0 }

    /// Whether the files have changed during a read: the next one takes a copy.
    var isUnlucky = false

    private mutating func next(_ files: StoreFiles) throws(MomentlogError) -> Duration {
        // A copy is tried in any case.
        guard ContinuousClock.now + pause < deadline || count <= 1 else {
            throw MomentlogError(
                .busy, "the store \(files.database) changed during every attempt to read it",
                hint: "try again when less is going on")
        }
        defer { pause = min(pause * 2, .milliseconds(400)) }
        count += 1
        return pause
    }

    /// Blocks its thread for a while.
    mutating func pause(_ files: StoreFiles) throws(MomentlogError) {
        usleep(UInt32(try next(files).microseconds))
    }
}
