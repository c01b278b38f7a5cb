public import Moments

/// A domain's checkpoints held against what is in its images, and what history adds to that.
public struct ReconciledDomain: Sendable {
    /// The domain as it was compared.
    public let domain: Domain

    /// What became of each checkpoint on each disk.
    public let reconciliation: Reconciliation

    /// Whose the orphans were.
    let owners: FormerOwners

    /// The checkpoint that named an orphan last on its disk, and the event since which it
    /// does not; nil if none ever did.
    public func formerOwner(of judgement: Reconciliation.Judgement) -> FormerOwners.Owner? {
        owners[judgement]
    }

    /// Why a bitmap is judged as it is; of an orphan, also whose it was.
    public func message(of judgement: Reconciliation.Judgement) -> String {
        guard judgement.verdict == .orphan else { return judgement.message }
        guard let owner = formerOwner(of: judgement) else {
            return judgement.message + ", and none that is gone ever did"
        }
        let event = owner.departure
        // As in most cases, where the bitmap bears the checkpoint's name.
        let name =
            owner.checkpoint.utf8.elementsEqual(judgement.bitmap.utf8)
            ? "" : " '\(owner.checkpoint)'"
        let what =
            if case .checkpointDeleted = event.event { "deleted" } else { "redefined without it" }
        return judgement.message
            + ": the checkpoint\(name) was \(what) \(event.time.rfc3339(fractionDigits: 0))"
            + " (event \(event.sequence)) by \(event.provenance.actor)"
    }
}
