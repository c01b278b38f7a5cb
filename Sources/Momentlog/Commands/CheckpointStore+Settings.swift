public import EventLog
public import Moments
import SQLiteEventLog

/// The result of changing a store's settings.
public struct SettingsOutcome: Sendable, Hashable {
    /// The present settings.
    public let settings: StoreSettings
    /// The changes; empty if the settings had these values already.
    public let changes: [SettingsChange]
    /// The commit that records it; nil if nothing changed.
    public let commit: Int?
    /// The events' sequences; nil if nothing changed.
    public let sequences: ClosedRange<Int>?
}

extension CheckpointStore {
    /// Returns the store's settings.
    ///
    /// - Complexity: O(1).
    public func settings() async throws(MomentlogError) -> StoreSettings {
        try await log.settings()
    }

    /// Changes the store's settings for everyone who writes to it. Existing events stay unchanged.
    ///
    /// Each change is an event in the store's own stream; settings that have the value already
    /// append nothing.
    ///
    /// - Parameters:
    ///   - settings: The new settings.
    ///   - submission: Who changes them, and why; without a request or an expected revision,
    ///     since a repeated change appends nothing.
    /// - Throws: ``MomentlogError`` with `usage` for a submission that the log cannot store, with
    ///   `busy` or `storage`: nothing has changed then; with `outcome-unknown`.
    /// - Complexity: O(log *n*) in the log.
    @discardableResult
    public func changeSettings(
        to settings: StoreSettings, by submission: Submission
    ) async throws(MomentlogError) -> SettingsOutcome {
        try checkOpen()
        let provenance = submission.provenance
        try provenance.check()
        try submission.checkNoRevision()
        guard provenance.request == nil else {
            throw MomentlogError(
                .usage, "a change of settings has no idempotency key",
                hint: "leave it out: repeating the change appends nothing")
        }
        let contended = OvertakenAppend(to: log)
        let outcome: SettingsOutcome = try await contended.run {
            (_, turn) throws(MomentlogError) in
            let present = try await self.settings()
            let changes = present.changes(to: settings)
            guard !changes.isEmpty else {
                return .done(
                    SettingsOutcome(
                        settings: present, changes: [], commit: nil, sequences: nil))
            }
            let commit = PendingCommit.changing(
                present, by: changes, origin: origin, provenance: provenance)
            switch try await contended.append([commit], in: turn) {
            case .overtaken(let error): return .overtaken(error)
            case .done(let receipts):
                return .done(
                    SettingsOutcome(
                        settings: settings, changes: changes, commit: receipts.first?.commit,
                        sequences: receipts.first?.sequences))
            }
        }
        // A change must not be reported that a power loss could undo.
        if outcome.changes.isEmpty { try await log.ensureDurable(within: contended.limit) }
        return outcome
    }
}
