package import Moments

/// One difference between two points in time.
package struct DifferenceRow: Sendable {
    /// One side of a difference.
    package enum Side: Sendable {
        /// It did not exist.
        case nothing
        /// A name or another text, if it has one.
        case text(String?)
        /// A creation time.
        case time(CreationTime)
        /// Whether it holds.
        case flag(Bool)
        /// Several names.
        case names([CheckpointName])
        /// The disks of a checkpoint.
        case disks([Disk])
        /// A checkpoint's metadata.
        case checkpoint(Checkpoint)
        /// The last verdict on a checkpoint's data on a disk.
        case verdict(DiskHealth?, disk: String)
    }

    /// What changed, such as `added`, `moved` or `current`.
    package let change: String
    /// The checkpoint that it is about, if it is about one.
    package private(set) var checkpoint: CheckpointName?
    /// The disk that it is about, if it is about one.
    package private(set) var disk: String?
    /// The value before.
    package let from: Side
    /// The value after.
    package let to: Side

    /// Returns the rows of a difference: the domain's first, then checkpoints that were removed,
    /// added and changed, verdicts, and the current checkpoint.
    ///
    /// - Complexity: O(*n*) in the differences.
    package static func rows(of difference: GraphDifference) -> [DifferenceRow] {
        var rows: [DifferenceRow] = []
        func add<Value>(
            _ name: String, _ change: GraphDifference.Change<Value>?,
            of checkpoint: CheckpointName? = nil,
            _ side: (Value) -> Side
        ) {
            guard let change else { return }
            rows.append(
                DifferenceRow(
                    change: name, checkpoint: checkpoint, from: side(change.from),
                    to: side(change.to)))
        }
        add("live", difference.isLive) { .flag($0) }
        add("name", difference.name) { .text($0) }
        add("uuid", difference.uuid) { .text($0?.description) }
        add("definition", difference.definition) { .text($0?.hexadecimal) }
        for checkpoint in difference.removed {
            rows.append(
                DifferenceRow(
                    change: "removed", checkpoint: checkpoint.name,
                    from: .checkpoint(checkpoint), to: .nothing))
        }
        for checkpoint in difference.added {
            rows.append(
                DifferenceRow(
                    change: "added", checkpoint: checkpoint.name, from: .nothing,
                    to: .checkpoint(checkpoint)))
        }
        for replaced in difference.replaced {
            let name = replaced.after.name
            add("moved", replaced.parent, of: name) { .text($0?.text) }
            add("description", replaced.description, of: name) { .text($0) }
            add("creationTime", replaced.creationTime, of: name) { .time($0) }
            add("disks", replaced.disks, of: name) { .disks($0) }
            add("definition", replaced.definition, of: name) { .text($0?.hexadecimal) }
        }
        for change in difference.verdicts {
            rows.append(
                DifferenceRow(
                    change: "verdict", checkpoint: change.checkpoint, disk: change.disk,
                    from: .verdict(change.from, disk: change.disk),
                    to: .verdict(change.to, disk: change.disk)))
        }
        add("claims", difference.claims) { .names($0) }
        add("current", difference.current) { .text($0?.text) }
        return rows
    }
}
