import CheckpointXML
public import EventLog
public import Logging
public import Moments
public import SQLiteEventLog
import Synchronization

/// A store of checkpoints: the log of what happened to them, and the queries that it answers.
///
/// For example, to import libvirt's files and inspect a guest:
///
/// ```swift
/// let store = try await CheckpointStore.open(at: "checkpoints.db")
/// try await store.importLibraries(
///     at: ["/var/lib/libvirt/qemu/checkpoint"], by: Submission(actor: "me@host"))
/// print(try await store.graph(of: "vm1").current ?? "none")
/// await store.close()
/// ```
///
/// A store can be shared between tasks, and its file between processes. Each call sees what was
/// appended before it, by any process. Every method throws ``MomentlogError``, with `storage`,
/// `corrupt` or `busy` if the store itself fails; each documents its other errors.
public final class CheckpointStore: Sendable {
    let origin: Origin
    let logger: Logger
    let session: Mutex<Session>
    /// Opens the log again; nil if only the caller can.
    let opener: Opener?
    let isClosed = Mutex(false)

    /// Opens a log.
    public typealias Opener = @Sendable () async throws(MomentlogError) -> any EventLog

    /// A log that is open, and what decides on it.
    struct Session {
        var log: any EventLog
        var handler: CommandHandler
        /// The opening of another log in its place, if it is under way.
        var reopening: Task<Result<Void, MomentlogError>, Never>?
    }

    var log: any EventLog { session.withLock { $0.log } }
    var handler: CommandHandler { session.withLock { $0.handler } }

    /// How a store is opened.
    public struct Options: Sendable {
        /// Whether a missing store is created. True by default.
        public var createsStore: Bool
        /// The time that a change waits for other processes that write. Five seconds by default.
        public var busyTimeout: Duration
        /// The permitted access. Reading and writing by default.
        public var access: StoreAccess
        /// How commands are submitted, as the log records it. The library by default.
        public var origin: Origin
        /// Receives log messages. None by default.
        public var logger: Logger

        /// Creates options.
        public init(
            createsStore: Bool = true, busyTimeout: Duration = .seconds(5),
            access: StoreAccess = .readWrite, origin: Origin = .library,
            logger: Logger = Logger(label: "momentlog", factory: { _ in SwiftLogNoOpLogHandler() })
        ) {
            self.createsStore = createsStore
            self.busyTimeout = busyTimeout
            self.access = access
            self.origin = origin
            self.logger = logger
        }

        fileprivate var ofLog: SQLiteEventLog.Options {
            SQLiteEventLog.Options(
                createsStore: createsStore, busyTimeout: busyTimeout, access: access,
                logger: logger)
        }
    }

    /// Acknowledges that events are lost which a store's head file lists and the store does not
    /// have; from then on the store opens again. Keep a copy of its files first: they are the
    /// evidence of what happened.
    ///
    /// - Parameters:
    ///   - path: The database file.
    ///   - submission: Who continues without those events, and why. Its request is recorded and not
    ///     compared, since a loss is accepted once; it expects no revision.
    ///   - options: The options of opening the store.
    /// - Returns: What was recorded; nil if no event is missing.
    /// - Throws: ``MomentlogError`` as ``open(at:options:)`` does, except `behind-head`; `usage`
    ///   for a submission that the log cannot store, or that expects a revision.
    /// - Complexity: O(log *n*) in the events.
    public static func acceptLoss(
        at path: String, by submission: Submission, options: Options = Options()
    ) async throws(MomentlogError) -> AcceptedLoss? {
        try submission.checkNoRevision()
        return try await SQLiteEventLog.acceptLoss(
            path: path, options: options.ofLog,
            LossAcceptance(submission.provenance, origin: options.origin))
    }

    /// Returns what ``acceptLoss(at:by:options:)`` would record; nil if no event is missing. The
    /// store is only read.
    ///
    /// - Throws: ``MomentlogError`` as ``open(at:options:)`` does for read-only access, except
    ///   `behind-head`.
    /// - Complexity: O(log *n*) in the events.
    public static func loss(
        at path: String, options: Options = Options()
    ) async throws(MomentlogError) -> StoreLoss? {
        try await SQLiteEventLog.loss(path: path, options: options.ofLog)
    }

    /// Opens the store in a file.
    ///
    /// - Parameters:
    ///   - path: The database file. `.head` is next to it, and `-wal` and `-shm` while it is in
    ///     use.
    ///   - options: The options of opening it.
    /// - Throws: ``MomentlogError``: `storage` if the file is not a store or cannot be opened,
    ///   `too-new` if a later momentlog wrote it, `behind-head` if its head file lists events that
    ///   it does not have, `read-only` if it would have to be changed to be read, and must not be.
    public static func open(
        at path: String, options: Options = Options()
    ) async throws(MomentlogError) -> CheckpointStore {
        let open: Opener = { () throws(MomentlogError) in
            try await SQLiteEventLog.open(path: path, options: options.ofLog)
        }
        return CheckpointStore(
            log: try await open(), origin: options.origin, logger: options.logger,
            reopening: open)
    }

    /// Creates a store on a log.
    ///
    /// - Parameters:
    ///   - log: The log, which is open.
    ///   - origin: The channel by which commands come in.
    ///   - logger: Where remarks about the store's work go.
    ///   - open: Opens the log again for ``reopen()``; nil if it cannot be.
    public init(
        log: any EventLog, origin: Origin = .library,
        logger: Logger = Logger(label: "momentlog", factory: { _ in SwiftLogNoOpLogHandler() }),
        reopening open: Opener? = nil
    ) {
        self.origin = origin
        self.logger = logger
        opener = open
        session = Mutex(
            Session(
                log: log, handler: CommandHandler(log: log, origin: origin, logger: logger)))
    }

    /// Closes the store; every other method is refused with `storage` after it.
    ///
    /// If nobody else has the store open, it is one database file and its head then.
    public func close() async {
        isClosed.withLock { $0 = true }
        _ = await session.withLock { $0.reopening }?.value
        await handler.finish()
        await log.close()
    }

    /// Refuses calls after ``close()``.
    ///
    /// The log refuses all that reads or appends. This is for calls that would do something else
    /// before, or nothing.
    func checkOpen() throws(MomentlogError) {
        guard isClosed.withLock({ !$0 }) else {
            throw MomentlogError(.storage, "the store was closed", hint: "open it again")
        }
    }

    // MARK: Questions

    /// Returns the defined domains, by name.
    ///
    /// - Complexity: O(*n* log *n*) in the domains.
    public func domains() async throws(MomentlogError) -> [DomainEntry] {
        try await log.domains().filter(\.isLive)
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Returns a domain with its graph.
    ///
    /// - Parameter domain: A name or a UUID.
    /// - Throws: ``MomentlogError`` with `no-domain` if there is none.
    /// - Complexity: O(*n*) in the domain's events.
    public func domain(_ domain: DomainReference) async throws(MomentlogError) -> Domain {
        try await log.replay(entry(of: domain).id)
    }

    /// Returns a domain of the list with its graph.
    ///
    /// - Complexity: O(*n*) in the domain's events.
    public func domain(_ entry: DomainEntry) async throws(MomentlogError) -> Domain {
        try await log.replay(entry.id)
    }

    /// Returns the moment graph of a domain.
    ///
    /// - Parameter domain: A name or a UUID.
    /// - Throws: ``MomentlogError`` with `no-domain` if there is none.
    /// - Complexity: O(*n*) in the domain's events.
    public func graph(of domain: DomainReference) async throws(MomentlogError) -> MomentGraph {
        try await self.domain(domain).graph
    }

    /// Returns the content of a definition that a checkpoint or a domain names.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` if it is missing.
    public func definition(_ digest: DefinitionDigest) async throws(MomentlogError) -> [UInt8] {
        try await log.definition(digest)
    }

    /// Returns the XML of a checkpoint, byte for byte as libvirt prints it.
    ///
    /// - Parameters:
    ///   - checkpoint: Its name.
    ///   - domain: A name or a UUID.
    ///   - parts: Which parts of the domain's definition are included.
    ///   - disk: A disk that the checkpoint is printed as not covering.
    /// - Throws: ``MomentlogError`` with `no-domain`, `no-checkpoint`, or `no-such-disk`.
    public func document(
        of checkpoint: CheckpointName, in domain: DomainReference,
        parts: DocumentParts = .withoutSecrets,
        withoutDisk disk: String? = nil
    ) async throws(MomentlogError) -> [UInt8] {
        try await document(
            of: checkpoint, in: self.domain(domain), parts: parts, withoutDisk: disk)
    }

    /// Returns the XML of a checkpoint in a past state of a domain; see
    /// ``document(of:in:parts:withoutDisk:)``.
    ///
    /// - Throws: ``MomentlogError`` with `no-checkpoint` or `no-such-disk`.
    public func document(
        of checkpoint: CheckpointName, in domain: Domain, parts: DocumentParts = .withoutSecrets,
        withoutDisk disk: String? = nil
    ) async throws(MomentlogError) -> [UInt8] {
        try checkOpen()
        guard var found = domain.graph.checkpoint(named: checkpoint) else {
            throw .noCheckpoint(checkpoint)
        }
        if let disk { found = try found.without(disk: disk, isRepeated: false) }
        var definition: [UInt8]?
        if parts != .withoutDomain, let digest = found.definition {
            let content = try await log.definition(digest)
            definition =
                parts == .everything ? content : DomainSecrets.removed(from: content)
        }
        return CheckpointWriter().document(of: found, domain: definition)
    }

    /// The parts of a domain's definition in a document.
    public enum DocumentParts: Sendable, Hashable {
        /// All of it, as libvirt prints it with `--security-info`.
        case everything
        /// All but passwords and cookies.
        case withoutSecrets
        /// Without the definition.
        case withoutDomain
    }

    /// Returns the findings in domains, sorted.
    ///
    /// - Parameter domains: Names or UUIDs; empty for all domains.
    /// - Throws: ``MomentlogError`` with `no-domain` if there is no such domain.
    /// - Complexity: O(*n*) in the domains' events, plus sorting what was found.
    public func findings(of domains: [DomainReference] = []) async throws(MomentlogError)
        -> [Finding]
    {
        try await findings(of: domains, now: .now)
    }

    /// Returns the findings in domains at a present time; see ``findings(of:)``.
    package func findings(
        of domains: [DomainReference] = [], now: Timestamp
    ) async throws(MomentlogError) -> [Finding] {
        var entries: [DomainEntry] = []
        for domain in domains { entries.append(try await entry(of: domain)) }
        if domains.isEmpty { entries = try await self.domains() }
        var findings: [Finding] = []
        for entry in entries {
            let domain = try await log.replay(entry.id)
            findings += domain.graph.findings(domain: domain.nameReference)
        }
        findings += try await clockFindings(
            entries.map { ($0.id, DomainReference($0.name)) }, isWhole: domains.isEmpty, now: now)
        return findings.sorted()
    }

    /// Returns sizes, counts and settings of the store.
    ///
    /// - Throws: ``MomentlogError`` with `storage` if the store is not kept in a file, or cannot
    ///   be read.
    public func statistics() async throws(MomentlogError) -> [Statistic] {
        try await file.statistics()
    }

    /// Copies the store at one moment, even while others write, verifies the copy from its first
    /// event on, and leaves it as one file and its head.
    ///
    /// - Parameters:
    ///   - path: The new file.
    ///   - progress: Called now and then with the number of pages copied so far, and of all.
    /// - Throws: ``MomentlogError`` with `output-refused` if the path exists, `corrupt` if the
    ///   store is damaged: nothing is left then; `storage` also if the store is not kept in a file.
    /// - Complexity: O(*n*) in the store's bytes.
    public func backup(
        to path: String, progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(MomentlogError) -> BackupReport {
        try await file.backup(to: path, progress: progress)
    }

    /// Reclaims unused space in the store's file. No event is touched.
    ///
    /// - Throws: ``MomentlogError`` with `busy` or `storage`: nothing has changed then.
    /// - Complexity: O(*n*) in the store's bytes.
    public func compact() async throws(MomentlogError) -> CompactionReport {
        try await file.compact()
    }

    /// What ``compact()`` would come to, as far as SQLite's count of free pages shows. Nothing is
    /// changed.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    /// - Complexity: O(1).
    public func plannedCompaction() async throws(MomentlogError) -> CompactionReport {
        try await file.plannedCompaction()
    }

    /// The log, if it is kept in a file.
    private var file: SQLiteEventLog {
        get throws(MomentlogError) {
            try checkOpen()
            guard let log = log as? SQLiteEventLog else {
                throw MomentlogError(.storage, "the store is not kept in a file")
            }
            return log
        }
    }

    // MARK: Names

    /// Returns the domain of a name or UUID.
    package func entry(
        of domain: DomainReference, evenUndefined: Bool = false
    ) async throws(MomentlogError) -> DomainEntry {
        if let uuid = domain.uuid, let found = try await log.domain(uuid: uuid) {
            guard found.isLive || evenUndefined else { throw .noDomain(domain) }
            return found
        }
        guard let found = try await log.domain(named: domain.text), found.isLive || evenUndefined
        else { throw .noDomain(domain) }
        return found
    }
}
