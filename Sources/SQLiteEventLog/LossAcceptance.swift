import EventLog
import GRDB
public import Moments

/// Who acknowledges that a log has fewer events than its head file lists, and why.
public struct LossAcceptance: Sendable, Hashable {
    /// The actor and the reason.
    public var provenance: Provenance
    /// How it was submitted.
    public var origin: Origin

    /// Creates an acknowledgement.
    public init(_ provenance: Provenance, origin: Origin) {
        self.provenance = provenance
        self.origin = origin
    }
}

/// Events that a store's head file lists and its log does not hold.
public struct StoreLoss: Sendable, Hashable {
    /// The head that the log should have grown from.
    public let lost: LostHead
    /// The number of events in the log.
    public let eventCount: Int
    /// What is wrong: one line without a full stop.
    public let message: String

    init(_ contradiction: HeadMismatch, _ files: StoreFiles) {
        lost = contradiction.recorded.lost
        eventCount = contradiction.found
        message = contradiction.message(files)
    }
}

/// A loss that the log has recorded.
public struct AcceptedLoss: Sendable, Hashable {
    /// The loss.
    public let loss: StoreLoss
    /// The commit that records it.
    public let commit: Int
    /// The sequence of its event.
    public let sequence: Int
}

extension SQLiteWriter {
    /// Records that the events listed in the head file are lost, if they still are, and rewrites
    /// the head. It blocks its thread.
    ///
    /// - Throws: ``MomentlogError`` with `busy` or `storage`.
    func accept(_ acceptance: LossAcceptance) throws(MomentlogError) -> AcceptedLoss? {
        try acceptance.provenance.check()
        return try performNow { database throws(MomentlogError) in
            try record(acceptance, database)
        }
    }

    private func record(
        _ acceptance: LossAcceptance, _ database: Database
    ) throws(MomentlogError) -> AcceptedLoss? {
        let (contradiction, settings): (HeadMismatch?, StoreSettings)
        do {
            contradiction = try HeadFile.read(files.head).contradiction(with: database)
            settings = try StoreSettings.fetch(database)
        } catch {
            throw StorageFailure.mapped(error, files)
        }
        guard let contradiction else { return nil }
        let commit = PendingCommit(
            target: .store, domainName: "",
            entries: [
                PendingCommit.Entry(
                    .lossAccepted(contradiction.recorded.lost), origin: acceptance.origin)
            ],
            settings: settings, time: .now, provenance: acceptance.provenance)
        return try append([commit], [], to: database, acceptsLoss: true).first.map { receipt in
            AcceptedLoss(
                loss: StoreLoss(contradiction, files), commit: receipt.commit,
                sequence: receipt.sequences.lowerBound)
        }
    }
}
