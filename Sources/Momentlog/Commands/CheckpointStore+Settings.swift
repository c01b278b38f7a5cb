public import EventLog
public import Moments
import SQLiteEventLog

/// What changing a store's settings came to.
public struct SettingsOutcome: Sendable, Hashable {
    /// The settings that hold now.
    public let settings: StoreSettings
    /// What changed; empty if the settings were so already.
    public let changes: [SettingsChange]
    /// The commit that records it; nil if nothing changed.
    public let commit: Int?
    /// The events' sequences; nil if nothing changed.
    public let sequences: ClosedRange<Int>?
}

extension CheckpointStore {
    /// The store's settings.
    ///
    /// - Complexity: O(1).
    public func settings() async throws(MomentlogError) -> StoreSettings {
        try await log.settings()
    }

    /// Changes the store's settings from now on, for everyone who writes to it. What is in the
    /// log already stays as it is.
    ///
    /// Each setting that changes is an event in the store's own stream; settings that hold
    /// already append nothing.
    ///
    /// - Parameters:
    ///   - settings: The settings.
    ///   - submission: Who changes them, and why; without a request or an expected revision,
    ///     since a change that is repeated appends nothing.
    /// - Throws: ``MomentlogError`` with `usage` for a submission that the log cannot hold, with
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
                .usage, "a change of settings takes no request's name",
                hint: "leave it out: settings that hold already append nothing")
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
        // Nobody may be told of a change that a power loss could take back.
        if outcome.changes.isEmpty { try await log.ensureDurable(within: contended.limit) }
        return outcome
    }
}
