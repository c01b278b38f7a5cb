/// The change of the verdict on a checkpoint's bitmap on one disk between two points in time.
public struct VerdictChange: Sendable, Hashable {
    /// The checkpoint, which exists at the later point.
    public let checkpoint: CheckpointName
    /// The disk, as the checkpoint names it.
    public let disk: String
    /// The last verdict at the earlier point; nil if there was none.
    public let from: DiskHealth?
    /// The last verdict at the later point; nil if there is none, or the checkpoint no longer
    /// covers the disk.
    public let to: DiskHealth?

    /// Returns the disks whose verdicts changed, in the order of their inspection.
    static func changes(
        of checkpoint: CheckpointName, from before: [DiskHealth], to after: [DiskHealth]
    ) -> [VerdictChange] {
        guard before != after else { return [] }
        let gone = before.filter { known in !after.contains { $0.isOfSameDisk(as: known) } }
        return after.compactMap { seen in
            let known = before.first { $0.isOfSameDisk(as: seen) }
            return known?.verdict == seen.verdict
                ? nil
                : VerdictChange(checkpoint: checkpoint, disk: seen.disk, from: known, to: seen)
        }
            + gone.map {
                VerdictChange(checkpoint: checkpoint, disk: $0.disk, from: $0, to: nil)
            }
    }
}

extension DiskHealth {
    fileprivate func isOfSameDisk(as other: DiskHealth) -> Bool {
        disk.hasSameBytes(as: other.disk)
    }
}
