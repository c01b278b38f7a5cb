import EventLog
public import Libvirt
public import Moments

/// The options of a pull.
public struct PullOptions: Sendable, Hashable {
    /// Whether it only reports what it would record.
    public var isDryRun: Bool
    /// Whether missing checkpoints are recorded as deleted although nothing shows that they were.
    public var acceptsGone: Bool
    /// The checkpoints of each domain to which ``acceptsGone`` is limited; nil for no limit. If any
    /// other would be recorded as deleted, ``acceptsGone`` does not apply to that domain; with an
    /// idempotency key, nothing is recorded then (`revision-conflict`).
    public var shownAsGone: [DomainUUID: Set<CheckpointName>]?
    /// Whether domains without checkpoints, and definitions that changed, are recorded as well.
    public var recordsDefinitions: Bool
    /// Whether checkpoints that were pruned in the record alone are recorded again.
    public var recordsPruned: Bool
    /// Whether what is new is recorded although others are lost, which stay recorded.
    public var keepsLost: Bool

    /// Creates options.
    public init(
        isDryRun: Bool = false, acceptsGone: Bool = false,
        shownAsGone: [DomainUUID: Set<CheckpointName>]? = nil, recordsDefinitions: Bool = false,
        recordsPruned: Bool = false, keepsLost: Bool = false
    ) {
        self.isDryRun = isDryRun
        self.acceptsGone = acceptsGone
        self.shownAsGone = shownAsGone
        self.recordsDefinitions = recordsDefinitions
        self.recordsPruned = recordsPruned
        self.keepsLost = keepsLost
    }
}

/// The conclusion of a pull for one domain, and what was recorded.
public struct PulledDomain: Sendable {
    /// The domain's name in the record, or in the libvirt if it is not recorded.
    public let domain: DomainReference
    /// Its UUID, if known.
    public let uuid: DomainUUID?
    /// The conclusion.
    public let result: PullDecision.Result
    /// What was recorded, or would be.
    public let events: [Event]
    /// The commit; nil if nothing was appended.
    public let commit: Int?
    /// The first and the last sequence of what was appended; nil if nothing was.
    public let sequences: ClosedRange<Int>?
    /// The findings.
    public let findings: [Finding]
    /// Whether the observation shows which checkpoint is current.
    public let isCurrentKnown: Bool
    /// Why a busy domain could not be observed.
    public let reason: String?
    /// Whether the caller named the domain.
    public let isNamed: Bool

    /// Whether it needs attention: something is lost, in conflict, busy or wrong, or a domain that
    /// was named is missing.
    public var needsAttention: Bool {
        switch result {
        case .lost, .busy, .conflict: true
        case .notListed: isNamed
        case .recorded, .unchanged: findings.contains { $0.severity == .error }
        }
    }
}

extension CheckpointStore {
    /// Records what a libvirt has: each domain in a separate commit.
    ///
    /// Every domain is decided on its present record, and observed again if the record changes in
    /// the meantime. See ``decide(_:for:in:)-(Pull,_,_)`` for the conclusions.
    ///
    /// - Parameters:
    ///   - host: The libvirt.
    ///   - names: Names or UUIDs; empty for all that have checkpoints there, or are recorded.
    ///   - options: The options of the pull.
    ///   - submission: Who pulls, and why. An idempotency key and an expected revision need exactly
    ///     one domain.
    /// - Returns: The domains in the order of their names.
    /// - Throws: ``MomentlogError`` with `unreachable` if the libvirt fails or does not answer
    ///   before anything was recorded; later, the remaining domains are `busy`; with `no-domain`
    ///   for a name that is neither listed nor recorded, with `usage`, and the store's errors.
    /// - Complexity: O(*n*) calls in the checkpoints; O(*n* log *n*) in the domains' events.
    @discardableResult
    public func pull(
        from host: any LibvirtHost, domains names: [DomainReference] = [],
        options: PullOptions = PullOptions(), by submission: Submission
    ) async throws(MomentlogError) -> [PulledDomain] {
        try checkOpen()
        try submission.provenance.check()
        if names.count != 1, submission.request != nil || submission.expectedRevision != nil {
            throw MomentlogError(
                .usage,
                "an idempotency key and an expected revision need exactly one domain, but \(names.count)"
                    + " are named", hint: "name one domain")
        }
        let known = KnownDomains(try await log.domains())
        let targets = try await targets(names, host, options, known)
        let strips = try await log.settings().stripsSecrets
        var pulled: [PulledDomain] = []
        var unrecorded = Unrecorded()
        for (index, target) in targets.enumerated() {
            do throws(MomentlogError) {
                pulled.append(
                    try await pull(
                        target, from: host, options, submission, strips: strips, &unrecorded))
            } catch {
                // What was recorded of other domains stays, and is reported.
                guard pulled.contains(where: { $0.commit != nil }) else {
                    try? await log.store(unrecorded.observations)
                    throw error
                }
                pulled += targets[index...].map { $0.pulled(.busy, reason: error.message) }
                break
            }
        }
        do throws(MomentlogError) {
            try await log.store(unrecorded.observations)
        } catch {
            guard pulled.contains(where: { $0.commit != nil }) else { throw error }
            for index in pulled.indices where unrecorded.contains(pulled[index].uuid) {
                pulled[index] = targets[index].pulled(.busy, reason: error.message)
            }
        }
        return pulled
    }

    /// The observations of domains for which nothing was appended.
    ///
    /// They are stored together at the end: a transaction for each would cost more than
    /// observing the domains.
    private struct Unrecorded {
        private(set) var observations: [DomainUUID: DomainObservation] = [:]

        mutating func add(_ pull: Pull, of domain: Domain) {
            observations.merge(pull.observation(of: domain)) { $1 }
        }

        func contains(_ uuid: DomainUUID?) -> Bool {
            uuid.map { observations[$0] != nil } ?? false
        }
    }

    /// A domain to observe.
    fileprivate struct Target {
        /// Its entry in the libvirt; nil if it is not listed.
        var listed: ListedDomain?
        /// Its name and UUID in the record.
        var recorded: (name: String, uuid: DomainUUID?)?
        var isNamed: Bool
    }

    /// Returns the domains to observe, by name.
    private func targets(
        _ names: [DomainReference], _ host: any LibvirtHost, _ options: PullOptions,
        _ known: KnownDomains
    ) async throws(MomentlogError) -> [Target] {
        let listed = try await host.listed(withCheckpoints: false)
        let byUUID = Dictionary(listed.map { ($0.uuid, $0) }) { first, _ in first }
        var targets: [Target] = []
        var seen: Set<DomainUUID> = []
        for name in names {
            let recorded = known.live(name)
            let found =
                recorded?.uuid.flatMap { byUUID[$0] }
                ?? name.uuid.flatMap { byUUID[$0] }
                ?? listed.first { DomainName.isSame($0.name, name.text) }
            guard recorded != nil || found != nil else { throw .noDomain(name) }
            // A recorded domain with a UUID is not another of its name.
            let isOther =
                recorded?.uuid.map { uuid in found.map { $0.uuid != uuid } ?? false } ?? false
            if let uuid = found?.uuid, !seen.insert(uuid).inserted { continue }
            targets.append(
                Target(
                    listed: found, recorded: isOther ? nil : recorded.map { ($0.name, $0.uuid) },
                    isNamed: true))
        }
        guard names.isEmpty else { return targets }
        let holding =
            options.recordsDefinitions ? listed : try await host.listed(withCheckpoints: true)
        let withCheckpoints = Set(holding.map(\.uuid))
        for domain in listed {
            let entry = known.domain(uuid: domain.uuid)
            let recorded = entry?.isLive == true ? entry : known.live(named: domain.name)
            let isRecorded = recorded != nil && (recorded?.uuid ?? domain.uuid) == domain.uuid
            guard withCheckpoints.contains(domain.uuid) || isRecorded else { continue }
            targets.append(
                Target(
                    listed: domain,
                    recorded: isRecorded ? recorded.map { ($0.name, $0.uuid) } : nil,
                    isNamed: false))
            seen.insert(domain.uuid)
        }
        let namesThere = Set(listed.map { Array($0.name.utf8) })
        for entry in try await self.domains() {
            let isListed =
                entry.uuid.map { byUUID[$0] != nil } ?? namesThere.contains(Array(entry.name.utf8))
            guard !isListed else { continue }
            targets.append(
                Target(listed: nil, recorded: (entry.name, entry.uuid), isNamed: false))
        }
        return targets.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// The maximum number of observations if the record changes in the meantime.
    private static let maximumAttemptCount = 3

    private func pull(
        _ target: Target, from host: any LibvirtHost, _ options: PullOptions,
        _ submission: Submission, strips: Bool, _ unrecorded: inout Unrecorded
    ) async throws(MomentlogError) -> PulledDomain {
        guard let listed = target.listed else { return target.pulled(.notListed) }
        var attempt = 1
        while true {
            // The observation is decided on the present record.
            let holder = try await log.domain(named: listed.name).flatMap { $0.isLive ? $0 : nil }
            // A domain that is known by its name alone gets the UUID.
            let entry =
                try await log.domain(uuid: listed.uuid)
                ?? holder.flatMap { $0.uuid == nil ? $0 : nil }
            let domain = try await recorded(entry, named: listed.name)
            let time = Timestamp.now
            let look: Observation.Look
            do throws(LibvirtFailure) {
                look = try await host.observe(listed, readsDefinition: true)
            } catch {
                throw error.error(at: host.connection.uri)
            }
            let observation: Observation
            switch look {
            case .gone: return target.pulled(.notListed)
            case .busy(let reason): return target.pulled(.busy, reason: reason)
            case .observed(let seen): observation = seen
            }
            let read = ReadObservation(observation, strips: strips)
            if let fault = read.fault { return target.pulled(.conflict, findings: [fault]) }
            var pull = Pull(
                read.domain,
                try await evidence(
                    of: observation.state, read.domain, from: host, at: time, entry,
                    domain, strips: strips),
                acceptsGone: options.acceptsGone,
                recordsDefinitions: options.recordsDefinitions,
                recordsPruned: options.recordsPruned, keepsLost: options.keepsLost)
            var context = DecisionContext(
                creationTime: 0, expectedRevision: submission.expectedRevision)
            if let holder, holder.id != entry?.id {
                context.nameHolder = DecisionContext.NameHolder(uuid: holder.uuid)
            }
            var decision = try decide(pull, for: domain, in: context)
            if pull.acceptsGone, let shown = options.shownAsGone,
                !decision.events.deletedCheckpoints.isSubset(of: shown[listed.uuid] ?? [])
            {
                // Another pull than was asked for must not be recorded under its key.
                if let request = submission.request {
                    guard try await log.requests([request]).first != nil else {
                        throw .missingOthers(domain)
                    }
                } else {
                    pull.acceptsGone = false
                    decision = try decide(pull, for: domain, in: context)
                }
            }
            // A retry is answered with its first result.
            let isAppended = !decision.events.isEmpty || submission.request != nil
            if !options.isDryRun, decision.events.isEmpty, decision.result != .conflict {
                unrecorded.add(pull, of: domain)
            }
            guard isAppended, !options.isDryRun else {
                return target.pulled(decision, of: read.domain)
            }
            var own = submission
            own.expectedRevision = domain.revision
            own.reason = own.reason ?? decision.reason(pull.evidence)
            do throws(MomentlogError) {
                let outcome = try await perform(
                    .pull(pull, definitions: Array(read.definitions.values), by: own))
                guard outcome.isRepeated else {
                    return target.pulled(decision, of: read.domain, outcome)
                }
                return target.pulled(
                    decision, of: read.domain, outcome,
                    repeating: try await change(by: outcome)?.events ?? [])
            } catch {
                guard error.code == .revisionConflict, submission.expectedRevision == nil,
                    attempt < Self.maximumAttemptCount
                else { throw error }
                attempt += 1
            }
        }
    }

    /// Returns a recorded domain; one without events if it is not recorded.
    func recorded(
        _ entry: DomainEntry?, named name: String
    ) async throws(MomentlogError) -> Domain {
        guard let entry else { return Domain(name: name) }
        return try await log.replay(entry.id)
    }
}

extension LibvirtHost {
    /// Returns the domains that it lists.
    func listed(withCheckpoints: Bool) async throws(MomentlogError) -> [ListedDomain] {
        do throws(LibvirtFailure) {
            return try await domains(withCheckpoints: withCheckpoints)
        } catch {
            throw error.error(at: connection.uri)
        }
    }
}

extension PullDecision {
    /// Returns the reason to record if the caller gives none: the time of the deletion.
    fileprivate func reason(_ evidence: Evidence) -> String? {
        guard events.contains(where: { $0.kind == .checkpointDeleted }) else { return nil }
        guard let previous = evidence.previous else {
            return "gone in libvirt before this observation"
        }
        // Nothing proves when the domain was observed.
        let mark = previous.checkpoints == nil ? "" : " (unverified)"
        return "gone in libvirt between \(previous.time.rfc3339(fractionDigits: 0))\(mark) and this"
            + " observation"
    }
}

extension CheckpointStore.Target {
    fileprivate var name: String { recorded?.name ?? listed?.name ?? "" }

    /// Returns the result of a domain of which nothing is recorded.
    fileprivate func pulled(
        _ result: PullDecision.Result, findings: [Finding] = [], reason: String? = nil
    ) -> PulledDomain {
        PulledDomain(
            domain: DomainReference(name), uuid: listed?.uuid ?? recorded?.uuid, result: result,
            events: [],
            commit: nil, sequences: nil, findings: findings, isCurrentKnown: false,
            reason: reason, isNamed: isNamed)
    }

    /// - Parameter repeating: The events of a request that was carried out before.
    fileprivate func pulled(
        _ decision: PullDecision, of observed: ObservedDomain, _ outcome: CommandOutcome? = nil,
        repeating: [Event]? = nil
    ) -> PulledDomain {
        PulledDomain(
            domain: decision.domain, uuid: observed.uuid,
            result: repeating.map { $0.isEmpty ? .unchanged : .recorded } ?? decision.result,
            events: repeating ?? decision.events, commit: outcome?.commit,
            sequences: outcome?.sequences,
            findings: decision.findings, isCurrentKnown: decision.isCurrentKnown, reason: nil,
            isNamed: isNamed)
    }
}

extension MomentlogError {
    /// What is missing is not what was shown.
    fileprivate static func missingOthers(_ domain: Domain) -> MomentlogError {
        MomentlogError(
            .revisionConflict,
            "libvirt lacks other checkpoints of domain '\(domain.name)' than were shown: nothing was"
                + " recorded", hint: "see what is missing now, then try again"
        ).detailing("domain", .text(domain.name))
    }
}
