/// How to repair the errors of a graph where there is a choice.
///
/// By default, a checkpoint whose parent is missing becomes a root, a cycle is cut at the link at
/// which it is shown (see ``MomentGraph``), and of several checkpoints that claim to be current the
/// youngest becomes current; of those created in the same second, the one with the greatest name.
/// That is the one that is listed last.
///
/// No checkpoint is removed. Only parents at fault change, and the current pointer only if
/// checkpoints claim it against each other or ``current`` is given.
public struct Repair: Sendable, Hashable {
    /// The parents that checkpoints get, by the checkpoint's name. Only a checkpoint whose own
    /// parent is missing, or that is in a cycle, may get another; a cycle is cut there then. One
    /// whose missing parent was cut away by an earlier repair can get that back: if nothing else is
    /// requested, nothing else is repaired.
    public var parents: [CheckpointName: CheckpointName]

    /// The checkpoint that is current afterwards, whether it claims it or not; nil for the youngest
    /// of those that claim it, or, if none do, for the recorded one.
    public var current: CheckpointName?

    /// Creates a repair.
    public init(parents: [CheckpointName: CheckpointName] = [:], current: CheckpointName? = nil) {
        self.parents = parents
        self.current = current
    }
}

extension Repair {
    /// Adds a parent in the form `NAME=PARENT`.
    ///
    /// - Throws: ``MomentlogError`` with `usage` for a text of another form, and for a second
    ///   parent of one checkpoint.
    public mutating func addParent(_ text: String) throws(MomentlogError) {
        // Names contain no equals sign.
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw MomentlogError(
                .usage, "\(text.debugDescription) does not say which checkpoint gets which parent",
                hint: "write NAME=PARENT; a checkpoint that is not named becomes a root")
        }
        let (name, parent) = (CheckpointName(String(parts[0])), CheckpointName(String(parts[1])))
        guard parents[name] == nil else {
            throw MomentlogError(
                .usage, "two parents are given for checkpoint '\(name)'",
                hint: "name each checkpoint once")
        }
        parents[name] = parent
    }
}
