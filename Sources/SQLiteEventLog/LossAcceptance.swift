import EventLog
import GRDB
public import Moments

/// Who goes on with a log that holds less than its head file tells of, and why.
public struct LossAcceptance: Sendable, Hashable {
    /// Who, and why.
    public var provenance: Provenance
    /// By which door.
    public var origin: Origin

    /// Puts it together.
    public init(_ provenance: Provenance, origin: Origin) {
        self.provenance = provenance
        self.origin = origin
    }
}

/// Events that a store's head file lists and its log does not hold.
public struct StoreLoss: Sendable, Hashable {
    /// The head that the log should have grown from.
    public let lost: LostHead
    /// How many events the log holds.
    public let eventCount: Int
    /// What is wrong: one line without a full stop.
    public let message: String

    init(_ contradiction: HeadContradiction, _ files: StoreFiles) {
        lost = contradiction.told.lost
        eventCount = contradiction.found
        message = contradiction.message(files)
    }
}

/// A loss that the log has recorded.
public struct AcceptedLoss: Sendable, Hashable {
    /// What is lost.
    public let loss: StoreLoss
    /// The commit that records it.
    public let commit: Int
    /// The sequence of its event.
    public let sequence: Int
}

extension SQLiteWriter {
    /// Records that what the head file tells of is lost, if it still is, and writes the head
    /// anew. It blocks its thread.
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
        let (contradiction, settings): (HeadContradiction?, StoreSettings)
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
                    .lossAccepted(contradiction.told.lost), origin: acceptance.origin)
            ],
            settings: settings, time: .now, provenance: acceptance.provenance)
        return try append([commit], [], to: database, acceptsLoss: true).first.map { receipt in
            AcceptedLoss(
                loss: StoreLoss(contradiction, files), commit: receipt.commit,
                sequence: receipt.sequences.lowerBound)
        }
    }
}
