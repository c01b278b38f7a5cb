/// How the errors of a graph are to be repaired where there is a choice.
///
/// If nothing is said of it, a checkpoint whose parent is not there becomes a root, a cycle
/// is cut at the link at which it is shown (see ``MomentGraph/settle()``), and of several
/// checkpoints that claim to be current the youngest is: the one created last, and of those
/// created in the same second that of the greatest name. So what is listed last of them is
/// taken.
///
/// No checkpoint goes, nothing changes but the parents at fault and the current pointer, and
/// that only where checkpoints claim it against each other or ``current`` says so.
public struct Repair: Sendable, Hashable {
    /// The parents that checkpoints get, by the checkpoint's name. Only one whose own parent
    /// is not there, or who is in a cycle, may get another; a cycle is cut there then. One whose
    /// missing parent was cut away by an earlier repair can get that back: if nothing else is
    /// asked for, nothing else is repaired.
    public var parents: [String: String]

    /// The checkpoint that is current afterwards, be it one that claims it or not; nil for
    /// the youngest of those that claim it, or, if none do, for what is recorded.
    public var current: String?

    /// Says how to repair: as written above, unless told otherwise.
    public init(parents: [String: String] = [:], current: String? = nil) {
        self.parents = parents
        self.current = current
    }
}

extension Repair {
    /// Adds the parent that a text of the form `NAME=PARENT` gives.
    ///
    /// - Throws: ``MomentlogError`` with `usage` for a text of another form, and for a second
    ///   parent of one checkpoint.
    public mutating func addParent(_ text: String) throws(MomentlogError) {
        // Names hold no equals sign.
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw MomentlogError(
                .usage, "\(text.debugDescription) does not say which checkpoint gets which parent",
                hint: "it is like NAME=PARENT; what is not named becomes a root")
        }
        guard parents[parts[0]] == nil else {
            throw MomentlogError(
                .usage, "two parents are given for checkpoint '\(parts[0])'",
                hint: "name each checkpoint once")
        }
        parents[parts[0]] = parts[1]
    }
}
