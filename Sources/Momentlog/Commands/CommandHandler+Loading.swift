import CheckpointXML
import EventLog
import Moments
import SQLiteEventLog

extension CommandHandler {
    /// Checks whether others have appended since the last time.
    func refresh() async throws(MomentlogError) {
        domains.note(logSize: try await log.size())
        guard domains.known == nil else { return }
        settings = try await log.settings()
        domains.note(KnownDomains())
    }

    /// The number of instructions from which all domains are read at once.
    private static let manyInstructions = 64

    /// Reads all domains if many are going to be looked up.
    func learnDomains(for batch: CommandBatch) async throws(MomentlogError) {
        guard batch.instructions.count >= Self.manyInstructions,
            domains.known?.isComplete != true
        else { return }
        domains.note(KnownDomains(try await log.domains()))
    }

    /// Returns what is known of a domain in a libvirt after events pruned it in the record alone.
    func observation(
        of domain: Domain, pruning events: [Event]
    ) -> [DomainUUID: DomainObservation] {
        guard let uuid = domain.uuid else { return [:] }
        var pruned: Set<DomainObservation.PrunedCheckpoint> = []
        for (index, event) in events.enumerated() {
            guard case .checkpointDeleted(let name) = event,
                let checkpoint = domain.graph.checkpoint(named: name)
            else { continue }
            pruned.insert(.init(.init(checkpoint), revision: domain.revision + index + 1))
        }
        return [uuid: DomainObservation(unobservedAt: .now, pruned: pruned)]
    }

    /// Looks up the domains that an instruction names.
    func learnDomains(of instruction: Instruction) async throws(MomentlogError) {
        var names: [String?] = [instruction.domain.text]
        var uuids = [instruction.domain.uuid]
        switch instruction.command {
        case .define(name: let name, uuid: let uuid, definition: _):
            names.append(name)
            uuids.append(uuid)
        case .rename(to: let name): names.append(name)
        case .record:
            names.append(instruction.recordedDefinition?.name)
            uuids += instruction.documentUUIDs
        case .pull(let pull):
            names.append(pull.observed.name)
            uuids.append(pull.observed.uuid)
        case .adopt(let adoption):
            names.append(adoption.owner.name)
            uuids.append(adoption.owner.uuid)
        case .redefine: uuids += instruction.documentUUIDs
        case .create, .acknowledge, .delete, .deleteEach, .setCurrent, .repair, .observe,
            .undefine, .revert, .prune:
            break
        }
        guard var known = domains.known else { return }
        try await known.ask(log, names: names, uuids: uuids)
        domains.note(known)
    }

    /// Returns the domain of an instruction; nil for a new one.
    ///
    /// - Throws: ``MomentlogError`` with `no-domain`.
    func entry(for instruction: Instruction) throws(MomentlogError) -> DomainEntry? {
        if case .define(name: let name, uuid: let uuid, definition: _) = instruction.command {
            return domains.known?.defined(name: name, uuid: uuid)
        }
        if case .pull(let pull) = instruction.command {
            return domains.known?.defined(name: pull.observed.name, uuid: pull.observed.uuid)
        }
        if case .adopt(let adoption) = instruction.command {
            return try domains.known?.entry(
                of: adoption.owner, at: adoption.place)
        }
        guard let entry = domains.known?.live(instruction.domain) else {
            if let definition = instruction.recordedDefinition {
                return try recorded(instruction, definition)
            }
            if case .record = instruction.command { throw .noDomainToRecord(instruction.domain) }
            throw .noDomain(instruction.domain)
        }
        // A domain with a UUID is compared with that.
        guard entry.uuid == nil else { return entry }
        for uuid in instruction.documentUUIDs {
            try refuse(documentsOf: uuid, in: instruction.domain, unless: entry.id)
        }
        return entry
    }

    /// Refuses documents that belong to another live domain.
    ///
    /// - Throws: ``MomentlogError`` with `foreign-domain`.
    private func refuse(
        documentsOf uuid: DomainUUID?, in domain: DomainReference, unless id: DomainEntry.ID?
    ) throws(MomentlogError) {
        guard let owner = domains.known?.domain(uuid: uuid), owner.isLive, owner.id != id else {
            return
        }
        throw MomentlogError(
            .foreignDomain,
            id == nil
                ? "no domain with matching name or UUID '\(domain)': the documents are those of"
                    + " domain '\(owner.name)'"
                : "a document for domain '\(domain)' is that of domain '\(owner.name)'",
            hint: "record \(id == nil ? "them" : "it") in '\(owner.name)'"
        ).detailing("domain", .text(owner.name))
    }

    /// Returns the domain that a record defines, if the log has it; nil for a new one.
    ///
    /// - Throws: ``MomentlogError`` with `foreign-domain` if the documents belong to another live
    ///   domain.
    private func recorded(
        _ instruction: Instruction, _ definition: Instruction.RecordedDefinition
    ) throws(MomentlogError) -> DomainEntry? {
        try refuse(documentsOf: definition.uuid, in: instruction.domain, unless: nil)
        return domains.known?.defined(name: definition.name, uuid: definition.uuid)
    }

    /// Returns the domain after its events, including those that are still to be appended.
    func load(
        _ entry: DomainEntry?, for instruction: Instruction
    ) async throws(MomentlogError) -> LoadedDomain {
        guard let entry else {
            return LoadedDomain(
                Domain(name: instruction.recordedDefinition?.name ?? instruction.domain.text))
        }
        guard var loaded = domains.take(entry.id) else {
            return LoadedDomain(try await log.replay(entry.id))
        }
        guard domains.isStale(loaded) else { return loaded }
        loaded.domain = try await log.replay(entry.id, onto: loaded.domain)
        return loaded
    }

    /// Returns the context of a decision.
    func context(
        for instruction: Instruction, _ entry: DomainEntry?, _ loaded: inout LoadedDomain
    ) async throws(MomentlogError) -> DecisionContext {
        var context = DecisionContext(
            creationTime: instruction.creationTime ?? CreationTime(.now),
            expectedRevision: instruction.submission.expectedRevision)
        context.now = CreationTime(.now)
        switch instruction.command {
        case .create:
            context.disks = try await disks(of: &loaded)
        case .define(name: let name, uuid: _, definition: _), .rename(to: let name):
            if let holder = domains.known?.live(named: name), holder.id != entry?.id {
                context.nameHolder = DecisionContext.NameHolder(uuid: holder.uuid)
            }
        case .observe:
            context.disks = try await disks(of: &loaded)
        case .redefine where instruction.validation != nil:
            context.images = instruction.validation
            context.disks = try await disks(of: &loaded)
        case .record:
            context.domainName = instruction.recordedDefinition?.name
            if let name = context.domainName, let holder = domains.known?.live(named: name),
                holder.id != entry?.id
            {
                context.nameHolder = DecisionContext.NameHolder(uuid: holder.uuid)
            }
        case .pull(let pull):
            let name = pull.observed.name
            if let holder = domains.known?.live(named: name), holder.id != entry?.id {
                context.nameHolder = DecisionContext.NameHolder(uuid: holder.uuid)
            }
        case .adopt(let adoption):
            if let holder = domains.known?.live(named: adoption.owner.name),
                holder.id != entry?.id
            {
                context.nameHolder = DecisionContext.NameHolder(uuid: holder.uuid)
            }
            guard instruction.validation != nil else { break }
            context.images = instruction.validation
            context.disks = try await disks(of: &loaded)
        case .revert(to: let when):
            // The log does not have a domain that was only rehearsed.
            guard let entry, rehearsed?.opened.contains(entry.id) != true else { break }
            let sequence = try await log.position(at: when).sequence
            context.past = try await log.replay(entry.id, through: sequence)
        case .prune:
            context.zone = instruction.zone
        case .redefine, .acknowledge, .delete, .deleteEach, .setCurrent, .repair, .undefine:
            break
        }
        return context
    }

    private func disks(
        of loaded: inout LoadedDomain
    ) async throws(MomentlogError) -> [DomainDisk]? {
        guard let digest = loaded.domain.definition else { return nil }
        if let known = loaded.disks, known.definition == digest { return known.disks }
        let content = try await log.definition(digest)
        let disks = try DomainDisk.disks(in: content)
        loaded.disks = (digest, disks)
        loaded.definitionSize = content.count
        return disks
    }

    /// Returns the domain's definition without its secrets; nil if it has none, or is not known.
    func strippedDefinition(
        of loaded: LoadedDomain
    ) async throws(MomentlogError) -> Definition? {
        guard let digest = loaded.domain.definition else { return nil }
        let content: [UInt8]
        if let pending = loaded.definition, pending.digest == digest {
            content = pending.content
        } else {
            content = try await log.definition(digest)
        }
        let stripped = DomainSecrets.removed(from: content)
        return stripped == content ? nil : Definition(stripped)
    }
}

extension DomainDisk {
    /// Returns the disks in a definition of the store.
    static func disks(in definition: [UInt8]) throws(MomentlogError) -> [DomainDisk] {
        // It is in the form of a checkpoint.
        let document =
            Array("<domaincheckpoint>".utf8) + definition + Array("</domaincheckpoint>".utf8)
        do {
            let limits = Limits(bytes: document.count, depth: .max)
            return try CheckpointReader(limits: limits).read(document, as: .creation)
                .domain?.disks ?? []
        } catch {
            throw MomentlogError(
                .corrupt,
                "the domain's definition in the store cannot be read:"
                    + " \(error.summary)", cause: error)
        }
    }
}
