public import Moments

/// A log of events: append, and read back in order.
///
/// Whatever lies behind it, these hold: a commit is there whole or not at all;
/// sequences, commits and the revisions of each domain count from 1 without gaps;
/// what was appended is never changed; and an append returns only when its commit
/// is on stable storage.
public protocol EventLog: Sendable {
    /// All domains that ever were, in the order in which they came.
    func domains() async throws(MomentlogError) -> [DomainEntry]

    /// The domain as its events up to now tell it.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` if an event does not fit those
    ///   before it, with `no-domain` for a number that no domain has.
    /// - Complexity: O(*n*) in the domain's events.
    func replay(_ domain: DomainEntry.ID) async throws(MomentlogError) -> Domain

    /// The content of a definition.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` if it is not there.
    func definition(_ digest: DefinitionDigest) async throws(MomentlogError) -> [UInt8]

    /// Calls a closure with each event that a query asks for, in its order.
    ///
    /// All come from one state of the log, whatever is appended meanwhile. The
    /// closure returns false to end the reading.
    ///
    /// - Throws: ``MomentlogError`` when the log cannot be read, or what the closure
    ///   throws.
    func read(
        _ query: EventQuery,
        _ body: @escaping @Sendable (LoggedLine) throws(MomentlogError) -> Bool
    ) async throws(MomentlogError)

    /// Appends the events of one command as one commit.
    ///
    /// - Throws: ``MomentlogError``: `revision-conflict` if the domain is no longer
    ///   at the expected revision, `exists` if a new domain's name or UUID is taken,
    ///   `busy` if other writers held the log too long, `storage` if it cannot be
    ///   written: nothing has changed then. `outcome-unknown` if the commit itself
    ///   failed: open the log again to see.
    func append(_ commit: PendingCommit) async throws(MomentlogError) -> CommitReceipt

    /// Sizes, counts and settings.
    func statistics() async throws(MomentlogError) -> [Statistic]

    /// Ends the use of the log; nothing else may be called after it.
    func close() async
}
