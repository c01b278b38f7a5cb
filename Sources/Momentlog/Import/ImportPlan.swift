import EventStorage
import Moments

/// What an import of one library will append, decided on the domain as it is.
///
/// Nothing here reads files or writes to the store.
struct ImportPlan {
    /// The events in their order; empty if there is nothing to append.
    private(set) var entries: [PendingCommit.Entry] = []

    /// The definitions that the events name.
    private(set) var definitions: [[UInt8]] = []

    /// What the domain will be.
    private(set) var domain: Domain

    /// What will have been done.
    private(set) var report: ImportReport.DomainReport

    /// - Throws: ``InconsistentEvent`` never, for events as they are made here.
    init(
        _ library: ReadLibrary, identity: ImportIdentity, domain: Domain, options: ImportOptions
    ) throws(InconsistentEvent) {
        var read = library
        // The UUID that the store knows tells which files are foreign, if they
        // do not say it themselves.
        let uuid = identity.uuid ?? domain.uuid
        if let uuid { read.skipForeign(to: uuid) }
        self.domain = domain
        report = ImportReport.DomainReport(
            path: read.library.path, domain: domain.isLive ? domain.name : identity.name)
        report.uuid = uuid
        report.filesRead = read.filesRead
        let kept = keep(&read, options: options)
        if !read.entries.isEmpty || domain.isLive {
            try define(read, identity: identity, uuid: uuid)
            try appendCheckpoints(kept, claims: claims(of: read, in: domain.graph))
            try settleCurrent(read)
        }
        definitions = usedDefinitions(read)
        report.current = self.domain.graph.current
        report.skipped = read.skipped
        report.findings =
            (read.faults.map { $0.finding(domain: report.domain) }
            + self.domain.graph.findings(domain: report.domain)).sorted()
    }

    /// The checkpoints to append: those that are new, and those that differ if they
    /// are to be replaced.
    private mutating func keep(
        _ read: inout ReadLibrary, options: ImportOptions
    ) -> [ReadLibrary.Entry] {
        var kept: [ReadLibrary.Entry] = []
        for entry in read.entries {
            guard let there = domain.graph.checkpoint(named: entry.checkpoint.name) else {
                kept.append(entry)
                continue
            }
            if there == entry.checkpoint {
                report.alreadyThere.append(there.name)
            } else if options.replaces {
                report.replaced.append(there.name)
                kept.append(entry)
            } else {
                read.skipExisting(
                    entry, domain: domain.name,
                    differences: there.differences(from: entry.checkpoint))
            }
        }
        return kept
    }

    // MARK: Events

    private mutating func define(
        _ read: ReadLibrary, identity: ImportIdentity, uuid: DomainUUID?
    ) throws(InconsistentEvent) {
        let youngest = read.entries.filter { $0.checkpoint.definition != nil }
            .max { ImportIdentity.precedes($0.checkpoint, $1.checkpoint) }
        let definition = domain.definition ?? youngest?.checkpoint.definition
        guard !domain.isLive || uuid != domain.uuid || definition != domain.definition else {
            return
        }
        let name = domain.isLive ? domain.name : identity.name
        try append(
            .domainDefined(name: name, uuid: uuid, definition: definition),
            origin: .importedLibrary)
    }

    private mutating func appendCheckpoints(
        _ kept: [ReadLibrary.Entry], claims: Set<String>
    ) throws(InconsistentEvent) {
        var byName: [String: ReadLibrary.Entry] = [:]
        var draft = MomentGraph()
        draft.reserveCapacity(kept.count)
        for entry in kept { byName[entry.checkpoint.name] = entry }
        try draft.apply(
            contentsOf: kept.map { .checkpointRedefined($0.checkpoint, claimsCurrent: false) })
        let replaced = Set(report.replaced)
        for name in draft.names(Listing(.all, order: .topological)) ?? [] {
            guard let entry = byName[name] else { continue }
            try append(entry, claims: claims)
            if !replaced.contains(name) { report.imported.append(name) }
        }
        // A claim of a checkpoint that is there already has to be told as well.
        for name in claims.sorted() where byName[name] == nil {
            guard let there = domain.graph.checkpoint(named: name) else { continue }
            try append(
                .checkpointRedefined(there, claimsCurrent: true), origin: .importedLibrary)
        }
    }

    private mutating func append(
        _ entry: ReadLibrary.Entry, claims: Set<String>
    ) throws(InconsistentEvent) {
        try append(
            .checkpointRedefined(
                entry.checkpoint, claimsCurrent: claims.contains(entry.checkpoint.name)),
            origin: .importedFile(name: entry.file.name, sha256: entry.sha256))
    }

    private mutating func append(
        _ event: Event, origin: Origin
    ) throws(InconsistentEvent) {
        entries.append(PendingCommit.Entry(event, origin: origin))
        try domain.applyUnsettled(event)
    }

    // MARK: Current

    /// The checkpoints whose claims to be current contradict each other and what is
    /// recorded; empty if they do not.
    private func claims(of read: ReadLibrary, in graph: MomentGraph) -> Set<String> {
        let skipped = Set(read.skipped.compactMap(\.checkpoint))
        let claims = Set(
            read.entries.filter { $0.claimsCurrent }.map(\.checkpoint.name)
        ).subtracting(skipped)
        let isSettled = graph.recordedCurrent.map { claims.contains($0) } ?? false
        let isKnown = Set(graph.currentClaims) == claims
        return claims.count < 2 || isSettled || isKnown ? [] : claims
    }

    /// Moves the current pointer if a file claims it, or if none is recorded and
    /// libvirt would pick one.
    private mutating func settleCurrent(_ read: ReadLibrary) throws(InconsistentEvent) {
        domain.settle()
        let skipped = Set(read.skipped.compactMap(\.checkpoint))
        let claims = read.entries.map { $0.claimsCurrent ? $0.checkpoint.name : nil }
            .compactMap(\.self).filter { !skipped.contains($0) }
        if claims.count > 1 {
            report.currentSource = domain.graph.currentClaims.isEmpty ? .recorded : .unsettled
        } else if let claim = claims.first {
            report.currentSource = .claimed
            if domain.graph.recordedCurrent != claim {
                try append(.currentSet(claim), origin: .importedLibrary)
            }
        } else if domain.graph.recordedCurrent == nil,
            !report.imported.isEmpty || !report.replaced.isEmpty
        {
            report.currentSource = .libvirtChoice
            if let choice = domain.graph.libvirtCurrentAtStart, !domain.graph.hasErrors {
                try append(.currentSet(choice), origin: .importedLibrary)
            }
        }
        domain.settle()
        if domain.graph.hasErrors { report.currentSource = .unsettled }
    }

    private func usedDefinitions(_ read: ReadLibrary) -> [[UInt8]] {
        var used: Set<DefinitionDigest> = []
        for entry in entries {
            switch entry.event {
            case .checkpointRedefined(let checkpoint, claimsCurrent: _):
                if let digest = checkpoint.definition { used.insert(digest) }
            case .domainDefined(name: _, uuid: _, definition: let digest?):
                used.insert(digest)
            default: break
            }
        }
        return used.sorted { $0.hexadecimal < $1.hexadecimal }
            .compactMap { read.definitions[$0] }
    }
}

extension Checkpoint {
    /// The parts in which another checkpoint of the same name differs, as words.
    func differences(from other: Checkpoint) -> String {
        var parts: [String] = []
        if parent != other.parent { parts.append("parent") }
        if creationTime != other.creationTime { parts.append("creation time") }
        if description != other.description { parts.append("description") }
        if disks != other.disks { parts.append("list of disks") }
        if definition != other.definition { parts.append("domain definition") }
        return parts.joined(separator: ", ")
    }
}
