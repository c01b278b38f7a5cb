import EventStorage
import Logging
import Moments
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

    private let origin: Origin
    private let snapshots: SnapshotKeeper
    /// How many callers there are, those included who are on their way here.
    private let callers = Atomic(0)
    private var waiting: [Waiting] = []
    private var isWorking = false
    private var ending: [CheckedContinuation<Void, Never>] = []

    /// Above so many commands the next ones wait for another transaction.
    private static let mostCommands = 256

    /// How often commands are decided anew because others appended in between.
    private static let mostAttempts = 64

    typealias Answer = Result<CommandOutcome, MomentlogError>

    private struct Waiting {
        let instructions: [Instruction]
        let answer: CheckedContinuation<[Answer], Never>
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
        callers.add(1, ordering: .relaxed)
        defer { callers.subtract(1, ordering: .relaxed) }
        return await take(instructions)
    }

    private func take(_ instructions: [Instruction]) async -> [Answer] {
        let isAlone = callers.load(ordering: .relaxed) == 1
        guard !isWorking, isAlone else {
            return await withCheckedContinuation { continuation in
                waiting.append(Waiting(instructions: instructions, answer: continuation))
                if !isWorking {
                    isWorking = true
                    Task { await work() }
                }
            }
        }
        // Who comes alone does the work itself: to hand it to another task would cost more
        // than the rest of it, but for the sync.
        isWorking = true
        let answers = await answers(to: instructions)
        if waiting.isEmpty && !domains.hasDue { end() } else { Task { await work() } }
        return answers
    }

    /// Does what is left, and what comes meanwhile.
    private func work() async {
        await keepSnapshots()
        await gather()
        while !waiting.isEmpty {
            var turn: [Waiting] = []
            var count = 0
            while count < Self.mostCommands, turn.count < waiting.count {
                turn.append(waiting[turn.count])
                count += turn[turn.count - 1].instructions.count
            }
            waiting.removeFirst(turn.count)
            var answers = await answers(to: turn.flatMap(\.instructions))[...]
            for caller in turn {
                caller.answer.resume(returning: Array(answers.prefix(caller.instructions.count)))
                answers = answers.dropFirst(caller.instructions.count)
            }
            await keepSnapshots()
            await gather()
        }
        end()
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

    private func answers(to instructions: [Instruction]) async -> [Answer] {
        var answers: [Answer] = []
        answers.reserveCapacity(instructions.count)
        while answers.count < instructions.count {
            answers += await commit(instructions[answers.count...].prefix(Self.mostCommands))
        }
        return answers
    }

    /// Answers some of the instructions, from the first on, in one transaction.
    private func commit(_ instructions: ArraySlice<Instruction>) async -> [Answer] {
        var attempts = 0
        while true {
            do throws(MomentlogError) {
                // What was decided on an old state is refused by the log. So only what does
                // not come before the log has to be looked after.
                let isFresh = attempts > 0 || !domains.isKnown
                if isFresh { try await refresh() } else { domains.begin() }
                let draft = try await draft(of: instructions)
                if !isFresh, draft.hasUnwritten, try await log.size() != domains.logSize {
                    domains.dropUnappended()
                    continue
                }
                return try await append(draft)
            } catch {
                attempts += 1
                guard error.isOvertaken && attempts < Self.mostAttempts else {
                    return instructions.map { _ in .failure(error.isOvertaken ? busy : error) }
                }
            }
        }
    }

    private var busy: MomentlogError {
        MomentlogError(
            .busy, "others changed the same domains \(Self.mostAttempts) times in between",
            hint: "try again when less is going on")
    }

    /// Decides the instructions up to the first that cannot share their transaction.
    private func draft(
        of instructions: ArraySlice<Instruction>
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

    /// - Throws: ``MomentlogError`` if others have appended in between; nothing has been
    ///   appended then.
    private func append(_ draft: CommandDraft) async throws(MomentlogError) -> [Answer] {
        guard !draft.isEmpty else { return await settled(draft.answers(receipts: [])) }
        do throws(MomentlogError) {
            // Beside others it must not block here: they could not come to share the next
            // transaction.
            let isAlone = callers.load(ordering: .relaxed) == 1
            let receipts =
                isAlone
                ? try await log.appendAlone(draft.commits, keeping: draft.kept)
                : try await log.append(draft.commits, keeping: draft.kept)
            if let opened = draft.opened, let receipt = receipts.last {
                domains.put(opened, receipt.domain)
                domains.updateList(receipt.domain, from: nil, by: opened.pending)
            }
            domains.noteAppended(receipts)
            return draft.answers(receipts: receipts)
        } catch {
            domains.dropUnappended()
            if error.isOvertaken { throw error }
            return draft.answers(failure: error)
        }
    }

    /// Answers for which nothing is to be appended: who is told that all is so already must be
    /// able to rely on it.
    private func settled(_ answers: [Answer]) async -> [Answer] {
        guard answers.contains(where: { (try? $0.get()) != nil }) else { return answers }
        do throws(MomentlogError) {
            try await log.settle()
            return answers
        } catch {
            return answers.map { answer in answer.flatMap { _ in .failure(error) } }
        }
    }
}

extension MomentlogError {
    /// Whether others have appended what contradicts a commit.
    fileprivate var isOvertaken: Bool { code == .revisionConflict || code == .exists }

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
