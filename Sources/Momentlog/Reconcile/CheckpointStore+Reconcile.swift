import CheckpointXML
import EventLog
public import Moments
import SQLiteEventLog

extension CheckpointStore {
    // MARK: Images

    /// Compares a domain's checkpoints with the bitmaps in its inspected images.
    ///
    /// Nothing is changed, and no image is opened: `QemuImgInfo` and `NamedBlockNodes` read the
    /// output of QEMU's tools.
    ///
    /// - Throws: ``MomentlogError`` with `no-domain`, or with `no-such-disk` for images of a
    ///   disk that neither the domain nor a checkpoint has.
    /// - Complexity: O(*n*) expected in the domain's events and the bitmaps, plus sorting.
    public func reconcile(
        _ domain: DomainReference, with report: ImageReport
    ) async throws(MomentlogError) -> ReconciledDomain {
        let found = try await self.domain(domain)
        let disks = try await disks(of: found)
        try found.graph.checkDisks(of: report, domainDisks: disks)
        let reconciliation = Reconciliation(of: found.graph, with: report, domainDisks: disks)
        return ReconciledDomain(
            domain: found, reconciliation: reconciliation,
            owners: try await owners(of: reconciliation, domainDisks: disks, in: domain))
    }

    /// Records the result of inspecting a domain's images: an event for each checkpoint and disk
    /// that was inspected, and for each orphan.
    ///
    /// - Parameters:
    ///   - report: What the images hold.
    ///   - time: The time of the inspection, in seconds since 1970-01-01T00:00:00Z; nil for now.
    ///   - domain: The domain's name or UUID.
    ///   - submission: Who requests it, why, and on what condition.
    /// - Throws: ``MomentlogError``; see ``decide(_:for:in:)`` and ``perform(_:)``.
    @discardableResult
    public func observe(
        _ report: ImageReport, at time: Int64? = nil, in domain: DomainReference,
        by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(.observe(report, at: time, in: domain, by: submission))
    }

    /// Returns the disks in a domain's definition; nil if that is not known.
    ///
    /// - Throws: ``MomentlogError`` with `no-domain`.
    public func disks(of domain: DomainReference) async throws(MomentlogError) -> [DomainDisk]? {
        try await disks(of: try await self.domain(domain))
    }

    func disks(of domain: Domain) async throws(MomentlogError) -> [DomainDisk]? {
        guard let digest = domain.definition else { return nil }
        return try DomainDisk.disks(in: try await log.definition(digest))
    }

    /// Returns the checkpoints that named the present orphans.
    private func owners(
        of reconciliation: Reconciliation, domainDisks: [DomainDisk]?, in domain: DomainReference
    ) async throws(MomentlogError) -> FormerOwners {
        var owners = FormerOwners(of: reconciliation, domainDisks: domainDisks)
        guard reconciliation.judgements.contains(where: { $0.verdict == .orphan }) else {
            return owners
        }
        let filter = EventFilter(
            domain: domain, kinds: [.checkpointCreated, .checkpointRedefined, .checkpointDeleted])
        for try await line in try await events(filter) { owners.take(try line.event()) }
        return owners
    }
}
