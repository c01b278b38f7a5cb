public import Moments

/// The exclusive right to append to a log: until it ends, nobody else appends, in this process
/// or another, so that what is decided on what was read within it still holds when it is
/// appended.
///
/// It ends by itself when it is released. Reading is as usual within it. What changes the log
/// in other ways waits for its end, the holder's own calls as well: ``EventLog/ensureDurable(within:)`` and
/// ``EventLog/keepSnapshot(of:_:)`` are for after it.
public protocol AppendTurn: AnyObject, Sendable {
    /// Appends commits; see ``EventLog/append(_:keeping:within:)``. It does not conflict with
    /// other writers.
    ///
    /// - Throws: ``MomentlogError`` with `storage` after its end.
    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) async throws(MomentlogError) -> [CommitReceipt]

    /// Lets others append. An append that is in progress ends first.
    func end()
}

extension MomentlogError {
    package static var turnEnded: MomentlogError {
        MomentlogError(.storage, "the turn to append has ended", hint: "begin another")
    }
}
