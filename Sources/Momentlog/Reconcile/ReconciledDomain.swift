public import Moments

/// A domain's checkpoints compared with its images, with additions from its history.
public struct ReconciledDomain: Sendable {
    /// The domain that was compared.
    public let domain: Domain

    /// The verdict on each checkpoint on each disk.
    public let reconciliation: Reconciliation

    /// The former owners of orphans.
    let owners: FormerOwners

    /// Returns the last checkpoint that named an orphan on its disk, and the event that ended this;
    /// nil if none did.
    public func formerOwner(of judgement: Reconciliation.Judgement) -> FormerOwners.Owner? {
        owners[judgement]
    }

    /// Returns the owner of an orphan; nil for other bitmaps.
    public func owner(of judgement: Reconciliation.Judgement) -> BitmapOwner? {
        guard let owner = judgement.owner else { return nil }
        switch owner {
        case .unrecorded, .unknown: return owners[judgement] == nil ? owner : .deleted
        case .operation, .lostParent, .deleted: return owner
        }
    }

    /// Returns the remedies for a judgement; see ``Reconciliation``.
    public func remedies(for judgement: Reconciliation.Judgement) -> [Remedy] {
        reconciliation.remedies(
            for: judgement, owner: owner(of: judgement), in: domain.nameReference, uuid: domain.uuid
        )
    }

    /// Returns the reason for a verdict; for an orphan, also its owner.
    public func message(of judgement: Reconciliation.Judgement) -> String {
        switch owner(of: judgement) {
        case nil: return judgement.message
        case .operation:
            return judgement.message + ": it is in use by an operation, or only in memory"
        case .lostParent:
            return judgement.message + ": it belongs to the missing checkpoint"
                + " '\(judgement.bitmap)', which others have as their parent"
        case .unrecorded:
            return judgement.message
                + ", and none ever did: it belongs to a checkpoint that has not been"
                + " recorded, or another tool's"
        case .unknown: return judgement.message + ", and none ever did"
        case .deleted: return judgement.message + departure(of: judgement)
        }
    }

    private func departure(of judgement: Reconciliation.Judgement) -> String {
        guard let owner = owners[judgement] else { return "" }
        let event = owner.departure
        // In most cases the bitmap has the checkpoint's name.
        let name =
            owner.checkpoint.text.hasSameBytes(as: judgement.bitmap)
            ? "" : " '\(owner.checkpoint)'"
        let what =
            if case .checkpointDeleted = event.event { "deleted" } else { "redefined without it" }
        return ": the checkpoint\(name) was \(what) \(event.time.rfc3339(fractionDigits: 0))"
            + " (event \(event.sequence)) by \(event.provenance.actor)"
    }
}
