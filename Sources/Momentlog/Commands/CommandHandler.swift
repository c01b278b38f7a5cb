import EventLog
import Logging
import Moments
import SQLiteEventLog
import Synchronization

/// Carries out commands: decides them on the present domains, and appends the events.
///
/// Commands that wait at the same time are decided one after the other and appended together, so
/// that they share a transaction and its sync. Later ones see the results of earlier ones, and all
/// are answered when the transaction is on stable storage.
///
/// Domains are kept between commands, and updated when others have appended since: no answer, and
/// no refusal either, depends on an old state.
///
/// A waiting caller is suspended, so nothing queues without bound.
actor CommandHandler {
    let log: any EventLog
    var domains: LoadedDomains

    /// The store's settings when the domains were listed.
    var settings = StoreSettings()

    let origin: Origin

    /// The answers of a rehearsal so far; nil if instructions are carried out.
    var rehearsed: RehearsedCommands?

    private let snapshots: SnapshotKeeper
    /// The number of callers, including those on their way here.
    let callers = Atomic(0)
    private var waiting: [Call] = []
    private var isWorking = false
    private var ending: [CheckedContinuation<Void, Never>] = []

    typealias Answer = Result<CommandOutcome, MomentlogError>

    /// A caller's pending instructions.
    private struct Call {
        /// Those that have no answer yet.
        var instructions: ArraySlice<Instruction>
        let rule: CommandRule
        var answers: [Answer] = []
        /// The time at which it began to wait for others.
        var start: ContinuousClock.Instant
        var continuation: CheckedContinuation<[Answer], Never>?

        mutating func accept(_ new: ArraySlice<Answer>) {
            answers += new
            instructions = instructions.dropFirst(new.count)
            // A caller that has waited in vain does not start again.
            if !new.allSatisfy({ $0.isBusy }) { start = .now }
            guard rule == .untilFailure,
                let failure = new.compactMap(\.failure).first(where: { !$0.isOfOneDomain })
            else { return }
            answers += instructions.map { _ in .failure(failure) }
            instructions = []
        }
    }

    init(
        log: any EventLog, origin: Origin,
        logger: Logger = Logger(label: "momentlog", factory: { _ in SwiftLogNoOpLogHandler() }),
        domains: LoadedDomains = LoadedDomains(), rehearsed: RehearsedCommands? = nil
    ) {
        self.rehearsed = rehearsed
        self.log = log
        self.origin = origin
        snapshots = SnapshotKeeper(log: log, logger: logger)
        self.domains = domains
    }

    /// The number of callers that wait for the next transaction.
    var waitingCount: Int { waiting.count }

    /// Carries out instructions in order; each is a separate commit.
    nonisolated func perform(
        _ instructions: [Instruction], as rule: CommandRule = .each
    ) async -> [Answer] {
        guard !instructions.isEmpty else { return [] }
        let start = ContinuousClock.now
        callers.add(1, ordering: .relaxed)
        defer { callers.subtract(1, ordering: .relaxed) }
        return await take(Call(instructions: instructions[...], rule: rule, start: start))
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
        // A single caller does the work itself: handing it to another task would cost more than the
        // rest of it, except the sync.
        isWorking = true
        var call = call
        while !call.instructions.isEmpty {
            call.accept(await commit(batch(of: CollectionOfOne(call)))[...])
        }
        // An import takes long in any case, and its caller often queries the result next.
        if call.rule == .untilFailure || call.rule == .allOrNone { await keepSnapshots() }
        if waiting.isEmpty && !domains.hasDue { end() } else { Task { await work() } }
        return call.answers
    }

    /// Carries out what is left, and what arrives meanwhile.
    private func work() async {
        await keepSnapshots()
        await gather()
        while !waiting.isEmpty {
            var answers = await commit(batch(of: waiting))[...]
            // Later callers come after these.
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
        var batch = CommandBatch(patience: log.busyTimeout, rule: calls.first?.rule ?? .each)
        for call in calls {
            guard batch.accepts(call.rule) else { break }
            batch.add(call.instructions, since: call.start)
        }
        return batch
    }

    /// Yields to callers that are on their way here: a caller that has just been answered is often
    /// back at once, and would otherwise wait for a transaction that the others could have shared.
    private func gather() async {
        var yields = 0
        while waiting.count < callers.load(ordering: .relaxed), yields < Self.maximumYieldCount {
            await Task.yield()
            yields += 1
        }
    }

    /// The number of yields; together they are shorter than a sync.
    private static let maximumYieldCount = 100

    /// Saves snapshots that are due, after the answers: nobody waits for a cache.
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

    /// Returns when no work is left.
    func finish() async {
        guard isWorking else { return }
        await withCheckedContinuation { ending.append($0) }
    }

    /// Decides the instructions up to the first that cannot share their transaction.
    ///
    /// - Parameter isLast: Whether it is not decided again if a domain was changed between its
    ///   lookup and its replay; the instruction is refused then.
    /// - Throws: ``MomentlogError`` if the log fails before there is an answer, or at any
    ///   instruction of a whole; with `revision-conflict` if all has to be decided again.
    func draft(
        of batch: CommandBatch, isLast: Bool
    ) async throws(MomentlogError) -> CommandDraft {
        var draft = CommandDraft(
            known: try await log.requests(batch.instructions.compactMap(\.submission.request)),
            isPreview: batch.rule == .preview)
        try await learnDomains(for: batch)
        for instruction in batch.instructions {
            guard draft.admits(instruction) else { break }
            do throws(MomentlogError) {
                do throws(MomentlogError) {
                    try await decide(instruction, &draft)
                } catch {
                    guard try await wasCarriedOut(instruction, error, &draft) else {
                        throw error
                    }
                    draft.isOutdated = false
                    try await decide(instruction, &draft)
                }
            } catch {
                if draft.isOutdated && !isLast || error.isOfLog && batch.rule.isWhole {
                    domains.dropUnappended()
                    throw error
                }
                // A failure of the log is reported when the instruction is tried alone.
                if error.isOfLog && !draft.answers.isEmpty { break }
                draft.isOutdated = false
                draft.refuse(error)
                if error.isOfLog { break }
            }
        }
        return draft
    }

    /// Returns whether a refusal may result from the request itself: another process may have
    /// carried it out since the draft was begun.
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
        try await learnDomains(of: instruction)
        var repeated: RequestRecord?
        if let (name, fingerprint) = request,
            let earlier = try rehearsed?.outcome(of: name, fingerprint)
        {
            return draft.repeatKnown(earlier)
        }
        // Before the domain is looked up: it may have been undefined or renamed since.
        if let (name, fingerprint) = request {
            let record = draft.knownRequest(name).flatMap {
                fingerprint.matches($0.fingerprint) ? $0 : nil
            }
            if instruction.adoption != nil, let record {
                repeated = record
            } else {
                let earlier = try await earlierAnswer(record, to: instruction)
                if try draft.repeats(name, fingerprint, earlier: earlier) { return }
            }
        }
        let entry = try entry(for: instruction)
        if repeated == nil, let expected = instruction.submission.expectedDomain,
            entry?.id != expected
        {
            throw .unexpectedDomain(instruction.domain)
        }
        var loaded = try await load(entry, for: instruction)
        defer { if let entry { domains.put(loaded, entry.id) } }
        try loaded.applyPending()
        guard entry?.isOf(loaded.domain) ?? true || Sabotage.believesLookup.isOn else {
            draft.isOutdated = true
            throw .changedSinceLookup(instruction.domain)
        }
        var context = try await context(for: instruction, entry, &loaded)
        // Later changes of the domain are kept, and may be reported.
        if repeated != nil { context.expectedRevision = nil }
        var definitions = instruction.definitions
        if strips, case .create = instruction.command,
            let stripped = try await strippedDefinition(of: loaded)
        {
            context.definition = stripped.digest
            definitions.append(stripped)
        }
        let before = loaded.domain
        var adoption: AdoptionDecision?
        let events: [Event]
        if let adopted = instruction.adoption {
            let decision = try Moments.decide(adopted, for: before, in: context)
            if let repeated { return draft.repeatAdoption(repeated, decision.report) }
            (adoption, events) = (decision, decision.events)
            let recorded = decision.report.imported.count + decision.report.replaced.count
            if recorded < adopted.documents.count {
                definitions = definitions.named(by: events)
            }
        } else {
            events = try Moments.decide(instruction.command, for: before, in: context)
            if case .pull = instruction.command { definitions = definitions.named(by: events) }
            let own = loaded.disks.map { ($0.definition, loaded.definitionSize) }
            try DocumentSize(definitions: definitions, own: own).check(events)
        }
        var commit: PendingCommit?
        if !events.isEmpty {
            commit = PendingCommit(
                target: entry.map { .domain($0.id, revision: loaded.domain.revision) }
                    ?? .newDomain,
                domainName: loaded.domain.name,
                entries: events.enumerated().map { index, event in
                    PendingCommit.Entry(
                        event,
                        origin: adoption?.origins[index] ?? instruction.origin ?? origin)
                },
                definitions: definitions, settings: settings, time: instruction.time ?? .now,
                provenance: instruction.provenance(for: loaded.domain))
            switch instruction.command {
            case .pull(let pull): commit?.observations = pull.observation(of: before)
            case .prune: commit?.observations = observation(of: before, pruning: events)
            default: break
            }
            loaded.add(events, of: instruction)
            if let entry { domains.updateList(entry.id, from: entry, by: events) }
        }
        draft.accept(
            CommandDraft.Decision(
                domain: events.domainName ?? loaded.domain.name,
                revision: loaded.domain.revision + events.count,
                checkpoint: instruction.checkpoint(createdBy: events),
                findings: instruction.command.isRecord
                    ? before.nameReuses(by: events) : [],
                adoption: adoption?.report),
            commit, request: request, of: entry?.id,
            opened: entry == nil && commit != nil ? loaded : nil,
            owner: instruction.adoption?.owner)
    }
}

extension CommandHandler.Answer {
    fileprivate var failure: MomentlogError? {
        if case .failure(let error) = self { error } else { nil }
    }
}

extension MomentlogError {
    /// Whether it is about the domain that is to be adopted, and not the store.
    var isOfOneDomain: Bool {
        code == .exists || code == .foreignDomain || code == .noDomain || code == .invalidXML
    }

    fileprivate static func changedSinceLookup(_ domain: DomainReference) -> MomentlogError {
        MomentlogError(
            .revisionConflict,
            "another process defined, renamed or undefined domain '\(domain)' while it was read",
            hint: "try again"
        ).detailing("domain", .text(domain.text))
    }

    fileprivate static func unexpectedDomain(_ domain: DomainReference) -> MomentlogError {
        MomentlogError(
            .revisionConflict,
            "domain '\(domain)' is not the one that was expected: another has its name now",
            hint: "see what changed, then try again"
        ).detailing("domain", .text(domain.text))
    }

    /// Whether the log failed, independently of the instruction.
    fileprivate var isOfLog: Bool {
        [.storage, .corrupt, .busy, .tooNew, .behindHead, .outcomeUnknown].contains(code)
    }
}

extension DomainEntry {
    /// Returns whether a domain still has the name, UUID and liveness that it was found by.
    fileprivate func isOf(_ domain: Domain) -> Bool {
        name.hasSameBytes(as: domain.name) && uuid == domain.uuid && isLive == domain.isLive
    }
}

extension [Definition] {
    /// Returns the definitions that events name.
    ///
    /// - Complexity: O(*n*) expected in them and the events.
    fileprivate func named(by events: [Event]) -> [Definition] {
        var names: Set<DefinitionDigest> = []
        for event in events {
            switch event {
            case .checkpointCreated(let checkpoint),
                .checkpointRedefined(let checkpoint, claimsCurrent: _):
                if let digest = checkpoint.definition { names.insert(digest) }
            case .domainDefined(name: _, uuid: _, definition: let digest?):
                names.insert(digest)
            default: break
            }
        }
        return filter { names.contains($0.digest) }
    }
}
