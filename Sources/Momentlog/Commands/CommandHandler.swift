import EventLog
import Logging
import Moments
import SQLiteEventLog
import Synchronization

/// Carries out commands: decides them on the domains as they are, and appends what
/// follows.
///
/// Commands that wait at the same time are decided one after the other and appended
/// together, so that they share a transaction and its sync. Those behind see what those
/// before led to, and all are answered when it is on stable storage.
///
/// Domains are kept between commands, and brought up to date when others have appended
/// since: no answer, and no refusal either, rests on an old state.
///
/// Whoever waits here is a suspended caller, so that nothing queues without bound.
actor CommandHandler {
    let log: any EventLog
    var domains: LoadedDomains

    /// What the store was told to keep to, when the domains were listed.
    var settings = StoreSettings()

    let origin: Origin
    private let snapshots: SnapshotKeeper
    /// How many callers there are, those included who are on their way here.
    let callers = Atomic(0)
    private var waiting: [Call] = []
    private var isWorking = false
    private var ending: [CheckedContinuation<Void, Never>] = []

    typealias Answer = Result<CommandOutcome, MomentlogError>

    /// A caller's instructions on their way.
    private struct Call {
        /// Those that have no answer yet.
        var instructions: ArraySlice<Instruction>
        var answers: [Answer] = []
        /// When it began to wait for others.
        var start: ContinuousClock.Instant
        var continuation: CheckedContinuation<[Answer], Never>?

        mutating func accept(_ new: ArraySlice<Answer>) {
            answers += new
            instructions = instructions.dropFirst(new.count)
            // Who has waited in vain does not begin to wait anew.
            if !new.allSatisfy({ $0.isBusy }) { start = .now }
        }
    }

    init(
        log: any EventLog, origin: Origin,
        logger: Logger = Logger(label: "momentlog", factory: { _ in SwiftLogNoOpLogHandler() }),
        domains: LoadedDomains = LoadedDomains()
    ) {
        self.log = log
        self.origin = origin
        snapshots = SnapshotKeeper(log: log, logger: logger)
        self.domains = domains
    }

    /// How many callers wait for the next transaction.
    var waitingCount: Int { waiting.count }

    /// Carries out instructions in their order; each is a commit of its own.
    nonisolated func perform(_ instructions: [Instruction]) async -> [Answer] {
        guard !instructions.isEmpty else { return [] }
        let start = ContinuousClock.now
        callers.add(1, ordering: .relaxed)
        defer { callers.subtract(1, ordering: .relaxed) }
        return await take(Call(instructions: instructions[...], start: start))
    }

    private func take(_ call: Call) async -> [Answer] {
        let isAlone = callers.load(ordering: .relaxed) == 1
        guard !isWorking, isAlone else {
            return await withCheckedContinuation { continuation in
                var call = call
                call.continuation = continuation
                waiting.append(call)
                if !isWorking {
                    isWorking = true
                    Task { await work() }
                }
            }
        }
        // Who comes alone does the work itself: to hand it to another task would cost more
        // than the rest of it, but for the sync.
        isWorking = true
        var call = call
        while !call.instructions.isEmpty {
            call.accept(await commit(batch(of: CollectionOfOne(call)))[...])
        }
        if waiting.isEmpty && !domains.hasDue { end() } else { Task { await work() } }
        return call.answers
    }

    /// Does what is left, and what comes meanwhile.
    private func work() async {
        await keepSnapshots()
        await gather()
        while !waiting.isEmpty {
            var answers = await commit(batch(of: waiting))[...]
            // Who comes meanwhile stands behind these.
            while !answers.isEmpty, var call = waiting.first {
                let own = answers.prefix(call.instructions.count)
                answers = answers.dropFirst(own.count)
                call.accept(own)
                waiting[0] = call
                guard call.instructions.isEmpty else { continue }
                waiting.removeFirst()
                call.continuation?.resume(returning: call.answers)
            }
            await keepSnapshots()
            await gather()
        }
        end()
    }

    private func batch(of calls: some Collection<Call>) -> CommandBatch {
        var batch = CommandBatch(patience: log.busyTimeout)
        for call in calls where !batch.isFull { batch.add(call.instructions, since: call.start) }
        return batch
    }

    /// Lets those come who are on their way here: who has just been answered is often back
    /// at once, and would else have to wait for a transaction that the others could have
    /// shared.
    private func gather() async {
        var yields = 0
        while waiting.count < callers.load(ordering: .relaxed), yields < Self.mostYields {
            await Task.yield()
            yields += 1
        }
    }

    /// So often others are let go first; together it is shorter than a sync.
    private static let mostYields = 100

    /// Keeps snapshots that are due, after the answers: nobody waits for what is only a cache.
    private func keepSnapshots() async {
        for (id, domain) in domains.takeDue() {
            let revision = await snapshots.keepIfDue(domain, id)
            domains.noteSnapshot(id, revision: revision)
        }
    }

    private func end() {
        isWorking = false
        for caller in ending { caller.resume() }
        ending.removeAll()
    }

    /// Returns when nothing is being done any more.
    func finish() async {
        guard isWorking else { return }
        await withCheckedContinuation { ending.append($0) }
    }

    /// Decides the instructions up to the first that cannot share their transaction.
    func draft(
        of instructions: [Instruction]
    ) async throws(MomentlogError) -> CommandDraft {
        var draft = CommandDraft(
            known: try await log.requests(instructions.compactMap(\.submission.request)))
        for instruction in instructions {
            do throws(MomentlogError) {
                do throws(MomentlogError) {
                    try await decide(instruction, &draft)
                } catch {
                    guard try await wasCarriedOut(instruction, error, &draft) else {
                        throw error
                    }
                    try await decide(instruction, &draft)
                }
            } catch {
                // What the log fails at is told when its turn comes, alone.
                if error.isOfLog && !draft.answers.isEmpty { break }
                draft.refuse(error)
                if error.isOfLog { break }
            }
            // The log has no number yet for what comes next of a new domain.
            if draft.opened != nil { break }
        }
        return draft
    }

    /// Whether what refuses a request may be what the request itself has led to: another
    /// process may have carried it out since the draft was begun.
    private func wasCarriedOut(
        _ instruction: Instruction, _ refusal: MomentlogError, _ draft: inout CommandDraft
    ) async throws(MomentlogError) -> Bool {
        guard let name = instruction.submission.request, !refusal.isOfLog,
            refusal.code != .requestConflict, refusal.code != .usage,
            let record = try await log.requests([name]).first
        else { return false }
        draft.note(record)
        return true
    }

    private func decide(
        _ instruction: Instruction, _ draft: inout CommandDraft
    ) async throws(MomentlogError) {
        try instruction.submission.provenance.check()
        let strips = instruction.stripsSecrets || settings.stripsSecrets
        let request = instruction.submission.request.map {
            ($0, RequestFingerprint(instruction, strips: strips))
        }
        let instruction = strips ? instruction.withoutSecrets() : instruction
        // Before the domain is looked for: it may have gone, or bear another name since.
        if let (name, fingerprint) = request {
            let findings = try await findings(of: draft.knownRequest(name), for: instruction)
            if try draft.repeats(name, fingerprint, findings: findings) { return }
        }
        let entry = try entry(for: instruction)
        var loaded = try await load(entry, for: instruction)
        defer { if let entry { domains.put(loaded, entry.id) } }
        try loaded.applyPending()
        var context = try await context(for: instruction, entry, &loaded)
        var definitions = instruction.definitions
        if strips, case .create = instruction.command,
            let stripped = try await strippedDefinition(of: loaded)
        {
            context.definition = stripped.digest
            definitions.append(stripped.content)
        }
        let before = loaded.domain
        let events = try Moments.decide(instruction.command, for: before, in: context)
        let own = loaded.disks.map { ($0.definition, loaded.definitionSize) }
        try DocumentSize(definitions: definitions, own: own).check(events)
        var commit: PendingCommit?
        if !events.isEmpty {
            commit = PendingCommit(
                target: entry.map { .domain($0.id, revision: loaded.domain.revision) }
                    ?? .newDomain,
                domainName: loaded.domain.name,
                entries: events.map { PendingCommit.Entry($0, origin: origin) },
                definitions: definitions, settings: settings, time: .now,
                provenance: instruction.provenance(for: loaded.domain))
            loaded.add(events, of: instruction)
            if let entry { domains.updateList(entry.id, from: entry, by: events) }
        }
        draft.accept(
            CommandDraft.Decision(
                domain: events.domainName ?? loaded.domain.name,
                revision: loaded.domain.revision + events.count,
                checkpoint: instruction.checkpoint(createdBy: events),
                findings: instruction.command.isRecord
                    ? before.nameReuses(by: events) : []),
            commit, request: request, opened: entry == nil && commit != nil ? loaded : nil)
    }
}

extension MomentlogError {
    /// Whether it is the log that failed, whatever it was asked for.
    fileprivate var isOfLog: Bool {
        [.storage, .corrupt, .busy, .tooNew, .behindHead, .outcomeUnknown].contains(code)
    }
}

extension CommandHandler {
    /// What was found when a request was carried out; empty if it was not.
    private func findings(
        of record: RequestRecord?, for instruction: Instruction
    ) async throws(MomentlogError) -> [Finding] {
        guard instruction.command.isRecord, let record, let sequences = record.sequences,
            let entry = domains.known?.live(instruction.domain),
            let before = try await log.replay(entry.id, through: sequences.lowerBound - 1)
        else { return [] }
        let events = Mutex<[Event]>([])
        let query = EventQuery(domain: entry.id, sequences: sequences)
        try await log.read(query) { line throws(MomentlogError) in
            let event = try line.event().event
            events.withLock { $0.append(event) }
            return true
        }
        return before.nameReuses(by: events.withLock { $0 })
    }
}

extension Instruction {
    /// The one checkpoint that it is about.
    fileprivate func checkpoint(createdBy events: [Event]) -> String? {
        if case .create = command { return command.checkpoint ?? events.createdCheckpoint }
        return command.checkpoint
    }
}

extension Command {
    /// Whether it records checkpoints that were made elsewhere.
    fileprivate var isRecord: Bool {
        if case .record = self { true } else { false }
    }

    /// The one checkpoint that a command names.
    fileprivate var checkpoint: String? {
        switch self {
        case .create(let request): request.name
        case .acknowledge(let acknowledgement): acknowledgement.checkpoint
        case .redefine(let redefinitions), .record(let redefinitions):
            redefinitions.count == 1 ? redefinitions[0].checkpoint.name : nil
        case .delete(let name, _): name
        case .setCurrent(let name): name
        case .repair, .observe, .define, .rename, .undefine: nil
        }
    }
}

extension [Event] {
    /// The name of the checkpoint that was created.
    fileprivate var createdCheckpoint: String? {
        if case .checkpointCreated(let checkpoint)? = first { checkpoint.name } else { nil }
    }

    /// The name that they give the domain.
    fileprivate var domainName: String? {
        switch last {
        case .domainRenamed(to: let name): return name
        case .domainDefined(name: let name, uuid: _, definition: _): return name
        default:
            if case .domainDefined(name: let name, uuid: _, definition: _)? = first { return name }
            return nil
        }
    }
}
