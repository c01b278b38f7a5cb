import CheckpointXML
import EventLog
import Foundation
public import Libvirt
public import Moments

extension CheckpointStore {
    /// Compares the record with any library that an import can read: a libvirt folder, a backup
    /// tool's folder, an export. Nothing is changed.
    ///
    /// - Parameters:
    ///   - domains: Names or UUIDs; empty for all that are recorded, and all in the library.
    ///   - path: The folder or file. In libvirt's layout a folder's name is its guest's; anything
    ///     else belongs to the domain that is named, if it is one.
    /// - Returns: The differences, domain by domain.
    /// - Throws: ``MomentlogError`` with `no-domain`, and with `unreadable-file` for a path without
    ///   a library or files that cannot be read: they might be what is missing.
    /// - Complexity: O(*n* log *n*) in the files and in the domains' events.
    public func compare(
        _ domains: [DomainReference] = [], with path: String
    ) async throws(MomentlogError) -> [Drift] {
        let options = ImportOptions(domain: domains.count == 1 ? domains[0] : nil)
        let (found, reads) = try await Self.read([path], options, isOfMany: true) { _ in }
        let isNothing = !reads.contains { $0.library.isEmpty || $0.filesRead > 0 }
        if isNothing, let barren = found.barren.first ?? reads.first?.library.path {
            throw MomentlogError.noLibrary(at: barren)
        }
        let entries = try await entries(of: domains)
        // In libvirt's directory the folders of other guests than the named ones do not matter.
        let hasGuests = found.libraries.contains(where: \.isGuest)
        func matters(_ path: String) -> Bool {
            let folder = URL(fileURLWithPath: path).lastPathComponent
            return domains.isEmpty || !hasGuests || !DocumentOwner.canBeName(folder)
                || entries.contains { DomainName.isSame($0.name, folder) }
        }
        for failure in found.failures where matters(failure.path) { throw failure.reason }
        // It might be what is missing.
        if let stray = found.strays.first(where: { $0.fault != nil }) {
            throw MomentlogError(
                .unreadableFile, "\(stray.path): \(stray.reason)",
                hint: "move the file away, or where it belongs: its content cannot be compared"
            ).detailing("path", .text(stray.path))
        }
        let known = KnownDomains(try await log.domains())
        let asked = hasGuests ? nil : options.domain
        let libraries = DomainLibraries(reads, asked: asked, among: known)
        for refused in libraries.refused {
            guard let refusal = refused.refusal, matters(refused.path) else { continue }
            throw refusal
        }
        let groups = Dictionary(grouping: libraries.groups) { $0.entry?.id }
        var drift: [Drift] = []
        for entry in entries {
            let group = groups[entry.id]?.first
            let observed = try group?.read.observed(name: entry.name, uuid: entry.uuid)
            let domain = try await log.replay(entry.id)
            var evidence = Evidence.files
            // Tools save documents with or without secrets.
            evidence.withoutSecrets = try await definitionsWithoutSecrets(of: domain)
            drift += domain.drift(
                from: observed ?? ObservedDomain(name: entry.name, uuid: entry.uuid),
                at: .files(path: group?.path), evidence)
        }
        guard domains.isEmpty else { return drift }
        let recorded = Set(entries.map(\.id))
        for group in libraries.groups where group.entry.map({ !recorded.contains($0.id) }) ?? true {
            drift += Domain(name: group.name).drift(
                from: try group.read.observed(name: group.name, uuid: group.uuid),
                at: .files(path: group.path), .files)
        }
        return drift
    }

    /// Compares the record with what a libvirt has. Nothing is changed.
    ///
    /// - Parameters:
    ///   - domains: Names or UUIDs; empty for all that are recorded, and all with checkpoints there.
    ///   - host: The libvirt.
    /// - Returns: The differences, and the domains that could not be compared: they are not listed
    ///   there, busy, or have a document that cannot be read.
    /// - Throws: ``MomentlogError`` with `no-domain` or `unreachable`.
    /// - Complexity: O(*n*) calls in the checkpoints; O(*n* log *n*) in the domains' events.
    public func compare(
        _ domains: [DomainReference] = [], at host: any LibvirtHost
    ) async throws(MomentlogError) -> (drift: [Drift], unknown: [PulledDomain]) {
        let listed = try await host.listed(withCheckpoints: false)
        let strips = try await log.settings().stripsSecrets
        let byUUID = Dictionary(listed.map { ($0.uuid, $0) }) { first, _ in first }
        var pairs: [ComparedDomain] = try await entries(of: domains).map { entry in
            ComparedDomain(
                entry,
                entry.uuid.map { byUUID[$0] } ?? listed.first { entry.isSame(as: $0) })
        }
        if domains.isEmpty {
            let known = Set(pairs.compactMap(\.listed?.uuid))
            pairs += try await host.listed(withCheckpoints: true)
                .filter { !known.contains($0.uuid) }.map { ComparedDomain(nil, $0) }
        }
        var drift: [Drift] = []
        var unknown: [PulledDomain] = []
        for pair in pairs {
            let time = Timestamp.now
            let look: Observation.Look
            do throws(LibvirtFailure) {
                guard let found = pair.listed else {
                    unknown.append(pair.unknown(.notListed, isNamed: !domains.isEmpty))
                    continue
                }
                look = try await host.observe(found, readsDefinition: false)
            } catch {
                throw error.error(at: host.connection.uri)
            }
            guard case .observed(let observation) = look else {
                var reason: String?
                if case .busy(let why) = look { reason = why }
                unknown.append(
                    pair.unknown(
                        look == .gone ? .notListed : .busy, reason: reason,
                        isNamed: !domains.isEmpty))
                continue
            }
            let read = ReadObservation(observation, strips: strips)
            if let fault = read.fault {
                unknown.append(
                    pair.unknown(.conflict, findings: [fault], isNamed: !domains.isEmpty))
                continue
            }
            var domain = Domain(name: read.domain.name)
            var evidence = Evidence.files
            if let entry = pair.entry {
                domain = try await log.replay(entry.id)
                evidence = try await self.evidence(
                    of: observation.state, read.domain, from: host, at: time, entry, domain,
                    strips: strips)
            }
            drift += domain.drift(
                from: read.domain, at: .libvirt(uri: host.connection.uri), evidence)
        }
        return (drift, unknown)
    }

    /// Returns the domains of these names, or all.
    private func entries(of domains: [DomainReference]) async throws(MomentlogError)
        -> [DomainEntry]
    {
        guard !domains.isEmpty else { return try await self.domains() }
        var entries: [DomainEntry] = []
        for domain in domains {
            let entry = try await entry(of: domain)
            if !entries.contains(where: { $0.id == entry.id }) { entries.append(entry) }
        }
        return entries
    }
}

extension DomainEntry {
    /// Returns whether a libvirt's domain is this one: by UUID, or by name if none is recorded.
    func isSame(as listed: ListedDomain) -> Bool {
        uuid.map { $0 == listed.uuid } ?? DomainName.isSame(name, listed.name)
    }
}

extension ReadLibrary {
    /// Returns the domain in the files.
    ///
    /// - Throws: ``MomentlogError`` with `unreadable-file` if files cannot be read or contradict
    ///   each other: their content is not known to be missing.
    fileprivate func observed(
        name: String, uuid: DomainUUID?
    ) throws(MomentlogError) -> ObservedDomain {
        let inspection = DocumentInspection(documents, others, domain: name, uuid: uuid)
        if let skipped = inspection.skipped.first {
            throw MomentlogError(
                skipped.kind == .foreignDomain ? .foreignDomain : .unreadableFile,
                "\(skipped.place): \(skipped.reason)",
                hint: "leave the file out, or correct it: its content cannot be compared")
        }
        var observed = ObservedDomain(
            name: name, uuid: uuid,
            checkpoints: inspection.taken.map { documents[$0].checkpoint })
        let claims = inspection.taken.filter { documents[$0].claimsCurrent }
        let stated = Set(pointers.map(\.checkpoint))
        if claims.count == 1, let claim = claims.first {
            observed.statedCurrent = .init(checkpoint: documents[claim].checkpoint.name)
        } else if claims.isEmpty, stated.count == 1, let pointer = stated.first {
            observed.statedCurrent = .init(checkpoint: pointer)
        }
        return observed
    }
}
