import EventLog
import Moments
import SQLiteEventLog

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

    /// What was found of names that came back.
    private var reused: [Finding] = []

    /// - Parameter disks: The disks in the definition that the domain has, for a validation
    ///   against images; nil if it has none.
    /// - Throws: ``InconsistentEvent`` never, for events as they are made here.
    init(
        _ library: ReadLibrary, identity: ImportIdentity, domain: Domain, disks: [DomainDisk]?,
        options: ImportOptions
    ) throws(InconsistentEvent) {
        var read = library
        // The UUID that the store knows tells which files are foreign, if they
        // do not say it themselves.
        let name = domain.isLive ? domain.name : identity.name
        let inspection = read.inspection(domain: name, uuid: identity.uuid ?? domain.uuid)
        read.keepTaken(inspection)
        let files = Dictionary(
            read.entries.map { ($0.checkpoint.name, $0.file.name) }
        ) { first, _ in first }
        self.domain = domain
        report = ImportReport.DomainReport(path: read.library.path, domain: name)
        report.filesRead = read.filesRead
        report.skipped = inspection.skipped.map { ImportReport.Skipped($0) }
        let told = read.entries.filter(\.claimsCurrent).map(\.checkpoint.name)
        // Of a skipped file, too: what is left of claims that were settled is none.
        let areSettled = told.count > 1 && domain.graph.hasSettledClaims(of: told)
        let missing = domain.isLive && read.isWhole ? missingFromLibrary(library) : []
        let validation = options.validation.map {
            BitmapValidation($0, domainDisks: disks ?? read.youngestDisks)
        }
        let kept = keep(&read, validation: validation, options: options)
        let pointer =
            domain.graph.isEmpty || options.replaces
            ? read.current(of: name) : nil
        if !read.entries.isEmpty || domain.isLive {
            let claims = read.entries.filter { $0.claimsCurrent }.map(\.checkpoint.name)
            try define(read, identity: identity)
            try appendCheckpoints(kept, claims: newClaims(claims, in: domain.graph))
            try settleCurrent(claims, areSettled: areSettled, pointer: pointer)
        }
        definitions = usedDefinitions(read)
        report.uuid = self.domain.uuid
        report.current = self.domain.graph.current
        report.sortSkipped()
        report.findings =
            (inspection.findings + missing + reused + guess(identity, library)
            + self.domain.graph.findings(domain: report.domain, files: files)).sorted()
    }

    /// The checkpoints to append: those that are new, and those that differ if they
    /// are to be replaced.
    private mutating func keep(
        _ read: inout ReadLibrary, validation: BitmapValidation?, options: ImportOptions
    ) -> [ReadLibrary.Entry] {
        var kept: [ReadLibrary.Entry] = []
        var sound: [ReadLibrary.Entry] = []
        for entry in read.entries {
            if let validation {
                do throws(MomentlogError) { try validation.check(entry.checkpoint) } catch {
                    report.skipped.append(ImportReport.Skipped(entry, refusedFor: error))
                    continue
                }
            }
            let there = domain.graph.checkpoint(named: entry.checkpoint.name)
            if let there, there.creationTime != entry.checkpoint.creationTime {
                reused.append(
                    .nameReuse(
                        of: entry.checkpoint, replaced: there.creationTime, domain: domain.name,
                        severity: .error))
            }
            if let there, there != entry.checkpoint, !options.replaces {
                report.skipped.append(
                    ImportReport.Skipped(
                        entry, existsIn: domain.name,
                        differences: there.differences(from: entry.checkpoint)))
                continue
            }
            sound.append(entry)
            if there == entry.checkpoint {
                report.alreadyThere.append(entry.checkpoint.name)
            } else {
                if there != nil { report.replaced.append(entry.checkpoint.name) }
                kept.append(entry)
            }
        }
        // What is skipped says nothing of the domain either.
        read.keepOnly(sound)
        return kept
    }

    // MARK: Findings

    /// The checkpoints that are recorded, but not in the folder, as one finding.
    private func missingFromLibrary(_ library: ReadLibrary) -> [Finding] {
        let there = library.namesOfFiles
        let missing = (domain.graph.names() ?? []).filter { !there.contains($0) }.sorted()
        guard !missing.isEmpty else { return [] }
        let named = missing.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
        let more = missing.count > 10 ? " and \(missing.count - 10) more" : ""
        return [
            Finding(
                .missingFromLibrary, domain: domain.name, checkpoints: missing,
                message: "recorded, but not in \(library.library.path): checkpoint"
                    + "\(missing.count == 1 ? "" : "s") \(named)\(more)")
        ]
    }

    private func guess(_ identity: ImportIdentity, _ library: ReadLibrary) -> [Finding] {
        guard identity.isGuess else { return [] }
        return [
            Finding(
                .guessedDomain, domain: report.domain, checkpoints: [],
                message: "nothing in \(library.library.path) says which domain it belongs to;"
                    + " '\(identity.name)' is the folder's name")
        ]
    }

    // MARK: Events

    private mutating func define(
        _ read: ReadLibrary, identity: ImportIdentity
    ) throws(InconsistentEvent) {
        let definition = domain.definition ?? read.youngestDefinition
        let isTold =
            identity.isUUIDGiven || read.entries.contains { $0.domainUUID == identity.uuid }
        let uuid = domain.uuid ?? (isTold ? identity.uuid : nil)
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

    /// The checkpoints whose claims to be current contradict each other and have to be
    /// told; empty if they do not, or if the graph knows of them.
    private func newClaims(_ claims: [String], in graph: MomentGraph) -> Set<String> {
        let isKnown = graph.currentClaims == claims.sorted() || graph.hasSettledClaims(of: claims)
        return claims.count < 2 || isKnown ? [] : Set(claims)
    }

    /// Moves the current pointer if a file claims it, if it is restored from an export's
    /// `ORDER`, or if none is recorded and libvirt would pick one.
    private mutating func settleCurrent(
        _ claims: [String], areSettled: Bool, pointer: OrderFile.Current?
    ) throws(InconsistentEvent) {
        domain.settle()
        let changes = !report.imported.isEmpty || !report.replaced.isEmpty
        if areSettled {
            // The same library again.
        } else if claims.count == 1 {
            report.currentSource = .claimed
            if domain.graph.recordedCurrent != claims[0] || !domain.graph.currentClaims.isEmpty {
                try append(.currentSet(claims[0]), origin: .importedLibrary)
            }
        } else if claims.isEmpty, let pointer {
            report.currentSource = .claimed
            var current: String?
            if case .checkpoint(let name) = pointer { current = name }
            if domain.graph.recordedCurrent != current || !domain.graph.currentClaims.isEmpty {
                try append(.currentSet(current), origin: .importedLibrary)
            }
        } else if claims.isEmpty, domain.graph.recordedCurrent == nil, changes {
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
