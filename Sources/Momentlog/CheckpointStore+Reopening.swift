import EventLog
public import Moments
import Synchronization

extension CheckpointStore {
    /// Opens the store's log again, so that the store can be used after an `outcome-unknown`.
    ///
    /// A commit that fails at its end may or may not be on stable storage, and the log refuses
    /// everything after it until it is opened again: then its outcome is known. A request with an
    /// idempotency key can be repeated then; ``outcome(ofRequest:)`` returns whether it was carried
    /// out. For example:
    ///
    /// ```swift
    /// do {
    ///     try await store.create(request, in: "vm1", by: nightly)
    /// } catch where error.code == .outcomeUnknown {
    ///     try await store.reopen()
    ///     try await store.create(request, in: "vm1", by: nightly)
    /// }
    /// ```
    ///
    /// Several tasks may call it at once: the log is opened once for all of them. Commands that
    /// are submitted meanwhile wait for it.
    ///
    /// - Throws: ``MomentlogError`` as ``open(at:options:)`` does; it may be called again then.
    ///   With `usage` for a store on a log that it cannot open.
    /// - Complexity: O(log *n*) in the events.
    public func reopen() async throws(MomentlogError) {
        try checkOpen()
        guard let opener else {
            throw MomentlogError(
                .usage, "the store cannot open its log again",
                hint: "create another store on a log that is open")
        }
        let task = session.withLock { session in
            if let running = session.reopening { return running }
            let old = session
            let task = Task { await self.replace(old, by: opener) }
            session.reopening = task
            return task
        }
        try await task.value.get()
    }

    private func replace(
        _ old: Session, by open: Opener
    ) async -> Result<Void, MomentlogError> {
        await old.handler.finish()
        await old.log.close()
        do throws(MomentlogError) {
            let log = try await open()
            let handler = CommandHandler(log: log, origin: origin, logger: logger)
            session.withLock { $0 = Session(log: log, handler: handler) }
            return .success(())
        } catch {
            session.withLock { $0.reopening = nil }
            return .failure(error)
        }
    }

    /// Returns the command handler, once no reopening is under way.
    func readyHandler() async -> CommandHandler {
        while let reopening = session.withLock({ $0.reopening }) { _ = await reopening.value }
        return handler
    }
}
