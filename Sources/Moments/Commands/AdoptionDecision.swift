/// The decision of an adoption: the events of one commit, and the report of what they do.
package struct AdoptionDecision: Sendable {
    /// The events in their order; empty if there is nothing to record.
    package private(set) var events: [Event] = []

    /// The origin of each event, in the same order.
    package private(set) var origins: [Origin] = []

    /// What is imported, what is skipped, and what was found.
    package private(set) var report: AdoptionReport

    /// The domain with the events applied.
    private var domain: Domain

    private let adoption: Adoption

    /// Names that another checkpoint has now.
    private var reused: [Finding] = []

    /// The current checkpoint before, whose place another one of its name has now.
    private var replacedCurrent: CheckpointName?

    init(
        _ adoption: Adoption, for domain: Domain, in context: DecisionContext
    ) throws(MomentlogError) {
        self.adoption = adoption
        self.domain = domain
        self.domain.beginCommit()
        let owner = adoption.owner
        try owner.check(domain, context)
        try domain.checkGuess(adoption)
        // The recorded UUID decides which documents are foreign, if they do not state it.
        let name = domain.isLive ? domain.name : owner.name
        let inspection = DocumentInspection(
            adoption.documents, adoption.others, domain: name, uuid: owner.uuid ?? domain.uuid)
        report = AdoptionReport(inspection, domain: DomainReference(name))
        let inspected = inspection.taken.map { adoption.documents[$0] }
        let claimed = inspected.filter(\.claimsCurrent).map(\.checkpoint.name)
        // Also of a skipped document: claims that were resolved do not remain.
        let areSettled = claimed.count > 1 && domain.graph.hasSettledClaims(of: claimed)
        let missing = domain.missing(in: adoption)
        let (sound, new) = choose(among: inspected, context)
        if !sound.isEmpty || domain.isLive {
            let claims = sound.filter(\.claimsCurrent).map(\.checkpoint.name)
            try define(from: sound)
            try record(new, claims: domain.graph.newClaims(among: claims))
            try setCurrent(claims, areSettled: areSettled, pointer(in: sound, of: domain))
        }
        let files = Dictionary(inspected.map { ($0.checkpoint.name, $0.name) }) { first, _ in first
        }
        report.uuid = self.domain.uuid
        report.current = self.domain.graph.current
        report.sortSkipped()
        report.findings += missing + reused + adoption.guess(domain: report.domain)
        // What this import met is an error, and only later checks repeat it as a warning.
        let met = Set(report.replaced).intersection(reused.flatMap(\.checkpoints))
        report.findings += self.domain.graph.findings(domain: report.domain, files: files).filter {
            $0.kind != .nameReused || met.isDisjoint(with: $0.checkpoints)
        }
        report.findings.sort()
    }

    /// Returns the documents whose content is recorded afterwards, and those of them that are to be
    /// recorded: new ones, and those that differ if they replace what is recorded.
    private mutating func choose(
        among documents: [Adoption.Document], _ context: DecisionContext
    ) -> (sound: [Adoption.Document], new: [Adoption.Document]) {
        let validation = context.images.map {
            BitmapValidation(
                $0,
                domainDisks: context.disks
                    ?? documents.youngestDefinition.flatMap { adoption.disks[$0] })
        }
        var sound: [Adoption.Document] = []
        var new: [Adoption.Document] = []
        for document in documents {
            let checkpoint = document.checkpoint
            do throws(MomentlogError) { try validation?.check(checkpoint) } catch {
                report.skipped.append(AdoptionReport.Skipped(document, refusedFor: error))
                continue
            }
            let known = domain.graph.checkpoint(named: checkpoint.name)
            if let known, known.creationTime != checkpoint.creationTime {
                var finding = Finding.nameReuse(
                    of: checkpoint, replaced: known.creationTime, domain: domain.nameReference,
                    severity: .error)
                if !adoption.replaces {
                    // Nothing of it is recorded that could be acknowledged.
                    finding.remedies = [
                        Remedy(
                            .importFile(
                                path: document.place, domain: .named(domain.nameReference),
                                replaces: true),
                            precondition: "libvirt has the checkpoint of the file")
                    ]
                }
                reused.append(finding)
            }
            if let known, known != checkpoint, !adoption.replaces {
                report.skipped.append(
                    AdoptionReport.Skipped(
                        document, existsIn: domain.nameReference,
                        differences: known.differences(from: checkpoint)))
                continue
            }
            sound.append(document)
            if known == checkpoint {
                report.alreadyThere.append(checkpoint.name)
            } else {
                if known != nil { report.replaced.append(checkpoint.name) }
                new.append(document)
            }
        }
        return (sound, new)
    }

    /// Returns the current pointer to restore: for a domain without checkpoints, or one whose
    /// checkpoints are replaced. Nil if the checkpoint that it names is skipped.
    private func pointer(
        in sound: [Adoption.Document], of domain: Domain
    ) -> Adoption.Pointer? {
        guard domain.graph.isEmpty || adoption.replaces,
            let pointer = adoption.pointer(of: report.domain.text)
        else { return nil }
        guard let name = pointer.checkpoint else { return pointer }
        return sound.contains { $0.checkpoint.name == name } ? pointer : nil
    }

    // MARK: Events

    private mutating func define(from sound: [Adoption.Document]) throws(MomentlogError) {
        let owner = adoption.owner
        let definition = domain.definition ?? sound.youngestDefinition
        let isStated = owner.isUUIDGiven || sound.contains { $0.domainUUID == owner.uuid }
        let uuid = domain.uuid ?? (isStated ? owner.uuid : nil)
        guard !domain.isLive || uuid != domain.uuid || definition != domain.definition else {
            return
        }
        try append(.domainDefined(name: report.domain.text, uuid: uuid, definition: definition))
    }

    private mutating func record(
        _ documents: [Adoption.Document], claims: Set<CheckpointName>
    ) throws(MomentlogError) {
        let replaced = Set(report.replaced)
        let reused = documents.filter { domain.graph.isReuse(of: $0.checkpoint) }
        let recorded = reused.isEmpty ? nil : domain.graph
        for index in FamilyOrder(documents.map(\.checkpoint)).indices {
            let (document, name) = (documents[index], documents[index].checkpoint.name)
            let origin = Origin.importedFile(name: document.name, sha256: document.sha256)
            if domain.graph.isReuse(of: document.checkpoint) {
                if domain.graph.recordedCurrent == name { replacedCurrent = name }
                try append(.checkpointDeleted(name), origin: origin)
            }
            try append(
                .checkpointRedefined(document.checkpoint, claimsCurrent: claims.contains(name)),
                origin: origin)
            if !replaced.contains(name) { report.imported.append(name) }
        }
        if let recorded { try restoreParents(documents, claims, recorded) }
        // A claim of a checkpoint that is recorded already has to be recorded as well.
        let rest = claims.subtracting(documents.map(\.checkpoint.name))
        for name in rest.sorted() {
            guard let known = domain.graph.checkpoint(named: name) else { continue }
            try append(.checkpointRedefined(known, claimsCurrent: true))
        }
        domain.resolveCycles()
    }

    /// Moves the children of checkpoints that are replaced back below those of the same name.
    private mutating func restoreParents(
        _ documents: [Adoption.Document], _ claims: Set<CheckpointName>, _ recorded: MomentGraph
    ) throws(MomentlogError) {
        var given: [CheckpointName: Adoption.Document] = [:]
        for document in documents { given[document.checkpoint.name] = document }
        let known = recorded.names() ?? []
        let added = documents.map(\.checkpoint.name).filter { !recorded.contains($0) }
        for name in known + added {
            let document = given[name]
            guard let checkpoint = document?.checkpoint ?? recorded.checkpoint(named: name),
                domain.graph.parentName(of: name) != checkpoint.parent
            else { continue }
            let claimsStill = domain.graph.hasClaims && domain.graph.claimsCurrent(name)
            try append(
                .checkpointRedefined(
                    checkpoint,
                    claimsCurrent: document == nil ? claimsStill : claims.contains(name)),
                origin: document.map { .importedFile(name: $0.name, sha256: $0.sha256) }
                    ?? .importedLibrary)
        }
    }

    /// Moves the current pointer if a document claims it, if a folder states it, or if none is
    /// recorded and libvirt would choose one.
    private mutating func setCurrent(
        _ claims: [CheckpointName], areSettled: Bool, _ pointer: Adoption.Pointer?
    ) throws(MomentlogError) {
        let isCleared = claims.isEmpty && pointer.map { $0.checkpoint == nil } ?? false
        let changes = !report.imported.isEmpty || !report.replaced.isEmpty
        if areSettled {
            // The same documents again.
        } else if claims.count == 1 {
            report.currentSource = .claimed
            try setCurrent(claims[0])
        } else if claims.isEmpty, let pointer {
            report.currentSource = .claimed
            try setCurrent(pointer.checkpoint)
        } else if claims.isEmpty, replacedCurrent == nil, domain.graph.recordedCurrent == nil,
            changes
        {
            report.currentSource = .libvirtChoice
            if let choice = domain.graph.libvirtCurrentAtStart, !domain.graph.hasErrors {
                try setCurrent(choice)
            }
        }
        // The deletion has taken the pointer with it.
        if let replacedCurrent, domain.graph.recordedCurrent == nil, !domain.graph.hasClaims {
            try append(.currentSet(isCleared ? nil : replacedCurrent))
        }
        domain.resolveCycles()
        if domain.graph.hasErrors { report.currentSource = .unsettled }
    }

    private mutating func setCurrent(_ name: CheckpointName?) throws(MomentlogError) {
        for event in try domain.graph.decideSetCurrent(name) { try append(event) }
    }

    private mutating func append(
        _ event: Event, origin: Origin = .importedLibrary
    ) throws(MomentlogError) {
        events.append(event)
        origins.append(origin)
        do {
            try domain.applyUnsettled(event)
        } catch {
            throw MomentlogError(
                .corrupt, "the import of \(adoption.place) contradicts itself: \(error)",
                cause: error)
        }
    }
}
