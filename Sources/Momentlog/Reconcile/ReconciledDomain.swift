public import Moments

/// A domain's checkpoints held against what is in its images, and what history adds to that.
public struct ReconciledDomain: Sendable {
    /// The domain as it was compared.
    public let domain: Domain

    /// What became of each checkpoint on each disk.
    public let reconciliation: Reconciliation

    /// By the bytes of the names: the last deletion of a checkpoint that bore an orphan's name.
    let deletions: [[UInt8]: RecordedEvent]

    /// The event by which the checkpoint went whose data an orphan holds, if there was one of
    /// that name.
    public func deletion(of judgement: Reconciliation.Judgement) -> RecordedEvent? {
        judgement.verdict == .orphan ? deletions[Array(judgement.bitmap.utf8)] : nil
    }

    /// Why a bitmap is judged as it is; of an orphan, also whose it was.
    public func message(of judgement: Reconciliation.Judgement) -> String {
        guard judgement.verdict == .orphan else { return judgement.message }
        guard let deletion = deletion(of: judgement) else {
            return judgement.message + ", and none of that name was ever deleted"
        }
        return judgement.message
            + ": the checkpoint was deleted \(deletion.time.rfc3339(fractionDigits: 0))"
            + " (event \(deletion.sequence)) by \(deletion.provenance.actor)"
    }
}
