extension MomentlogError {
    // Uses libvirt's words where it has some, so that a search for them finds its documentation and
    // people's questions as well.

    // MARK: Checkpoints

    /// A checkpoint is missing.
    public static func noCheckpoint(_ name: CheckpointName) -> MomentlogError {
        MomentlogError(
            .noCheckpoint, "no domain checkpoint with matching name '\(name)'",
            hint: "see which checkpoints the domain has", suggestion: .listCheckpoints
        ).detailing("checkpoint", .text(name.text))
    }

    static func checkpointExists(_ name: CheckpointName) -> MomentlogError {
        MomentlogError(
            .exists, "domain moment \(name) already exists",
            hint: "choose another name, or redefine it to replace its metadata",
            suggestion: .redefine
        ).detailing("checkpoint", .text(name.text))
    }

    static func checkpointName(_ name: CheckpointName, _ fault: CheckpointName.Fault)
        -> MomentlogError
    {
        MomentlogError(
            .invalidXML,
            "the checkpoint's name \(name.text.isEmpty ? "" : name.debugDescription + " ")\(fault)",
            hint: "choose another name"
        ).detailing("checkpoint", .text(name.text))
    }

    static func creationTime(of checkpoint: Checkpoint) -> MomentlogError {
        MomentlogError(
            .invalidXML,
            "the creation time of checkpoint '\(checkpoint.name)' is"
                + " \(checkpoint.creationTime), before 1970",
            hint: "it is in seconds since 1970-01-01T00:00:00Z"
        ).detailing("checkpoint", .text(checkpoint.name.text))
    }

    static func unprintable(
        _ text: String, _ found: Unicode.Scalar, _ checkpoint: CheckpointName
    ) -> MomentlogError {
        MomentlogError(
            .invalidXML,
            "\(text) of checkpoint '\(checkpoint)' holds \(found.escaped(asASCII: true)), a character"
                + " that XML cannot hold", hint: "leave the character out"
        ).detailing("checkpoint", .text(checkpoint.text))
    }

    static func selfParent(_ name: CheckpointName) -> MomentlogError {
        MomentlogError(
            .selfParent, "cannot set moment \(name) as its own parent",
            hint: "give <parent> the checkpoint that was current before it, or leave it out"
        ).detailing("checkpoint", .text(name.text))
    }

    static func parentNotFound(
        _ parent: CheckpointName, of name: CheckpointName
    ) -> MomentlogError {
        MomentlogError(
            .parentNotFound, "parent \(parent) for moment \(name) not found",
            hint: "give \(parent) first or in the same command, or leave <parent> out"
        ).detailing("parent", .text(parent.text)).detailing("checkpoint", .text(name.text))
    }

    /// - Parameter cycle: Its members, each followed by its parent, beginning with one that was to
    ///   be redefined.
    static func parentCycle(_ cycle: [CheckpointName]) -> MomentlogError {
        let names = cycle.map(\.text)
        let parent = names.count > 1 ? names[1] : names[0]
        let most = 24
        let shown =
            names.count <= most
            ? names
            : names.prefix(most / 2) + ["(\(names.count - most) more)"] + names.suffix(most / 2)
        return MomentlogError(
            .parentCycle,
            "parent \(parent) would create cycle to \(names[0]): from child to parent, "
                + (shown + [names[0]]).joined(separator: " -> "),
            hint: "give one of them another <parent>, or none"
        ).detailing("checkpoints", .texts(cycle.map(\.text)))
    }

    static func parentNotAtFault(
        of name: CheckpointName, is parent: CheckpointName?, not other: CheckpointName
    ) -> MomentlogError {
        MomentlogError(
            .usage,
            "checkpoint '\(name)' cannot be repaired by giving it the parent '\(other)':"
                + (parent.map { " its parent '\($0)' exists, and is in no cycle with it" }
                    ?? " it is a root"),
            hint: "redefine a checkpoint that is not at fault to give it another parent",
            suggestion: .redefine
        ).detailing("checkpoint", .text(name.text))
    }

    static func nothingToRepair(current name: CheckpointName) -> MomentlogError {
        MomentlogError(
            .usage, "there is nothing to repair by making '\(name)' current",
            hint: "set the current checkpoint instead", suggestion: .setCurrent
        ).detailing("checkpoint", .text(name.text))
    }

    static func foreignDefinition(
        _ redefinition: Redefinition, of domain: Domain, _ uuid: DomainUUID
    ) -> MomentlogError {
        MomentlogError(
            .foreignDomain,
            "definition for checkpoint \(redefinition.checkpoint.name) must use uuid \(uuid),"
                + " that of domain '\(domain.name)', not"
                + " \(redefinition.domainUUID?.description ?? "none")",
            hint: "record it in the domain that it is a checkpoint of"
        ).detailing("domain", .text(domain.name)).detailing("uuid", .text(uuid.description))
    }

    static func inconsistent(_ domain: Domain) -> MomentlogError {
        let finding = domain.graph.findings(domain: domain.nameReference)
            .first { $0.severity == .error }
        return MomentlogError(
            .inconsistent,
            "the checkpoints of domain '\(domain.name)' are inconsistent, so none is"
                + " current" + (finding.map { ": " + $0.message } ?? ""),
            hint: "check the domain for its errors and their remedies",
            suggestion: .check(domain: domain.nameReference)
        ).detailing("domain", .text(domain.name))
    }

    // MARK: Disks

    static func noDefinition(_ domain: DomainReference) -> MomentlogError {
        MomentlogError(
            .noDefinition,
            "the definition of domain '\(domain)' is not known, so its disks are not known",
            hint: "record the domain's inactive definition", suggestion: .define
        ).detailing("domain", .text(domain.text))
    }

    static func noDisks(_ checkpoint: CheckpointName) -> MomentlogError {
        MomentlogError(
            .noDisks,
            "domain must have at least one disk to perform checkpoints,"
                + " and checkpoint '\(checkpoint)' would have none",
            hint: "record a definition with disks", suggestion: .define
        ).detailing("checkpoint", .text(checkpoint.text))
    }

    static func tooManyDisks(
        _ count: Int, _ available: Int, _ checkpoint: CheckpointName
    ) -> MomentlogError {
        MomentlogError(
            .tooManyDisks,
            "too many disk checkpoint requests for domain: checkpoint '\(checkpoint)' names"
                + " \(count), and the domain has \(available)",
            hint: "name each disk once; disks that are not named are excluded"
        ).detailing("checkpoint", .text(checkpoint.text)).detailing("disks", .number(count))
    }

    static func diskTarget(_ target: String, _ checkpoint: CheckpointName) -> MomentlogError {
        MomentlogError(
            .invalidXML,
            "checkpoint '\(checkpoint)' cannot name the domain's disk \(target.debugDescription)",
            hint: "correct the target in the domain's definition; allowed is \(DiskTarget.allowed)"
        ).detailing("checkpoint", .text(checkpoint.text)).detailing("disk", .text(target))
    }

    static func noSuchDisk(
        _ disk: String, among disks: [DomainDisk], _ checkpoint: CheckpointName
    ) -> MomentlogError {
        MomentlogError(
            .noSuchDisk, "no disk named '\(disk)' for checkpoint '\(checkpoint)'",
            hint: "the domain's disks are \(list(disks.map(\.target)))"
        ).detailing("checkpoint", .text(checkpoint.text)).detailing("disk", .text(disk))
    }

    static func ambiguousDisk(
        _ disk: String, _ targets: [String], _ checkpoint: CheckpointName
    ) -> MomentlogError {
        MomentlogError(
            .noSuchDisk,
            "no disk named '\(disk)' for checkpoint '\(checkpoint)': it is the source of"
                + " \(list(targets))",
            hint: "name the disk by its target"
        ).detailing("checkpoint", .text(checkpoint.text)).detailing("disk", .text(disk))
    }

    static func duplicateDisk(
        _ disk: String, target: String, _ checkpoint: CheckpointName
    ) -> MomentlogError {
        MomentlogError(
            .duplicateDisk,
            "disk '\(disk)' specified twice in checkpoint '\(checkpoint)'"
                + (disk == target ? "" : ": it is '\(target)'"),
            hint: "name each disk once, by its target or its source"
        ).detailing("checkpoint", .text(checkpoint.text)).detailing("disk", .text(disk))
    }

    static func diskNotWritable(
        _ disk: String, _ domainDisk: DomainDisk, _ checkpoint: CheckpointName
    ) -> MomentlogError {
        MomentlogError(
            .diskNotWritable,
            "disk '\(disk)' is empty or readonly, so checkpoint '\(checkpoint)' cannot"
                + " cover it",
            hint: "leave '\(domainDisk.target)' out, or give it checkpoint='no'"
        ).detailing("checkpoint", .text(checkpoint.text)).detailing("disk", .text(disk))
    }

    static func unsupportedFormat(_ disk: DomainDisk, _ checkpoint: CheckpointName)
        -> MomentlogError
    {
        MomentlogError(
            .unsupportedFormat,
            "checkpoint for disk \(disk.target) unsupported for storage type \(disk.format)",
            hint: "only qcow2 images hold bitmaps; give '\(disk.target)' checkpoint='no' and"
                + " name the disks to cover in '\(checkpoint)'"
        ).detailing("checkpoint", .text(checkpoint.text)).detailing("disk", .text(disk.target))
    }

    static func bitmapName(_ disk: Disk, _ checkpoint: CheckpointName) -> MomentlogError {
        MomentlogError(
            .bitmapName,
            "bitmap for disk '\(disk.name)' must match checkpoint name '\(checkpoint)', and is"
                + " '\(disk.bitmap ?? "")'",
            hint: "leave the bitmap's name out"
        ).detailing("checkpoint", .text(checkpoint.text)).detailing("disk", .text(disk.name))
    }

    /// Returns names for a sentence, the first few of many.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 8 ? shown + " and \(names.count - 8) more" : shown
    }

    // MARK: Domains

    /// A domain is missing.
    public static func noDomain(_ domain: DomainReference) -> MomentlogError {
        MomentlogError(
            .noDomain, "no domain with matching name or UUID '\(domain)'",
            hint: "list the domains", suggestion: .listDomains
        ).detailing("domain", .text(domain.text))
    }

    /// A domain is not known, and no document defines it.
    package static func noDomainToRecord(_ domain: DomainReference) -> MomentlogError {
        MomentlogError(
            .noDomain, "no domain with matching name or UUID '\(domain)'",
            hint: "give a document that holds its <domain>, or define it first",
            suggestion: .define
        ).detailing("domain", .text(domain.text))
    }

    static func domainName(_ code: Code, _ name: String, _ fault: String) -> MomentlogError {
        MomentlogError(
            code, "the domain's name \(name.debugDescription) \(fault)",
            hint: "choose another name"
        ).detailing("domain", .text(name))
    }

    static func domainExists(_ name: String, uuid: DomainUUID?) -> MomentlogError {
        MomentlogError(
            .exists,
            "domain '\(name)' already exists with uuid \(uuid?.description ?? "unknown")",
            hint: "rename or undefine that one first, or give this one another name"
        ).detailing("domain", .text(name))
    }

    static func domainDefinedAs(_ domain: Domain) -> MomentlogError {
        MomentlogError(
            .exists,
            "domain '\(domain.name)' is already defined with uuid"
                + " \(domain.uuid?.description ?? "unknown")",
            hint: "rename it to give it another name",
            suggestion: .rename(domain: domain.nameReference)
        ).detailing("domain", .text(domain.name))
    }

    static func domainNameTaken(_ name: String) -> MomentlogError {
        MomentlogError(
            .exists, "domain with name '\(name)' already exists", hint: "choose another name"
        ).detailing("domain", .text(name))
    }

    static func hasCheckpoints(_ domain: Domain) -> MomentlogError {
        let count = domain.graph.count
        return MomentlogError(
            .hasCheckpoints,
            "cannot delete inactive domain with \(count) checkpoint\(count == 1 ? "" : "s")",
            hint: "undefine the domain together with their metadata; the history stays",
            suggestion: .undefineWithCheckpoints
        ).detailing("domain", .text(domain.name)).detailing("checkpoints", .number(count))
    }

    /// The domain does not have the expected revision.
    package static func revisionConflict(_ domain: Domain, expected: Int) -> MomentlogError {
        MomentlogError(
            .revisionConflict,
            "domain '\(domain.name)' is at revision \(domain.revision), not \(expected)",
            hint: "see what changed, then try again"
        ).detailing("domain", .text(domain.name)).detailing("revision", .number(domain.revision))
            .detailing("expectedRevision", .number(expected))
    }
}
