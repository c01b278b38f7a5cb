import EventLog
public import Libvirt
public import Moments

/// What a pruning deleted in a libvirt, and then in the record.
public struct LivePruning: Sendable {
    /// What the rules keep and remove.
    public let pruning: Pruning

    /// The checkpoints that are deleted in libvirt and in the record, or would be, leaves first.
    public internal(set) var deleted: [String] = []

    /// Those of them that libvirt did not have.
    public internal(set) var missing: Set<String> = []

    /// What stopped it; nil if all that the rules remove was deleted.
    public internal(set) var failure: Failure?

    /// A deletion that failed.
    public struct Failure: Sendable {
        /// The checkpoint.
        public let checkpoint: String
        /// What libvirt said.
        public let message: String
        /// Whether it may have been deleted in libvirt all the same. It stays in the record.
        public let isUnknown: Bool
    }

    /// The choices with what was deleted: what the rules remove and libvirt still has stays.
    public var remaining: [String] {
        let deleted = Set(deleted)
        return pruning.removed.filter { !deleted.contains($0) }
    }
}

extension CheckpointStore {
    /// Deletes the checkpoints of a domain that rules do not keep in a libvirt, with their bitmaps,
    /// and then in the record, in one commit. A checkpoint that libvirt does not have any more is
    /// deleted in the record alone.
    ///
    /// It stops at the first deletion that fails, and records those before it.
    ///
    /// - Parameters:
    ///   - domain: The domain's name or UUID.
    ///   - retention: The rules.
    ///   - zone: The rules of local time, in which hours, days, weeks, months and years begin.
    ///   - host: The libvirt.
    ///   - isDryRun: Whether nothing is deleted, and the report has what would be.
    ///   - submission: Who requests it, why, and on what condition.
    /// - Throws: ``MomentlogError`` with `no-domain` if the domain is not recorded or not listed,
    ///   `conflict` if libvirt has another checkpoint of a name, `busy` if the domain changes
    ///   while it is read, `read-only` for a connection that may only look, and `unreachable`:
    ///   nothing was deleted then. What fails after the first deletion is in the report, but for
    ///   the store's errors.
    /// - Complexity: O(*n*) calls in the checkpoints.
    public func prune(
        _ domain: String, keeping retention: Retention, zone: ZoneRules,
        at host: any LibvirtHost, isDryRun: Bool = false, by submission: Submission
    ) async throws(MomentlogError) -> LivePruning {
        guard !host.isReadOnly || isDryRun else {
            throw MomentlogError(
                .readOnly, "a read-only connection cannot delete checkpoints",
                hint: "use a connection that may write")
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
        let (uuid, observed) = try await observe(recorded, domain, at: host)
        let removed = Set(report.pruning.removed)
        let parentsFirst = recorded.graph.names(Listing(order: .topological)) ?? []
        let order = parentsFirst.reversed().filter { removed.contains($0) }
        var there: Set<String> = []
        for checkpoint in observed.checkpoints where removed.contains(checkpoint.name) {
            guard
                recorded.graph.checkpoint(named: checkpoint.name)?.creationTime
                    == checkpoint.creationTime
            else {
                throw MomentlogError(
                    .conflict,
                    "libvirt has another checkpoint '\(checkpoint.name)' of '\(recorded.name)', by"
                        + " its creation time; nothing was deleted",
                    hint: "record what libvirt has first")
            }
            there.insert(checkpoint.name)
        }
        report.missing = removed.subtracting(there)
        if isDryRun {
            report.deleted = order
            return report
        }
        report.deleted = order.filter { !there.contains($0) }
        for name in order where there.contains(name) {
            guard let failure = await Self.delete(name, in: uuid, at: host) else {
                report.deleted.append(name)
                continue
            }
            report.failure = failure
            break
        }
        try await recordDeletions(report, zone, submission)
        return report
    }

    /// The domain as libvirt has it.
    private func observe(
        _ recorded: Domain, _ name: String, at host: any LibvirtHost
    ) async throws(MomentlogError) -> (DomainUUID, ObservedDomain) {
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
        return (listed.uuid, read.domain)
    }

    /// Deletes a checkpoint in libvirt.
    ///
    /// - Returns: Nil if it is gone, even if another process deleted it.
    private static func delete(
        _ name: String, in uuid: DomainUUID, at host: any LibvirtHost
    ) async -> LivePruning.Failure? {
        do throws(LibvirtFailure) {
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

    /// Records the deletions in one commit: whatever the rules say by now, no others.
    private func recordDeletions(
        _ report: LivePruning, _ zone: ZoneRules, _ submission: Submission
    ) async throws(MomentlogError) {
        let recorded = report.pruning.domain
        let identifier = recorded.uuid?.description ?? recorded.name
        for attempt in 1...Self.maximumAttemptCount {
            let now = try await domain(identifier)
            let deleted = report.deleted.filter { name in
                now.graph.checkpoint(named: name)?.creationTime
                    == recorded.graph.checkpoint(named: name)?.creationTime
            }
            guard !deleted.isEmpty else { return }
            var rest = Retention()
            // The empty name is nobody's: a rule that keeps nothing else.
            rest.names = Set(now.graph.names() ?? []).subtracting(deleted).union([""])
            rest.keepsLastValid = false
            var submission = submission
            submission.expectedRevision = now.revision
            do throws(MomentlogError) {
                try await perform(.prune(identifier, keeping: rest, zone: zone, by: submission))
                return
            } catch {
                guard error.code == .revisionConflict, attempt < Self.maximumAttemptCount else {
                    throw error.detailing("deletedInLibvirt", .texts(deleted))
                }
            }
        }
    }
}
