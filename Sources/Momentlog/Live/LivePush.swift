import CheckpointXML
import EventLog
import ImageReports
public import Libvirt
public import Moments

extension CheckpointStore {
    /// Restores the recorded checkpoints of a domain in a libvirt. The record is not changed.
    ///
    /// It observes the domain first and refuses if libvirt has what the record does not. On a
    /// running guest every checkpoint is validated, and the push stops at the first broken bitmap.
    /// Afterwards it observes the domain again and compares it with the record. If the connection
    /// breaks, repeating the push continues where it stopped.
    ///
    /// - Parameters:
    ///   - domain: A name or a UUID.
    ///   - host: The libvirt.
    ///   - options: The options of the push.
    /// - Throws: ``MomentlogError`` with `no-domain` if the domain is not recorded or not listed,
    ///   `read-only` for a read-only connection, `unreachable` if nothing was changed yet, and
    ///   `outcome-unknown` if the connection broke after the first change.
    /// - Complexity: O(*n*) calls in the checkpoints.
    public func push(
        _ domain: DomainReference, to host: any LibvirtHost, options: PushOptions = PushOptions()
    ) async throws(MomentlogError) -> PushReport {
        guard !host.isReadOnly || options.isDryRun else {
            throw MomentlogError(
                .readOnly, "a read-only connection cannot redefine checkpoints",
                hint: "use a connection that may write")
        }
        let entry = try await entry(of: domain)
        let recorded = try await log.replay(entry.id)
        guard
            let listed = try await host.listed(withCheckpoints: false)
                .first(where: { entry.isSame(as: $0) })
        else {
            throw MomentlogError(
                .noDomain,
                "libvirt at '\(host.connection.uri)' does not list domain '\(recorded.name)'"
                    + (recorded.uuid.map { " (uuid \($0))" } ?? ""),
                hint: "define or start it there first")
        }
        let strips = try await log.settings().stripsSecrets
        guard
            let before = try await look(at: listed, host, entry, recorded, strips, options)
        else {
            return PushReport(
                domain: recorded.nameReference, checkpoints: [], keepsCurrent: false,
                isValidated: false,
                busy: "the domain changed while it was read, or its guest does not answer")
        }
        let plan = PushPlan(
            recorded.graph, to: before.domain, before.evidence,
            PushPlan.Options(replaces: options.replaces, isExact: options.isExact))
        var run = PushRun(
            domain: recorded, uuid: listed.uuid, plan: plan, options: options,
            isValidated: options.validates && before.evidence.isActive,
            pruned: Set(before.evidence.pruned.map(\.name)))
        guard plan.conflicts.isEmpty, !options.isDryRun, !plan.steps.isEmpty else {
            // What a migration left behind is no evidence.
            if plan.conflicts.isEmpty, !options.isDryRun, !before.evidence.isStaleSource {
                try? await store(before, of: listed.uuid)
            }
            return run.report
        }
        var documents: [CheckpointName: String] = [:]
        for case .redefine(let name) in plan.steps where documents[name] == nil {
            let bytes = try await document(
                of: name, in: recorded,
                parts: options.includesDomain ? .everything : .withoutDomain)
            documents[name] = String(decoding: bytes, as: UTF8.self)
        }
        try await store(before, of: listed.uuid, before: plan)
        do throws(LibvirtFailure) {
            try await run.carryOut(documents, on: host)
        } catch {
            guard run.hasChanged else { throw error.error(at: host.connection.uri) }
            throw .interrupted(recorded.name, error)
        }
        if let broken = run.report.checkpoints.first(where: { $0.result == .broken }) {
            run.addBrokenDisks(
                of: broken.checkpoint, try? await brokenBitmaps(in: domain, at: host))
        }
        do throws(MomentlogError) {
            if let after = try await look(at: listed, host, entry, recorded, strips, options) {
                run.verify(after.domain, after.evidence)
                // Without it, later conclusions are more cautious than necessary.
                let rest = run.report.checkpoints.filter {
                    $0.result != .pushed && $0.result != .unchanged
                }
                try? await store(
                    after, of: listed.uuid, changing: Set(rest.map(\.checkpoint)))
            } else {
                run.report.busy = "the domain changed while what was pushed was compared"
            }
        } catch {
            throw error.code == .unreachable ? .interrupted(recorded.name, error) : error
        }
        return run.report
    }

    /// Stores what was observed as evidence for later pulls. It comes before the first change, so
    /// that what an interrupted push has not restored is not considered deleted.
    ///
    /// - Throws: ``MomentlogError``; with `read-only` only for a plan that removes metadata.
    private func store(
        _ look: (domain: ObservedDomain, evidence: Evidence), of uuid: DomainUUID,
        before plan: PushPlan? = nil, changing: Set<CheckpointName> = []
    ) async throws(MomentlogError) {
        guard let time = look.evidence.time, let connection = look.evidence.connection else {
            return
        }
        let steps = plan?.steps ?? []
        do throws(MomentlogError) {
            try await log.store([
                uuid: look.domain.observation(
                    at: time, look.evidence, connection,
                    changing: changing.union(steps.compactMap(\.checkpoint)))
            ])
        } catch {
            let removes = steps.contains { if case .deleteMetadata = $0 { true } else { false } }
            guard error.code == .readOnly, !removes else { throw error }
        }
    }

    /// Returns the bitmaps that are missing or broken in the running guest. libvirt names only the
    /// first of a checkpoint.
    private func brokenBitmaps(
        in domain: DomainReference, at host: any LibvirtHost
    ) async throws(MomentlogError) -> [Reconciliation.Judgement] {
        let guest = try await guest(domain, at: host)
        guard case .running(let answer) = guest.state else { return [] }
        let report = try NamedBlockNodes(in: answer, from: "QEMU's answer")
            .report(of: try await disks(of: domain) ?? guest.disks, sources: [:])
        return try await reconcile(domain, with: report).reconciliation.judgements.filter {
            $0.verdict == .missing || $0.verdict == .inconsistent
        }
    }

    /// - Returns: Nil if the domain is busy or gone.
    private func look(
        at listed: ListedDomain, _ host: any LibvirtHost, _ entry: DomainEntry,
        _ recorded: Domain, _ strips: Bool, _ options: PushOptions
    ) async throws(MomentlogError) -> (domain: ObservedDomain, evidence: Evidence)? {
        let time = Timestamp.now
        let look: Observation.Look
        do throws(LibvirtFailure) {
            look = try await host.observe(listed, readsDefinition: false)
        } catch {
            throw error.error(at: host.connection.uri)
        }
        guard case .observed(let observation) = look else { return nil }
        let read = ReadObservation(observation, strips: strips)
        if let fault = read.fault {
            throw MomentlogError(
                .invalidXML, fault.message,
                hint: "nothing was changed; inspect it with virsh checkpoint-dumpxml")
        }
        var domain = read.domain
        let evidence = try await evidence(
            of: observation.state, domain, from: host, at: time, entry, recorded,
            strips: strips)
        if !options.includesDomain {
            // What is not sent is not compared.
            for index in domain.checkpoints.indices {
                let known = recorded.graph.checkpoint(named: domain.checkpoints[index].name)
                domain.checkpoints[index].definition = known?.definition
            }
        }
        return (domain, evidence)
    }
}

/// A push in progress.
private struct PushRun {
    var report: PushReport
    /// Whether a call changed anything, or may have.
    private(set) var hasChanged = false

    private let recorded: Domain
    private let uuid: DomainUUID
    private let plan: PushPlan
    private let isValidated: Bool
    private var index: [CheckpointName: Int] = [:]

    init(
        domain: Domain, uuid: DomainUUID, plan: PushPlan, options: PushOptions, isValidated: Bool,
        pruned: Set<CheckpointName>
    ) {
        recorded = domain
        self.uuid = uuid
        self.plan = plan
        self.isValidated = isValidated
        report = PushReport(
            domain: domain.nameReference, checkpoints: [], keepsCurrent: plan.keepsCurrent,
            isValidated: isValidated)
        report.hasUnknown = plan.conflicts.contains { $0.kind == .unknown }
        report.hasReused = plan.conflicts.contains { $0.kind == .replaced }
        for conflict in plan.conflicts {
            let isPruned = conflict.kind == .unknown && pruned.contains(conflict.checkpoint)
            if isPruned { report.hasPruned = true }
            let message =
                switch conflict.kind {
                case .unknown where isPruned: "pruned in the record alone, and still in libvirt"
                case .unknown: "libvirt has it, but the record does not"
                case .replaced: "libvirt has another one of that name, by its creation time"
                case .lost, .differs, .current: "libvirt has other metadata of it"
                }
            add(conflict.checkpoint, .conflict, message)
        }
        for name in plan.unchanged { add(name, .unchanged) }
        for case .redefine(let name) in plan.steps where index[name] == nil {
            add(name, .notTried)
        }
        for name in plan.refused {
            add(name, .refused, "its parent is missing in the record, or in a cycle")
        }
    }

    private mutating func add(
        _ checkpoint: CheckpointName, _ result: PushedCheckpoint.Result, _ message: String? = nil
    ) {
        index[checkpoint] = report.checkpoints.count
        report.checkpoints.append(
            PushedCheckpoint(
                domain: recorded.nameReference, checkpoint: checkpoint, result: result, disk: nil,
                bitmap: nil, message: message))
    }

    private mutating func set(
        _ checkpoint: CheckpointName, _ result: PushedCheckpoint.Result, _ message: String? = nil
    ) {
        guard let place = index[checkpoint] else { return }
        report.checkpoints[place].result = result
        report.checkpoints[place].message = message
    }

    /// Whether recorded metadata was deleted in libvirt.
    private var isGivingBack = false

    /// Makes the calls, up to the first that fails, and beyond it if metadata was deleted.
    ///
    /// - Throws: What ends the connection.
    mutating func carryOut(
        _ documents: [CheckpointName: String], on host: any LibvirtHost
    ) async throws(LibvirtFailure) {
        for step in plan.steps {
            do throws(LibvirtFailure) {
                hasChanged = true
                switch step {
                case .deleteMetadata(let name):
                    try await host.deleteMetadata(of: name, in: uuid)
                    isGivingBack = isGivingBack || name != PushPlan.placeholder
                case .redefinePlaceholder:
                    try await host.redefine(
                        Self.placeholderDocument, in: uuid, isValidated: false)
                case .redefine(let name):
                    try await host.redefine(
                        documents[name] ?? "", in: uuid, isValidated: isValidated)
                    set(name, .pushed)
                }
            } catch {
                guard !error.isEndOfConnection else { throw error }
                if case .redefine(let name) = step {
                    fail(name, error)
                    // Deleted metadata is restored as far as possible.
                    if isGivingBack { continue }
                } else if error.isNoCheckpoint {
                    // Another program has deleted it.
                    continue
                } else {
                    report.busy = error.message
                }
                if error.isBusy { report.busy = "the guest does not answer: \(error.message)" }
                return
            }
        }
    }

    private mutating func fail(_ name: CheckpointName, _ error: LibvirtFailure) {
        set(name, error.isInconsistent ? .broken : .refused, error.message)
        report.keepsCurrent = false
        guard error.isInconsistent, let place = index[name] else { return }
        // libvirt names the disk only in its message.
        let disk = recorded.graph.checkpoint(named: name)?.disks.first {
            $0.mode == .bitmap && error.message.contains("'\($0.name)'")
        }
        report.checkpoints[place].disk = disk?.name
        report.checkpoints[place].bitmap = disk.map { $0.bitmap ?? name.text }
    }

    /// Reports every disk whose bitmap of a broken checkpoint is missing or broken.
    mutating func addBrokenDisks(
        of checkpoint: CheckpointName, _ bitmaps: [Reconciliation.Judgement]?
    ) {
        guard let place = index[checkpoint] else { return }
        let others = (bitmaps ?? []).filter {
            $0.checkpoint == checkpoint && $0.disk != report.checkpoints[place].disk
        }
        for judgement in others {
            var broken = report.checkpoints[place]
            broken.disk = judgement.disk
            broken.bitmap = judgement.bitmap
            broken.message = judgement.message
            report.checkpoints.insert(broken, at: place + 1)
        }
    }

    /// Compares the libvirt's present state with what was pushed.
    mutating func verify(_ observed: ObservedDomain, _ evidence: Evidence) {
        let comparison = DomainComparison(recorded.graph, observed, evidence)
        let missing = Set(comparison.missing + comparison.replaced.map(\.name))
        let changed = Dictionary(
            comparison.changed.map { ($0.checkpoint.name, $0.fields) }
        ) { first, _ in first }
        for place in report.checkpoints.indices
        where report.checkpoints[place].result == .pushed {
            let name = report.checkpoints[place].checkpoint
            if missing.contains(name) {
                report.checkpoints[place].result = .refused
                report.checkpoints[place].message = "it is missing in libvirt after the push"
            } else if let fields = changed[name] {
                let words = fields.map(\.rawValue).joined(separator: ", ")
                report.checkpoints[place].result = .refused
                report.checkpoints[place].message =
                    "libvirt has it with another \(words) after the push"
            }
        }
    }

    private static let placeholderDocument =
        "<domaincheckpoint><name>\(PushPlan.placeholder)</name>"
        + "<creationTime>\(PushPlan.placeholderTime)</creationTime></domaincheckpoint>"
}

extension LibvirtFailure {
    /// Whether no answer can be trusted any more. An internal error (1) also comes from a closed
    /// connection; a deletion that fails with it is not repeated either.
    fileprivate var isEndOfConnection: Bool {
        isTimeout || code == 38 || code == 1 && message.contains("socket")
    }
}

extension MomentlogError {
    fileprivate static func interrupted(_ domain: String, _ cause: any Error) -> MomentlogError {
        MomentlogError(
            .outcomeUnknown,
            "the connection broke while checkpoints of '\(domain)' were pushed: \(cause)",
            hint: "push again: it continues where it stopped", cause: cause)
    }
}
