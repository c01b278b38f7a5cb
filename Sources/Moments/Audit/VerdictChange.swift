/// What became of a checkpoint's data on one disk between two points in time.
public struct VerdictChange: Sendable, Hashable {
    /// The checkpoint, which is there at the later point.
    public let checkpoint: String
    /// The disk, as the checkpoint names it.
    public let disk: String
    /// What was known last at the earlier point; nil if nobody had looked.
    public let from: DiskHealth?
    /// What was known last at the later point; nil if nobody has looked, or the checkpoint
    /// does not cover the disk any more.
    public let to: DiskHealth?

    /// The disks whose verdicts are others, in the order in which they were looked at.
    static func changes(
        of checkpoint: String, from before: [DiskHealth], to after: [DiskHealth]
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
