import CheckpointXML
import EventLog
public import Libvirt
public import Moments

/// What a pruning deleted in a libvirt, and then in the record.
public struct LivePruning: Sendable {
    /// What the rules keep and remove.
    public let pruning: Pruning

    /// The checkpoints that are deleted in libvirt and in the record, or would be, leaves first.
    public internal(set) var deleted: [CheckpointName] = []

    /// What stopped it; nil if all that the rules remove was deleted.
    public internal(set) var failure: Failure?

    /// A deletion that failed.
    public struct Failure: Sendable {
        /// The checkpoint.
        public let checkpoint: CheckpointName
        /// What libvirt said.
        public let message: String
        /// Whether it may have been deleted in libvirt all the same. It stays in the record.
        public let isUnknown: Bool
    }

    /// The choices with what was deleted: what the rules remove and libvirt still has stays.
    public var remaining: [CheckpointName] {
        let deleted = Set(deleted)
        return pruning.removed.filter { !deleted.contains($0) }
    }
}

extension CheckpointStore {
    /// Deletes the checkpoints of a domain that rules do not keep in a libvirt, with their bitmaps,
    /// and then in the record, in one commit.
    ///
    /// The libvirt has to have every checkpoint that is removed: one that is missing there may be
    /// lost, or the guest may be elsewhere. Just before each deletion the checkpoint's creation
    /// time is compared. It stops at the first deletion that fails, and records those before it.
    ///
    /// - Parameters:
    ///   - domain: The domain's name or UUID.
    ///   - retention: The rules.
    ///   - zone: The rules of local time, in which hours, days, weeks, months and years begin.
    ///   - host: The libvirt.
    ///   - isDryRun: Whether nothing is deleted, and the report has what would be.
    ///   - submission: Who requests it, why, and on what condition.
    /// - Throws: ``MomentlogError`` with `usage` if the submission has an idempotency key, since a
    ///   repetition would delete in the libvirt what was created there in the meantime;
    ///   with `no-domain` if the domain is not recorded or not listed,
    ///   `conflict` if libvirt does not have a checkpoint or has another one of its name, `busy`
    ///   if the domain changes while it is read or the store cannot be written to in time,
    ///   `read-only` for a connection or a store that cannot be written to, and `unreachable`:
    ///   nothing was deleted then. What fails after the first deletion is in the report, but for
    ///   the store's errors, whose details name what was deleted.
    /// - Complexity: O(*n*) calls in the checkpoints.
    public func prune(
        _ domain: DomainReference, keeping retention: Retention, zone: ZoneRules,
        at host: any LibvirtHost, isDryRun: Bool = false, by submission: Submission
    ) async throws(MomentlogError) -> LivePruning {
        guard !host.isReadOnly || isDryRun else {
            throw MomentlogError(
                .readOnly, "a read-only connection cannot delete checkpoints",
                hint: "use a connection that may write")
        }
        guard submission.request == nil else {
            throw MomentlogError(
                .usage, "pruning in a libvirt does not accept an idempotency key",
                hint: "omit it: on a repetition the rules would apply to what is recorded by then")
        }
        try submission.provenance.check()
        var report = LivePruning(
            pruning: try await pruning(of: domain, keeping: retention, zone: zone))
        let recorded = report.pruning.domain
        if let expected = submission.expectedRevision {
            try DecisionContext(creationTime: 0, expectedRevision: expected)
                .checkRevision(of: recorded)
        }
        guard !report.pruning.removed.isEmpty else { return report }
        let time = Timestamp.now
        let (uuid, state, observed) = try await observe(recorded, domain, at: host)
        let removed = Set(report.pruning.removed)
        let parentsFirst = recorded.graph.names(Listing(order: .topological)) ?? []
        let order = parentsFirst.reversed().compactMap { name in
            removed.contains(name) ? recorded.graph.checkpoint(named: name) : nil
        }
        try observed.check(has: order)
        if isDryRun {
            report.deleted = order.map(\.name)
            return report
        }
        // If the store cannot be written to, that is known before anything is deleted.
        let evidence = try await evidence(
            of: state, observed, from: host, at: time, try await entry(of: domain), recorded,
            strips: false)
        guard !evidence.isStaleSource else {
            let place = evidence.previous.map {
                "'\($0.connection.uri)' on '\($0.connection.host)'"
            }
            throw MomentlogError(
                .conflict,
                "the guest of '\(recorded.name)' is not running here, and was observed at"
                    + " \(place ?? "another libvirt"): nothing was deleted",
                hint: "prune it where it is")
        }
        try await log.store([
            uuid: observed.observation(
                at: evidence.time ?? time, evidence, host.connection)
        ])
        for checkpoint in order {
            guard let failure = await Self.delete(checkpoint, in: uuid, at: host) else {
                report.deleted.append(checkpoint.name)
                continue
            }
            report.failure = failure
            break
        }
        try await recordDeletions(report, submission)
        return report
    }

    /// Returns the domain as libvirt has it.
    private func observe(
        _ recorded: Domain, _ name: DomainReference, at host: any LibvirtHost
    ) async throws(MomentlogError) -> (DomainUUID, DomainState, ObservedDomain) {
        let (entry, uri) = (try await entry(of: name), host.connection.uri)
        let all = try await host.listed(withCheckpoints: false)
        guard let listed = all.first(where: { entry.isSame(as: $0) }) else {
            throw MomentlogError(
                .noDomain, "libvirt at '\(uri)' does not list domain '\(recorded.name)'",
                hint: "ask the host where it is")
        }
        let look: Observation.Look
        do throws(LibvirtFailure) {
            look = try await host.observe(listed, readsDefinition: false)
        } catch {
            throw error.error(at: uri)
        }
        guard case .observed(let observation) = look else {
            throw MomentlogError(
                .busy, "domain '\(recorded.name)' changed while it was read",
                hint: "try again")
        }
        let read = ReadObservation(observation, strips: false)
        if let fault = read.fault {
            throw MomentlogError(
                .invalidXML, fault.message, hint: "nothing was deleted; look at it with virsh")
        }
        return (listed.uuid, observation.state, read.domain)
    }

    /// Deletes a checkpoint in libvirt, if it still is the recorded one.
    ///
    /// - Returns: Nil if it is gone, even if another process deleted it.
    private static func delete(
        _ checkpoint: Checkpoint, in uuid: DomainUUID, at host: any LibvirtHost
    ) async -> LivePruning.Failure? {
        let name = checkpoint.name
        do throws(LibvirtFailure) {
            let text = try await host.document(of: name, in: uuid)
            let read = try? CheckpointReader().read(text: text, as: .record)
            guard read?.creationTime == checkpoint.creationTime else {
                return LivePruning.Failure(
                    checkpoint: name, message: "libvirt has another checkpoint of that name now",
                    isUnknown: false)
            }
            try await host.delete(name, in: uuid)
            return nil
        } catch {
            guard !error.isNoCheckpoint else { return nil }
            let names = try? await host.checkpoints(of: uuid)
            if let names, !names.contains(name) { return nil }
            return LivePruning.Failure(
                checkpoint: name, message: error.message, isUnknown: names == nil)
        }
    }

    /// How often what others append in between is taken into account.
    private static let maximumAttemptCount = 10

    /// Records what was deleted in one commit, whatever the rules say by now.
    private func recordDeletions(
        _ report: LivePruning, _ submission: Submission
    ) async throws(MomentlogError) {
        let recorded = report.pruning.domain
        let identifier = recorded.reference
        guard !report.deleted.isEmpty else { return }
        for attempt in 1...Self.maximumAttemptCount {
            do throws(MomentlogError) {
                let now = try await domain(identifier)
                let deleted = report.deleted.filter { name in
                    now.graph.checkpoint(named: name)?.creationTime
                        == recorded.graph.checkpoint(named: name)?.creationTime
                }
                guard !deleted.isEmpty else { return }
                var submission = submission
                submission.expectedRevision = now.revision
                try await delete(deleted, from: identifier, by: submission)
                return
            } catch {
                guard error.code == .revisionConflict, attempt < Self.maximumAttemptCount else {
                    throw error.ofUnrecorded(report.deleted, recorded.name)
                }
            }
        }
    }
}

extension ObservedDomain {
    /// - Throws: ``MomentlogError`` with `conflict` if it does not have a checkpoint, or has another
    ///   one of its name.
    /// - Complexity: O(*n*) in the checkpoints of both.
    fileprivate func check(has recorded: [Checkpoint]) throws(MomentlogError) {
        let times = Dictionary(checkpoints.map { ($0.name, $0.creationTime) }) { first, _ in first }
        for checkpoint in recorded where times[checkpoint.name] != checkpoint.creationTime {
            let isMissing = times[checkpoint.name] == nil
            throw MomentlogError(
                .conflict,
                "libvirt "
                    + (isMissing
                        ? "does not have checkpoint '\(checkpoint.name)' of '\(name)', which the"
                            + " rules remove"
                        : "has another checkpoint '\(checkpoint.name)' of '\(name)', by its"
                            + " creation time")
                    + "; nothing was deleted",
                hint: (isMissing ? "give libvirt its checkpoints back, or " : "")
                    + "record what libvirt has first"
            ).detailing("checkpoint", .text(checkpoint.name.text))
        }
    }
}

extension MomentlogError {
    /// The error of a store in which deletions in libvirt could not be recorded.
    fileprivate func ofUnrecorded(_ names: [CheckpointName], _ domain: String) -> MomentlogError {
        let shown = names.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
        let more = names.count > 10 ? " and \(names.count - 10) more" : ""
        return MomentlogError(
            code,
            "checkpoint\(names.count == 1 ? "" : "s") \(shown)\(more) of '\(domain)'"
                + " \(names.count == 1 ? "was" : "were") deleted in libvirt, and that was not"
                + " recorded: \(message)",
            hint: "record that they were deleted when the store can be written to", cause: self
        ).detailing("deletedInLibvirt", .texts(names.map(\.text)))
    }
}
