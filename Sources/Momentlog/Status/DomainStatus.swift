import EventLog
public import Moments

/// The status of one domain, for operators.
public struct DomainStatus: Sendable, Hashable {
    /// The last event of a domain.
    public struct LastEvent: Sendable, Hashable {
        /// Its position in the log.
        public let sequence: Int
        /// The time at which it was recorded.
        public let time: Timestamp
    }

    /// The domain's name.
    public let name: String

    /// Its UUID, if known.
    public let uuid: DomainUUID?

    /// A reference to it: by its UUID, or by its name if its UUID is not known.
    public var reference: DomainReference {
        uuid.map { DomainReference($0) } ?? DomainReference(name)
    }

    /// The number of its checkpoints.
    public let checkpointCount: Int

    /// The current checkpoint; nil also while graph errors suspend it.
    public let current: CheckpointName?

    /// The kinds of its findings, each once, the most severe first.
    public let findings: [Finding.Kind]

    /// Its last event.
    public let lastEvent: LastEvent?

    /// Its last observation in a libvirt, which nothing proves; nil if none is stored.
    public let lastObservation: DomainObservation?

    /// The recorded checkpoints that the last observation did not show, by name.
    public let lost: [CheckpointName]

    /// The results of inspecting its disks.
    public let disks: [DiskStatus]

    /// The time of the last inspection of any of its disks, in seconds since 1970-01-01T00:00:00Z;
    /// nil if there was none.
    public var lastInspection: Int64? { disks.compactMap(\.lastInspection).max() }

    /// The disks of which no incremental backup is possible, as far as inspections have shown.
    public var needFullBackup: [String] { disks.filter(\.needsFullBackup).map(\.disk) }

    /// Whether it needs attention: an error was found, checkpoints were lost, or a disk
    /// needs a full backup.
    public var needsAttention: Bool {
        findings.contains { $0.severity == .error } || !lost.isEmpty
            || disks.contains(where: \.needsFullBackup)
    }
}

extension CheckpointStore {
    /// Returns the status of domains, by name.
    ///
    /// - Parameter domains: Names or UUIDs; empty for all domains.
    /// - Throws: ``MomentlogError`` with `no-domain` if there is no such domain.
    /// - Complexity: O(*n*) in the domains' checkpoints and in their events since the last
    ///   snapshots. One domain is in memory at a time.
    public func status(
        of domains: [DomainReference] = []
    ) async throws(MomentlogError) -> [DomainStatus] {
        try await status(of: domains, now: .now)
    }

    /// Returns the status of domains at a present time; see ``status(of:)``.
    package func status(
        of domains: [DomainReference] = [], now: Timestamp
    ) async throws(MomentlogError) -> [DomainStatus] {
        var entries: [DomainEntry] = []
        for domain in domains {
            let entry = try await entry(of: domain)
            if !entries.contains(where: { $0.id == entry.id }) { entries.append(entry) }
        }
        if domains.isEmpty { entries = try await self.domains() }
        var statuses: [DomainStatus] = []
        statuses.reserveCapacity(entries.count)
        let lastEvents = try await lastEvents(of: entries)
        let observations = try await lastObservations(of: entries)
        for entry in entries {
            statuses.append(
                try await status(
                    of: entry, lastEvents[entry.id.number],
                    entry.uuid.flatMap { observations[$0] }, now))
        }
        return statuses
    }

    /// Returns the last events of domains, by the domains' numbers, as far as they are found near
    /// the end of the log: searching for each alone takes longer if there are many.
    private func lastEvents(
        of entries: [DomainEntry]
    ) async throws(MomentlogError) -> [Int64: RecordedEvent] {
        var found: [Int64: RecordedEvent] = [:]
        guard entries.count >= 64 else { return found }
        var wanted = Set(entries.map(\.id.number))
        var rest = entries.count * 4
        try await log.read(EventQuery(isReversed: true)) { line throws(MomentlogError) in
            rest -= 1
            let number = try line.parsed { $0.domainId.map { Int64($0) } }
            if let number, wanted.remove(number) != nil { found[number] = try line.event() }
            return rest > 0 && !wanted.isEmpty
        }
        return found
    }

    private func lastObservations(
        of entries: [DomainEntry]
    ) async throws(MomentlogError) -> [DomainUUID: DomainObservation] {
        guard entries.count < 64 else { return try await log.observations() }
        var found: [DomainUUID: DomainObservation] = [:]
        for case let uuid? in entries.map(\.uuid) {
            found[uuid] = try await log.observation(of: uuid)
        }
        return found
    }

    private func status(
        of entry: DomainEntry, _ known: RecordedEvent?, _ observation: DomainObservation?,
        _ now: Timestamp
    ) async throws(MomentlogError) -> DomainStatus {
        let domain = try await log.replay(entry.id)
        var last = known
        if last == nil {
            let query = EventQuery(domain: entry.id, isReversed: true, limit: 1)
            last = try await log.page(query).lines.first?.event()
        }
        var findings = domain.graph.findings(domain: domain.nameReference)
        if let last, let finding = Finding.clockAhead(last, domain: domain.nameReference, now: now)
        {
            findings = (findings + [finding]).sorted()
        }
        var kinds: [Finding.Kind] = []
        // They are sorted by kind.
        for finding in findings where kinds.last != finding.kind { kinds.append(finding.kind) }
        return DomainStatus(
            name: domain.name, uuid: domain.uuid, checkpointCount: domain.graph.count,
            current: domain.graph.current, findings: kinds,
            lastEvent: last.map {
                DomainStatus.LastEvent(sequence: $0.sequence, time: $0.time)
            },
            lastObservation: observation.flatMap { $0.isObserved ? $0 : nil },
            lost: observation?.missing(from: domain.graph) ?? [],
            disks: domain.graph.diskStatuses)
    }
}
