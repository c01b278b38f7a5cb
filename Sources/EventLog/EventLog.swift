public import Moments

/// A log of events, which are appended and read back in order.
///
/// Every engine guarantees this: a commit is stored completely or not at all; sequences, commits
/// and the revisions of each domain count from 1 without gaps; what was appended is never changed;
/// and an append returns only when its commit is on stable storage.
///
/// `EventLogContract` in MomentlogTesting checks whether an engine does. An engine declares its
/// methods `async`, even if they await nothing: a call on its own type would prefer a default
/// implementation, which is `async`, to a method that is not.
public protocol EventLog: Sendable {
    /// Returns all domains, live and undefined, in the order of their first events, as their events
    /// leave them: a command that finds another name, UUID or liveness in the replay is refused.
    func domains() async throws(MomentlogError) -> [DomainEntry]

    /// Returns the live domain with a name, followed by the undefined domains whose final name it
    /// is, the last one first.
    ///
    /// - Complexity: O(log *n*) in the domains, if the engine has an index.
    func domains(named name: String) async throws(MomentlogError) -> [DomainEntry]

    /// Returns the domain of a UUID, whether or not it is live.
    ///
    /// - Complexity: O(log *n*) in the domains, if the engine has an index.
    func domain(uuid: DomainUUID) async throws(MomentlogError) -> DomainEntry?

    /// Returns the number of events: the sequence of the last one.
    ///
    /// - Complexity: O(log *n*) at most.
    func size() async throws(MomentlogError) -> Int

    /// Returns the domain after its events up to now.
    ///
    /// - Parameters:
    ///   - domain: Its number.
    ///   - known: The domain after its first events; the later ones are added.
    /// - Throws: ``MomentlogError`` with `corrupt` if an event does not fit those before it, with
    ///   `no-domain` for a number that no domain has.
    /// - Complexity: O(*n*) in the domain's events after those of `known`.
    func replay(
        _ domain: DomainEntry.ID, onto known: Domain?
    ) async throws(MomentlogError) -> Domain

    /// Returns the end of the last commit that ended at or before a point in time.
    ///
    /// - Throws: ``MomentlogError`` with `no-moment` for a sequence beyond the last.
    /// - Complexity: O(log² *n*) at most.
    func position(at when: When) async throws(MomentlogError) -> LogPosition

    /// Returns the domains that existed when the log ended with an event, under the names that they
    /// had then, in the order of their first events.
    ///
    /// - Parameters:
    ///   - sequence: The last event that counts.
    ///   - name: Only those that had this name; nil for all.
    /// - Complexity: O(*n* log *n*) in the events about domains themselves.
    func domains(
        through sequence: Int, bearing name: String?
    ) async throws(MomentlogError) -> [DomainEntry]

    /// Returns the domain after its events up to one of the log; nil if it had none yet.
    ///
    /// - Throws: ``MomentlogError``; see ``replay(_:onto:)``.
    /// - Complexity: O(*n*) in the domain's events.
    func replay(
        _ domain: DomainEntry.ID, through sequence: Int
    ) async throws(MomentlogError) -> Domain?

    /// Returns the content of a definition.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` if it is missing.
    func definition(_ digest: DefinitionDigest) async throws(MomentlogError) -> [UInt8]

    /// Returns some of the events of a query, in its order, from the first on.
    ///
    /// Consecutive pages show one state of the log: that at the first of them.
    ///
    /// - Throws: ``MomentlogError`` with `usage` for the domain of another store, or when the log
    ///   cannot be read.
    /// - Complexity: O(*n*) at most in the events of the requested domain, or of the requested
    ///   sequences.
    func page(_ query: EventQuery) async throws(MomentlogError) -> EventPage

    /// Appends the events of several commands, one commit each, in this order, and stores the
    /// answers to requests that led to none.
    ///
    /// They share a transaction and its sync, so that either all of it is done or nothing.
    ///
    /// - Parameters:
    ///   - commits: The commits. The answer to each that has a ``PendingCommit/request`` is stored.
    ///   - requests: Requests that append nothing.
    ///   - limit: How long to wait for other writers; nil for ``busyTimeout``.
    /// - Throws: ``MomentlogError``: `revision-conflict` if a domain is no longer at the expected
    ///   revision, the settings differ from those assumed, or a request is known by now, `exists`
    ///   if a new domain's name or UUID is taken, `busy` if other writers held the log too long,
    ///   `storage` if it cannot be written: nothing has changed then. `outcome-unknown` if the end
    ///   of the transaction itself failed: open the log again to find out.
    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) async throws(MomentlogError) -> [CommitReceipt]

    /// Prevents all others from appending until the turn ends; nil from an engine that cannot.
    ///
    /// A caller that decides on a state of the log and appends afterwards can be overtaken every
    /// time; within a turn it cannot.
    ///
    /// - Parameter limit: How long to wait for other writers; nil for ``busyTimeout``.
    /// - Throws: ``MomentlogError`` with `busy` after the limit, with `storage`.
    func beginTurn(within limit: Duration?) async throws(MomentlogError) -> (any AppendTurn)?

    /// The time that an append waits for other writers if no limit is given.
    var busyTimeout: Duration { get }

    /// Makes everything durable that can be read from the log so far, including the commits of
    /// other processes. Call it before answering from what was read when nothing is appended.
    ///
    /// - Parameter limit: How long to wait for other writers; nil for ``busyTimeout``.
    /// - Throws: ``MomentlogError`` with `busy` or `storage`.
    func ensureDurable(within limit: Duration?) async throws(MomentlogError)

    /// Returns the requests with these names that were carried out.
    ///
    /// - Complexity: O(*m* log *n*) in the *m* names and the *n* stored requests.
    func requests(
        _ names: [String]
    ) async throws(MomentlogError) -> [RequestRecord]

    /// Returns the revision of a domain's last snapshot, from which a replay may begin; 0 if it has
    /// none.
    func snapshotRevision(of domain: DomainEntry.ID) async throws(MomentlogError) -> Int

    /// Saves a snapshot of a domain at its revision, from which a replay may begin.
    ///
    /// Snapshots are caches: an engine may store none, and a replay gives the same result with and
    /// without them.
    ///
    /// - Throws: ``MomentlogError`` with `revision-conflict` if the log does not have the
    ///   domain's revision, with `busy` or `storage`: nothing has changed then.
    /// - Complexity: O(*n*) in the domain's checkpoints.
    func keepSnapshot(
        of domain: Domain, _ id: DomainEntry.ID
    ) async throws(MomentlogError)

    /// Removes all snapshots of a domain.
    func removeSnapshots(of domain: DomainEntry.ID) async throws(MomentlogError)

    /// The last observation of a domain in a libvirt; nil if none is stored.
    ///
    /// Observations are evidence beside the log, and no part of it: no hash covers them, and an
    /// engine may lose them.
    func observation(of domain: DomainUUID) async throws(MomentlogError) -> DomainObservation?

    /// The last observations of all domains that have one.
    ///
    /// - Complexity: O(*n*) in the checkpoints of all observations.
    func observations() async throws(MomentlogError) -> [DomainUUID: DomainObservation]

    /// Stores the observations of domains, each in place of an earlier one; see
    /// ``Moments/DomainObservation/replacing(_:)``.
    ///
    /// - Throws: ``MomentlogError`` with `usage` for one that states neither checkpoints nor what
    ///   was pruned, with `busy` or `storage`: nothing has changed then.
    func store(_ observations: [DomainUUID: DomainObservation]) async throws(MomentlogError)

    /// Returns the settings that result from the log's events.
    ///
    /// An engine changes them when it appends a `settingsChanged`, which it refuses with
    /// `revision-conflict` if the setting's value differs from the old value that the event states.
    func settings() async throws(MomentlogError) -> StoreSettings

    /// Returns the log's head: its size and root hash.
    ///
    /// - Complexity: O(1).
    func head() async throws(MomentlogError) -> StoreHead

    /// The head that the log had when it ended with a commit.
    ///
    /// - Parameter position: The end of the commit; see ``position(at:)``.
    /// - Complexity: O(log *n*) in the log where the engine keeps the tree's nodes, else O(*n*).
    func head(after position: LogPosition) async throws(MomentlogError) -> StoreHead

    /// Verifies the log: reads everything, and recomputes everything that can be recomputed.
    ///
    /// - Parameters:
    ///   - kept: A head that was taken earlier, from which the log should have grown.
    ///   - progress: Called now and then with the number of events verified so far, and of all
    ///     if the engine knows it.
    /// - Complexity: O(*n*) in the content of the log, in memory that grows only with the number of
    ///   domains, definitions and lists of disks.
    func verify(
        against kept: StoreHead?, progress: @escaping @Sendable (WorkProgress) -> Void
    ) async throws(MomentlogError) -> Verification

    /// Closes the log; nothing else may be called after it.
    func close() async
}

extension EventLog {
    /// Does nothing, for an engine of which nothing can be read before it is on stable storage.
    public func ensureDurable(within limit: Duration?) async throws(MomentlogError) {}

    /// Returns nil, for an engine that cannot.
    public func beginTurn(
        within limit: Duration?
    ) async throws(MomentlogError) -> (any AppendTurn)? { nil }

    /// Inspects all domains, for an engine without an index of names.
    ///
    /// - Complexity: O(*n*) in the domains.
    public func domains(named name: String) async throws(MomentlogError) -> [DomainEntry] {
        let bearers = try await domains().filter { $0.name.hasSameBytes(as: name) }
        return bearers.filter(\.isLive) + bearers.filter { !$0.isLive }.reversed()
    }

    /// Returns the live domain with a name, or else the last undefined domain whose final name it
    /// is.
    ///
    /// - Complexity: that of ``domains(named:)``.
    public func domain(named name: String) async throws(MomentlogError) -> DomainEntry? {
        try await domains(named: name).first
    }

    /// Inspects all domains, for an engine without an index of UUIDs.
    ///
    /// - Complexity: O(*n*) in the domains.
    public func domain(uuid: DomainUUID) async throws(MomentlogError) -> DomainEntry? {
        try await domains().first { $0.uuid == uuid }
    }

    /// Five seconds.
    public var busyTimeout: Duration { .seconds(5) }

    /// Returns 0, for an engine without snapshots.
    public func snapshotRevision(of domain: DomainEntry.ID) async throws(MomentlogError) -> Int {
        0
    }

    /// Does nothing, for an engine without snapshots.
    public func keepSnapshot(
        of domain: Domain, _ id: DomainEntry.ID
    ) async throws(MomentlogError) {}

    /// Does nothing, for an engine without snapshots.
    public func removeSnapshots(of domain: DomainEntry.ID) async throws(MomentlogError) {}

    /// Returns the domain after its events up to now; see ``replay(_:onto:)``.
    public func replay(_ domain: DomainEntry.ID) async throws(MomentlogError) -> Domain {
        try await replay(domain, onto: nil)
    }

    /// Appends the events of several commands, one commit each; see ``append(_:keeping:within:)``.
    public func append(
        _ commits: [PendingCommit]
    ) async throws(MomentlogError) -> [CommitReceipt] {
        try await append(commits, keeping: [], within: nil)
    }

    /// Appends commits and stores requests, waiting for ``busyTimeout``; see
    /// ``append(_:keeping:within:)``.
    public func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord]
    ) async throws(MomentlogError) -> [CommitReceipt] {
        try await append(commits, keeping: requests, within: nil)
    }

    /// Calls a closure with each event of a query, in its order, until it returns false.
    ///
    /// All come from one state of the log, even if others append meanwhile.
    ///
    /// - Throws: ``MomentlogError`` when the log cannot be read, or what the closure throws.
    /// - Complexity: O(*n*) in the events that ``page(_:)`` inspects; one page is in memory.
    public func read(
        _ query: EventQuery, _ body: (LoggedLine) throws(MomentlogError) -> Bool
    ) async throws(MomentlogError) {
        var rest: EventQuery? = query
        while let query = rest {
            let page = try await page(query)
            for line in page.lines { guard try body(line) else { return } }
            rest = page.next
        }
    }

    /// Appends the events of one command as one commit; see ``append(_:keeping:within:)``.
    public func append(_ commit: PendingCommit) async throws(MomentlogError) -> CommitReceipt {
        guard let receipt = try await append([commit]).first else {
            throw MomentlogError(.storage, "the log answered an append with no receipt")
        }
        return receipt
    }
}
