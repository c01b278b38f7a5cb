public import Moments

/// A log of events: append, and read back in order.
///
/// Whatever lies behind it, these hold: a commit is there whole or not at all;
/// sequences, commits and the revisions of each domain count from 1 without gaps;
/// what was appended is never changed; and an append returns only when its commit
/// is on stable storage.
///
/// `EventLogContract` in MomentlogTesting checks whether an engine keeps to that. An engine declares
/// its methods `async`, also where they await nothing: a call on its own type would prefer a
/// default implementation, which is `async`, to a method that is not.
public protocol EventLog: Sendable {
    /// All domains that ever were, in the order in which they came.
    func domains() async throws(MomentlogError) -> [DomainEntry]

    /// The live domain with a name, followed by the undefined domains whose final name it is, the
    /// last that came first.
    ///
    /// - Complexity: O(log *n*) in the domains, where the engine has an index.
    func domains(named name: String) async throws(MomentlogError) -> [DomainEntry]

    /// The domain of a UUID, whether or not it is live.
    ///
    /// - Complexity: O(log *n*) in the domains, where the engine has an index.
    func domain(uuid: DomainUUID) async throws(MomentlogError) -> DomainEntry?

    /// How many events there are: the sequence of the last one.
    ///
    /// - Complexity: O(log *n*) at most.
    func size() async throws(MomentlogError) -> Int

    /// The domain as its events up to now tell it.
    ///
    /// - Parameters:
    ///   - domain: Its number.
    ///   - known: The domain as its first events tell it; what came since is added.
    /// - Throws: ``MomentlogError`` with `corrupt` if an event does not fit those
    ///   before it, with `no-domain` for a number that no domain has.
    /// - Complexity: O(*n*) in the domain's events, those that are known left out.
    func replay(
        _ domain: DomainEntry.ID, onto known: Domain?
    ) async throws(MomentlogError) -> Domain

    /// The end of the last commit that ended at or before a point in time.
    ///
    /// - Throws: ``MomentlogError`` with `no-moment` for a sequence beyond the last.
    /// - Complexity: O(log² *n*) at most.
    func position(at when: When) async throws(MomentlogError) -> LogPosition

    /// The domains that were there when the log ended with an event, under the names that
    /// they bore then, in the order in which they came.
    ///
    /// - Parameters:
    ///   - sequence: The last event that counts.
    ///   - name: Only those that bore this name; nil for all.
    /// - Complexity: O(*n* log *n*) in what happened to domains themselves.
    func domains(
        through sequence: Int, bearing name: String?
    ) async throws(MomentlogError) -> [DomainEntry]

    /// The domain as its events up to one of the log tell it; nil if it had none yet.
    ///
    /// - Throws: ``MomentlogError``; see ``replay(_:onto:)``.
    /// - Complexity: O(*n*) in the domain's events.
    func replay(
        _ domain: DomainEntry.ID, through sequence: Int
    ) async throws(MomentlogError) -> Domain?

    /// The content of a definition.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` if it is not there.
    func definition(_ digest: DefinitionDigest) async throws(MomentlogError) -> [UInt8]

    /// Some of the events that a query asks for, in its order, from the first on.
    ///
    /// Pages that follow each other are of one state of the log: that at the first of them.
    ///
    /// - Throws: ``MomentlogError`` with `usage` for the domain of another store, or when the log
    ///   cannot be read.
    /// - Complexity: O(*n*) at most in the events of the domain, or of the sequences, that are
    ///   asked for.
    func page(_ query: EventQuery) async throws(MomentlogError) -> EventPage

    /// Appends the events of several commands, a commit each, in this order, and keeps the
    /// answers to requests that led to none.
    ///
    /// They share a transaction and its sync, so that all of it is done or nothing.
    ///
    /// - Parameters:
    ///   - commits: What to append. Of those that have a ``PendingCommit/request`` the
    ///     answer is kept.
    ///   - requests: Requests by which nothing is to be appended.
    ///   - limit: How long to wait for other writers; nil for ``busyTimeout``.
    /// - Throws: ``MomentlogError``: `revision-conflict` if a domain is no longer
    ///   at the expected revision, the settings are other ones than assumed, or a request is
    ///   known by now, `exists` if a new domain's name or UUID is taken, `busy` if other
    ///   writers held the log too long, `storage` if it cannot be written: nothing has changed
    ///   then. `outcome-unknown` if the transaction's end itself failed: open the log again to
    ///   see.
    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) async throws(MomentlogError) -> [CommitReceipt]

    /// Keeps all others from appending until the turn ends; nil from an engine that cannot.
    ///
    /// Who decides on a state of the log and appends afterwards may be overtaken each time;
    /// within a turn it is not.
    ///
    /// - Parameter limit: How long to wait for other writers; nil for ``busyTimeout``.
    /// - Throws: ``MomentlogError`` with `busy` after the limit, with `storage`.
    func beginTurn(within limit: Duration?) async throws(MomentlogError) -> (any AppendTurn)?

    /// How long an append waits for other writers where no limit is given.
    var busyTimeout: Duration { get }

    /// Makes durable everything that can be read from the log so far, whoever wrote it. Call it
    /// before answering from what was read when nothing is appended.
    ///
    /// - Parameter limit: How long to wait for other writers; nil for ``busyTimeout``.
    /// - Throws: ``MomentlogError`` with `busy` or `storage`.
    func ensureDurable(within limit: Duration?) async throws(MomentlogError)

    /// The requests of these names that were carried out.
    ///
    /// - Complexity: O(*m* log *n*) in the *m* names and the *n* requests that were kept.
    func requests(
        _ names: [String]
    ) async throws(MomentlogError) -> [RequestRecord]

    /// The revision of a domain's last snapshot, from which a replay may begin; 0 if it has
    /// none.
    func snapshotRevision(of domain: DomainEntry.ID) async throws(MomentlogError) -> Int

    /// Keeps what a domain is at its revision, so that a replay may begin there.
    ///
    /// Snapshots are caches: an engine may keep none, and a replay gives the same with and
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

    /// Stores the observations of domains, each in place of the one before.
    ///
    /// - Throws: ``MomentlogError`` with `usage` for one whose checkpoints are not known, with
    ///   `busy` or `storage`: nothing has changed then.
    func store(_ observations: [DomainUUID: DomainObservation]) async throws(MomentlogError)

    /// The settings that the log's events have led to.
    ///
    /// An engine changes them where it appends a `settingsChanged`, which it refuses with
    /// `revision-conflict` if the setting has another value than the event says that it had.
    func settings() async throws(MomentlogError) -> StoreSettings

    /// What stands for the log as it is now.
    ///
    /// - Complexity: O(1).
    func head() async throws(MomentlogError) -> StoreHead

    /// The head that the log had when it ended with a commit.
    ///
    /// - Parameter position: The end of the commit; see ``position(at:)``.
    /// - Complexity: O(log *n*) in the log where the engine keeps the tree's nodes, else O(*n*).
    func head(after position: LogPosition) async throws(MomentlogError) -> StoreHead

    /// Looks at everything, and computes anew what can be computed.
    ///
    /// - Parameters:
    ///   - kept: A head that was taken earlier, from which the log should have grown.
    ///   - progress: Called now and then with the events looked at so far.
    /// - Complexity: O(*n*) in all that the log holds, in memory that does not grow with it
    ///   but by what domains, definitions and lists of disks there are.
    func verify(
        against kept: StoreHead?, progress: @escaping @Sendable (Int) -> Void
    ) async throws(MomentlogError) -> Verification

    /// Ends the use of the log; nothing else may be called after it.
    func close() async
}

extension EventLog {
    /// That of an engine of which nothing can be read before it is on stable storage: it does
    /// nothing.
    public func ensureDurable(within limit: Duration?) async throws(MomentlogError) {}

    /// That of an engine which cannot: nil.
    public func beginTurn(
        within limit: Duration?
    ) async throws(MomentlogError) -> (any AppendTurn)? { nil }

    /// That of an engine without an index of names: it looks at all domains.
    ///
    /// - Complexity: O(*n*) in the domains.
    public func domains(named name: String) async throws(MomentlogError) -> [DomainEntry] {
        let bearers = try await domains().filter { $0.name.hasSameBytes(as: name) }
        return bearers.filter(\.isLive) + bearers.filter { !$0.isLive }.reversed()
    }

    /// The live domain with a name, or else the last undefined domain whose final name it is.
    ///
    /// - Complexity: that of ``domains(named:)``.
    public func domain(named name: String) async throws(MomentlogError) -> DomainEntry? {
        try await domains(named: name).first
    }

    /// That of an engine without an index of UUIDs: it looks at all domains.
    ///
    /// - Complexity: O(*n*) in the domains.
    public func domain(uuid: DomainUUID) async throws(MomentlogError) -> DomainEntry? {
        try await domains().first { $0.uuid == uuid }
    }

    /// Five seconds.
    public var busyTimeout: Duration { .seconds(5) }

    /// That of an engine which keeps no snapshots: 0.
    public func snapshotRevision(of domain: DomainEntry.ID) async throws(MomentlogError) -> Int {
        0
    }

    /// That of an engine which keeps no snapshots: it does nothing.
    public func keepSnapshot(
        of domain: Domain, _ id: DomainEntry.ID
    ) async throws(MomentlogError) {}

    /// That of an engine which keeps no snapshots: it does nothing.
    public func removeSnapshots(of domain: DomainEntry.ID) async throws(MomentlogError) {}

    /// The domain as its events up to now tell it; see ``replay(_:onto:)``.
    public func replay(_ domain: DomainEntry.ID) async throws(MomentlogError) -> Domain {
        try await replay(domain, onto: nil)
    }

    /// Appends the events of several commands, a commit each; see ``append(_:keeping:within:)``.
    public func append(
        _ commits: [PendingCommit]
    ) async throws(MomentlogError) -> [CommitReceipt] {
        try await append(commits, keeping: [], within: nil)
    }

    /// Appends commits and keeps requests, waiting as long as ``busyTimeout`` says; see
    /// ``append(_:keeping:within:)``.
    public func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord]
    ) async throws(MomentlogError) -> [CommitReceipt] {
        try await append(commits, keeping: requests, within: nil)
    }

    /// Calls a closure with each event that a query asks for, in its order, until it returns
    /// false.
    ///
    /// All come from one state of the log, whatever is appended meanwhile.
    ///
    /// - Throws: ``MomentlogError`` when the log cannot be read, or what the closure throws.
    /// - Complexity: O(*n*) in the events that ``page(_:)`` looks at; a page is in memory.
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
