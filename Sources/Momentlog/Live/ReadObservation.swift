import CheckpointXML
import EventLog
import Libvirt
import Moments
import SQLiteEventLog

/// An observation after its documents were read: the domain, and the contents of the definitions
/// in them.
struct ReadObservation {
    /// The domain as it was observed, nothing left out.
    private(set) var domain: ObservedDomain

    /// The definitions, by their digests.
    private(set) var definitions: [DefinitionDigest: Definition] = [:]

    /// Why a document cannot be read; nil if all can.
    private(set) var fault: Finding?

    /// Reads an observation.
    ///
    /// - Parameter strips: Whether secrets are left out.
    /// - Complexity: O(*n*) in the bytes of the documents.
    init(_ observation: Observation, strips: Bool) {
        let listed = observation.domain
        domain = ObservedDomain(name: listed.name, uuid: listed.uuid)
        do throws(MomentlogError) {
            if let text = observation.definition {
                let read = try SourceDocument(text).domain(limits: Limits())
                domain.definition = store(read.bytes, strips)
            }
            let reader = CheckpointReader()
            var last: (bytes: [UInt8], digest: DefinitionDigest)?
            domain.checkpoints.reserveCapacity(observation.documents.count)
            for document in observation.documents {
                guard let checkpoint = try read(document, reader, strips, &last) else { return }
                domain.checkpoints.append(checkpoint)
            }
        } catch {
            fault = Finding(
                .unreadableFile, domain: DomainReference(listed.name), checkpoints: [],
                message: "libvirt's document of the domain cannot be read: \(error.message)")
        }
    }

    private mutating func read(
        _ document: Observation.Document, _ reader: CheckpointReader, _ strips: Bool,
        _ last: inout (bytes: [UInt8], digest: DefinitionDigest)?
    ) throws(MomentlogError) -> Checkpoint? {
        let read: CheckpointDocument
        do {
            read = try reader.read(text: document.text, as: .record)
        } catch {
            fault = Finding(
                .unreadableFile, domain: DomainReference(domain.name),
                checkpoints: [document.checkpoint],
                message: "libvirt's document of checkpoint '\(document.checkpoint)' cannot be"
                    + " read: \(error.summary)")
            return nil
        }
        guard let name = read.name, let creationTime = read.creationTime else {
            fault = Finding(
                .unreadableFile, domain: DomainReference(domain.name),
                checkpoints: [document.checkpoint],
                message: "libvirt's document of checkpoint '\(document.checkpoint)' has no"
                    + " \(read.name == nil ? "name" : "creation time")")
            return nil
        }
        var digest: DefinitionDigest?
        if let definition = read.domain {
            // Consecutive checkpoints usually have the same definition.
            if let last, last.bytes == definition.bytes {
                digest = last.digest
            } else {
                let stored = store(definition.bytes, strips)
                last = (definition.bytes, stored)
                digest = stored
            }
        }
        return Checkpoint(
            name: name, description: read.description, parent: read.parent,
            creationTime: creationTime,
            disks: read.disks.map { disk in
                var disk = disk
                if disk.mode == .bitmap { disk.bitmap = disk.bitmap ?? name.text }
                return disk
            }, definition: digest)
    }

    private mutating func store(_ bytes: [UInt8], _ strips: Bool) -> DefinitionDigest {
        let bytes = strips ? DomainSecrets.removed(from: bytes) : bytes
        let definition = Definition(bytes)
        definitions[definition.digest] = definition
        return definition.digest
    }
}

extension CheckpointStore {
    /// Returns the definitions that a recorded domain names, and the same without secrets.
    ///
    /// - Complexity: O(*n*) in the checkpoints and the definitions' bytes.
    func definitionsWithoutSecrets(
        of domain: Domain
    ) async throws(MomentlogError) -> [DefinitionDigest: DefinitionDigest] {
        var digests = Set((domain.graph.list() ?? []).compactMap(\.checkpoint.definition))
        if let definition = domain.definition { digests.insert(definition) }
        var stripped: [DefinitionDigest: DefinitionDigest] = [:]
        for digest in digests {
            let content = try await log.definition(digest)
            stripped[digest] = DefinitionDigest(of: DomainSecrets.removed(from: content))
        }
        return stripped
    }

    /// Returns what is known of an observation of a domain besides its content.
    ///
    /// - Parameters:
    ///   - state: The state of its guest.
    ///   - observed: Its content.
    ///   - host: The libvirt.
    ///   - time: When the observation began.
    func evidence(
        of state: DomainState, _ observed: ObservedDomain, from host: any LibvirtHost,
        at time: Timestamp, _ entry: DomainEntry?, _ domain: Domain, strips: Bool
    ) async throws(MomentlogError) -> Evidence {
        var evidence = Evidence(
            isPersistent: state.isPersistent, isActive: state.isActive,
            connection: host.connection, time: time, hidesSecrets: host.isReadOnly)
        var stored: DomainObservation?
        if let uuid = observed.uuid { stored = try await log.observation(of: uuid) }
        if let stored {
            // Even after the clock was set back.
            let next = Timestamp(microseconds: stored.time.microseconds.addingOne)
            evidence.time = max(time, next)
        }
        evidence.previous = stored.flatMap { $0.isObserved ? $0 : nil }
        if let stored, !stored.pruned.isEmpty {
            try await evidence.take(stored.pruned, observed, domain) {
                checkpoint throws(MomentlogError) in
                try await lastDeletion(of: checkpoint, in: entry)
            }
        }
        if evidence.previous == nil, let entry {
            evidence.previous = try await recordedObservation(of: entry)
        }
        if strips || host.isReadOnly {
            evidence.withoutSecrets = try await definitionsWithoutSecrets(of: domain)
        }
        return evidence
    }

    /// Returns the revision of a domain at which a checkpoint of a name was deleted last.
    private func lastDeletion(
        of checkpoint: CheckpointName, in entry: DomainEntry?
    ) async throws(MomentlogError) -> Int? {
        guard let entry else { return nil }
        let query = EventQuery(
            domain: entry.id, checkpoint: checkpoint, kinds: [.checkpointDeleted],
            isReversed: true, limit: 1)
        return try await log.page(query).lines.first?.event().revision
    }

    /// Returns the last observation of a domain from which something was recorded.
    private func recordedObservation(
        of entry: DomainEntry
    ) async throws(MomentlogError) -> DomainObservation? {
        var found: DomainObservation?
        let query = EventQuery(domain: entry.id, channel: .live, isReversed: true, limit: 1)
        try await log.read(query) { line throws(MomentlogError) in
            let event = try line.event()
            if case .live(uri: let uri, host: let host, libvirt: let version) = event.origin {
                found = DomainObservation(
                    time: event.time,
                    connection: LibvirtConnection(uri: uri, host: host, version: version))
            }
            return false
        }
        return found
    }
}

extension Evidence {
    /// Takes what was pruned: what was recorded again since no longer counts, and neither does what
    /// libvirt had and a persistent domain, with others left, has no longer.
    fileprivate mutating func take(
        _ prunings: Set<DomainObservation.PrunedCheckpoint>, _ observed: ObservedDomain,
        _ domain: Domain,
        lastDeletion: (CheckpointName) async throws(MomentlogError) -> Int?
    ) async throws(MomentlogError) {
        let there = Set(observed.checkpoints.map { DomainObservation.ObservedCheckpoint($0) })
        let isHere = previous.flatMap { previous in
            connection.map { $0.isSamePlace(as: previous.connection) }
        }
        // A deletion would have moved its children.
        let parents = Set(observed.checkpoints.compactMap(\.parent))
        let before = isHere == true && isPersistent ? previous?.checkpoints ?? [] : []
        for pruning in prunings {
            let checkpoint = pruning.checkpoint
            let recorded = domain.isLive ? domain.graph.checkpoint(named: checkpoint.name) : nil
            if recorded?.creationTime == checkpoint.creationTime {
                forgotten.insert(pruning)
            } else if there.contains(checkpoint) {
                let last = try await lastDeletion(checkpoint.name)
                if last == nil || last == pruning.revision {
                    pruned.insert(checkpoint)
                } else {
                    forgotten.insert(pruning)
                }
            } else if before.contains(checkpoint), !there.isEmpty,
                !parents.contains(checkpoint.name)
            {
                forgotten.insert(pruning)
            } else {
                pruned.insert(checkpoint)
            }
        }
    }
}

extension Pull {
    /// The observation as it is stored, by the domain's UUID; empty if it is not known to be the
    /// domain's present state.
    ///
    /// - Parameter domain: The recorded domain before the pull.
    func observation(of domain: Domain) -> [DomainUUID: DomainObservation] {
        guard let uuid = observed.uuid, let time = evidence.time,
            let connection = evidence.connection, !evidence.isStaleSource
        else { return [:] }
        let pending = pending(in: domain)
        var observation = observed.observation(
            at: time, evidence, connection, changing: pending.unsettled)
        observation.checkpoints?.formUnion(pending.deleted)
        return [uuid: observation]
    }
}

extension ObservedDomain {
    /// Returns what is stored of an observation that began at a time.
    ///
    /// - Parameter changing: The checkpoints that are about to be removed or restored, or wait for
    ///   that.
    func observation(
        at time: Timestamp, _ evidence: Evidence, _ connection: LibvirtConnection,
        changing: Set<CheckpointName> = []
    ) -> DomainObservation {
        DomainObservation(
            time: time, connection: connection, isPersistent: evidence.isPersistent,
            checkpoints: Set(
                checkpoints.filter { !changing.contains($0.name) }
                    .map { DomainObservation.ObservedCheckpoint($0) }),
            forgotten: evidence.forgotten)
    }
}

extension Int64 {
    /// The next number; the greatest stays.
    fileprivate var addingOne: Int64 { self == .max ? self : self + 1 }
}
