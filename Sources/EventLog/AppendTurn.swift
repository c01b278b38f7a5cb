public import Moments

/// The exclusive right to append to a log: until it ends, nobody else appends, in this process or
/// another, so that a decision based on what was read within it still holds when it is appended.
///
/// It ends when it is released. Reading works as usual within it. Other changes of the log wait for
/// its end, also the holder's own: call ``EventLog/ensureDurable(within:)`` and
/// ``EventLog/keepSnapshot(of:_:)`` after it.
public protocol AppendTurn: AnyObject, Sendable {
    /// Appends commits; see ``EventLog/append(_:keeping:within:)``. It does not conflict with
    /// other writers.
    ///
    /// - Throws: ``MomentlogError`` with `storage` after its end.
    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) async throws(MomentlogError) -> [CommitReceipt]

    /// Ends the turn, so that others can append. An append that is in progress is completed first.
    func end()
}

extension MomentlogError {
    package static var turnEnded: MomentlogError {
        MomentlogError(.storage, "the turn to append has ended", hint: "begin another")
    }
}
