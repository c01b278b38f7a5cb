import EventLog
import Moments
import SQLiteEventLog

/// Decided commands that are to be appended together.
struct CommandDraft {
    /// The result of a command that was not refused.
    struct Decision {
        /// The domain's name after it.
        var domain: String
        /// The domain's revision after it.
        var revision: Int
        /// The checkpoint that it is about.
        var checkpoint: CheckpointName?
        /// The findings.
        var findings: [Finding] = []
        /// The report of an adoption.
        var adoption: AdoptionReport?
        /// The events of a preview.
        var plannedEvents: [Event] = []
    }

    enum Answer {
        case refused(MomentlogError)
        case decided(Decision, Effect)
        /// The answer that the request had before.
        case known(CommandOutcome)
        /// The answer to an earlier one of the draft, by index.
        case same(as: Int)
    }

    /// What has to be on stable storage before a decision is reported.
    enum Effect { case appended, kept, nothing }

    /// A request of the draft.
    private struct Request {
        var fingerprint: [UInt8]
        var place: Int
    }

    /// Whether others changed the domain of the present instruction between its lookup and its
    /// replay.
    var isOutdated = false

    private(set) var answers: [Answer] = []
    private(set) var commits: [PendingCommit] = []

    /// The requests that append nothing.
    private(set) var kept: [RequestRecord] = []

    /// The domains that commands create and the log does not know yet, by the index of the commit.
    private(set) var opened: [(commit: Int, domain: LoadedDomain)] = []

    /// The owners of the documents that were adopted into these.
    private var owners: (names: Set<[UInt8]>, uuids: Set<DomainUUID>) = ([], [])

    /// The requests that were carried out before the draft, by the bytes of their names.
    private var known: [[UInt8]: RequestRecord] = [:]
    private var requests: [[UInt8]: Request] = [:]

    /// Whether decisions keep their events, which are not appended.
    private let isPreview: Bool

    init(known: [RequestRecord] = [], isPreview: Bool = false) {
        self.isPreview = isPreview
        for record in known { note(record) }
    }

    /// Adds a request that was carried out before.
    mutating func note(_ record: RequestRecord) { known[Array(record.name.utf8)] = record }

    /// Returns whether an instruction may be decided next. The log has no number yet for the next
    /// event of a new domain, so that only adoptions into other domains may follow one.
    ///
    /// Nor may a reversion follow events that are not in the log yet, since it reads the past
    /// there.
    func admits(_ instruction: Instruction) -> Bool {
        if case .revert = instruction.command, !commits.isEmpty { return false }
        guard !opened.isEmpty else { return true }
        guard case .adopt(let adoption) = instruction.command,
            opened.count == owners.names.count
        else { return false }
        return !owners.names.contains(Array(adoption.owner.name.utf8))
            && adoption.owner.uuid.map { !owners.uuids.contains($0) } ?? true
    }

    mutating func refuse(_ error: MomentlogError) { answers.append(.refused(error)) }

    /// Returns the record of a request that was carried out before the draft.
    func knownRequest(_ name: String) -> RequestRecord? { known[Array(name.utf8)] }

    /// Answers a request that was carried out already; returns whether it was.
    ///
    /// - Parameter earlier: The parts of its answer that the log's record does not have.
    /// - Throws: ``MomentlogError`` with `request-conflict` if another request had that key.
    mutating func repeats(
        _ name: String, _ fingerprint: RequestFingerprint, earlier: EarlierAnswer
    ) throws(MomentlogError) -> Bool {
        if let record = known[Array(name.utf8)] {
            guard fingerprint.matches(record.fingerprint) else {
                let conflict: MomentlogError =
                    record.fingerprint.isEmpty
                    ? .requestOfUnknownContent(name) : .requestConflict(name)
                throw conflict.detailing(record)
            }
            answers.append(.known(CommandOutcome(record, earlier)))
            return true
        }
        guard let request = requests[Array(name.utf8)] else { return false }
        guard fingerprint.matches(request.fingerprint) else { throw .requestConflict(name) }
        answers.append(.same(as: request.place))
        return true
    }

    /// Answers a request as it was answered before.
    mutating func repeatKnown(_ outcome: CommandOutcome) {
        var outcome = outcome
        outcome.isRepeated = true
        answers.append(.known(outcome))
    }

    /// Answers an adoption that was carried out before.
    mutating func repeatAdoption(_ record: RequestRecord, _ report: AdoptionReport) {
        var outcome = CommandOutcome(record, EarlierAnswer())
        outcome.adoption = report.repeated
        answers.append(.known(outcome))
    }

    /// - Parameters:
    ///   - commit: The commit to append; nil if nothing has to change.
    ///   - request: The request, by key and fingerprint.
    ///   - domain: The domain, if the log knows it.
    ///   - opened: The domain that it creates, if the log does not know it yet.
    ///   - owner: The owner of the documents that it adopts.
    mutating func accept(
        _ decision: Decision, _ commit: PendingCommit?,
        request: (name: String, fingerprint: RequestFingerprint)?, of domain: DomainEntry.ID?,
        opened: LoadedDomain?, owner: DocumentOwner?
    ) {
        if let opened {
            self.opened.append((commits.count, opened))
            if let owner {
                owners.names.insert(Array(owner.name.utf8))
                if let uuid = owner.uuid { owners.uuids.insert(uuid) }
            }
        }
        var decision = decision
        if isPreview { decision.plannedEvents = commit?.entries.map(\.event) ?? [] }
        let record = request.map {
            RequestRecord(
                name: $0.name, fingerprint: $0.fingerprint.kept, domain: decision.domain,
                revision: decision.revision, domainID: commit == nil ? domain : nil)
        }
        if let record {
            requests[Array(record.name.utf8)] = Request(
                fingerprint: record.fingerprint, place: answers.count)
        }
        if var commit {
            commit.request = record
            commits.append(commit)
            answers.append(.decided(decision, .appended))
        } else if let record {
            kept.append(record)
            answers.append(.decided(decision, .kept))
        } else {
            answers.append(.decided(decision, .nothing))
        }
    }

    /// Whether a command is refused, skips something or finds an error.
    var hasProblems: Bool {
        answers.contains { answer in
            switch answer {
            case .refused: true
            case .decided(let decision, _): decision.adoption?.hasProblems ?? false
            case .known(let outcome): outcome.adoption?.hasProblems ?? false
            case .same: false
            }
        }
    }

    /// Whether there are answers without a commit, which the log would refuse on an old state: they
    /// depend only on what was read, even if they are stored.
    var hasUnwritten: Bool {
        answers.contains { answer in
            switch answer {
            case .refused, .known, .decided(_, .nothing), .decided(_, .kept): true
            case .decided(_, .appended), .same: false
            }
        }
    }

    /// Whether there is nothing to write.
    var isEmpty: Bool { commits.isEmpty && kept.isEmpty }

    /// Returns the answers after the commits were appended.
    func answers(receipts: [CommitReceipt]) -> [CommandHandler.Answer] {
        var receipts = receipts[...]
        return mapAnswers { decision, effect in
            let receipt = effect == .appended ? receipts.popFirst() : nil
            return .success(CommandOutcome(decision, receipt))
        }
    }

    /// Returns the answers after the commits were not appended, or may not have been. Later
    /// decisions depend on the first of them, and are not reported.
    func answers(failure: MomentlogError) -> [CommandHandler.Answer] {
        var hasFailed = false
        return mapAnswers { decision, effect in
            if effect != .nothing { hasFailed = true }
            return hasFailed ? .failure(failure) : .success(CommandOutcome(decision, nil))
        } refused: { error in
            .failure(hasFailed ? failure : error)
        }
    }

    private func mapAnswers(
        decided: (Decision, Effect) -> CommandHandler.Answer,
        refused: (MomentlogError) -> CommandHandler.Answer = { .failure($0) }
    ) -> [CommandHandler.Answer] {
        var result: [CommandHandler.Answer] = []
        result.reserveCapacity(answers.count)
        for answer in answers {
            switch answer {
            case .refused(let error): result.append(refused(error))
            case .decided(let decision, let effect): result.append(decided(decision, effect))
            case .known(let outcome): result.append(.success(outcome))
            case .same(as: let place):
                result.append(
                    result[place].map { outcome in
                        var repeated = outcome
                        repeated.isRepeated = true
                        return repeated
                    })
            }
        }
        return result
    }
}

extension CommandOutcome {
    fileprivate init(_ decision: CommandDraft.Decision, _ receipt: CommitReceipt?) {
        self.init(
            domain: DomainReference(decision.domain), commit: receipt?.commit,
            sequences: receipt?.sequences,
            revision: decision.revision, checkpoint: decision.checkpoint,
            findings: decision.findings, plannedEvents: decision.plannedEvents,
            adoption: decision.adoption)
    }

    init(_ record: RequestRecord, _ earlier: EarlierAnswer) {
        self.init(
            domain: DomainReference(record.domain), commit: record.commit,
            sequences: record.sequences,
            revision: record.revision, checkpoint: earlier.checkpoint,
            findings: earlier.findings, isRepeated: true)
    }
}

extension MomentlogError {
    /// Returns the error with what the earlier request led to.
    fileprivate func detailing(_ record: RequestRecord) -> MomentlogError {
        let error = detailing("domain", .text(record.domain))
            .detailing("revision", .number(record.revision))
        return record.commit.map { error.detailing("commit", .number($0)) } ?? error
    }

    static func requestConflict(_ name: String) -> MomentlogError {
        MomentlogError(
            .requestConflict,
            "the request \(name.debugDescription) was carried out before, and asked for"
                + " something else",
            hint: "give each request a separate identifier; the log shows what this one did",
            suggestion: .readLog
        ).detailing("request", .text(name))
    }

    fileprivate static func requestOfUnknownContent(_ name: String) -> MomentlogError {
        MomentlogError(
            .requestConflict,
            "the request \(name.debugDescription) was carried out by an earlier momentlog, which"
                + " did not store what it asked for",
            hint: "look up in the log whether it is done; if not, give it another identifier",
            suggestion: .readLog
        ).detailing("request", .text(name))
    }
}
