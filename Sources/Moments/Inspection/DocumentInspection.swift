/// The findings in a set of documents before they are imported, and which of them can be imported.
///
/// The findings do not depend on the order of the documents: preferred documents come first, then
/// documents by name, and two of one name by path. Errors in the resulting graph are not part of
/// it; see ``MomentGraph/findings(domain:files:)``.
package struct DocumentInspection: Sendable {
    /// The indices of the documents that can be imported, sorted by the documents' names. No two
    /// are of one checkpoint.
    package private(set) var taken: [Int] = []

    /// The documents that cannot be imported, by name.
    package private(set) var skipped: [Skipped] = []

    /// All findings in the documents, sorted.
    package private(set) var findings: [Finding] = []

    /// A document that cannot be imported.
    package struct Skipped: Sendable, Hashable {
        /// Its path.
        package let place: String
        /// The checkpoint in it, if it could be read.
        package let checkpoint: CheckpointName?
        /// What is wrong with it.
        package let kind: Finding.Kind
        /// Why, in one sentence.
        package let reason: String
    }

    private let domain: String?

    /// The documents of the checkpoints that are imported, by the checkpoint's name.
    private var documentOfName: [CheckpointName: FoundDocument] = [:]

    /// Inspects documents.
    ///
    /// - Parameters:
    ///   - documents: The documents, in any order.
    ///   - domain: The domain's name for the findings; nil if it is not known.
    ///   - uuid: The domain's UUID: documents that hold the definition of another, or one without a
    ///     UUID, are skipped. If nil, no document is skipped for that.
    /// - Complexity: O(*n* log *n*).
    package init(_ documents: [FoundDocument], domain: String?, uuid: DomainUUID?) {
        self.domain = domain
        let order = documents.indices.sorted { documents[$0].precedes(documents[$1]) }
        for index in order { look(at: documents[index], index, uuid) }
        findings.sort()
    }

    private mutating func look(at document: FoundDocument, _ index: Int, _ uuid: DomainUUID?) {
        switch document.content {
        case .stray(let reason):
            note(
                .strayFile, nil, "\(document.place): \(reason)")
        case .unreadable(let reason):
            skip(
                document, .unreadableFile, nil, reason,
                // Beside the documents an export has a list of them, and their checksums.
                remedies: document.name.hasSuffix(".xml")
                    ? correction(document, if: "the file is corrected") : [])
        case .invalidName(let reason):
            skip(
                document, .invalidName, nil, reason,
                remedies: correction(document, if: "the file names the checkpoint properly"))
        case .checkpoint(let checkpoint, claimsCurrent: _, domainUUID: let other):
            if let uuid, checkpoint.isForeign(holding: other, to: uuid) {
                skip(
                    document, .foreignDomain, checkpoint.name,
                    "definition for checkpoint '\(checkpoint.name)' must use uuid \(uuid), not"
                        + " \(other?.description ?? "none")",
                    remedies: other.map {
                        Remedy.steps(of: [
                            Remedy.Cure(
                                .importFile(
                                    path: document.place, domain: .named(DomainReference($0)),
                                    replaces: false))
                        ])
                    } ?? correction(document, if: "its <domain> has the domain's UUID"))
            } else if let first = documentOfName[checkpoint.name],
                first.content == document.content
            {
                note(
                    .identicalCopy, checkpoint.name,
                    "\(document.place): checkpoint '\(checkpoint.name)' is the same as in"
                        + " \(first.place)")
            } else if let first = documentOfName[checkpoint.name] {
                skip(
                    document, .duplicateName, checkpoint.name,
                    "checkpoint '\(checkpoint.name)'\(Self.time(document)) is in"
                        + " \(first.place)\(Self.time(first)) already, which is imported",
                    remedies: correction(
                        document, replacing: true, if: "this file is the right one"))
            } else {
                documentOfName[checkpoint.name] = document
                taken.append(index)
                noteName(of: document, checkpoint.name)
            }
        }
    }

    private mutating func noteName(of document: FoundDocument, _ checkpoint: CheckpointName) {
        guard let expected = document.expectedName, expected != document.name else { return }
        note(
            .nameDiffersFromFile, checkpoint,
            "\(document.place) holds checkpoint '\(checkpoint)', whose file is \(expected): libvirt would not remove this file with the checkpoint"
        )
    }

    private mutating func skip(
        _ document: FoundDocument, _ kind: Finding.Kind, _ checkpoint: CheckpointName?,
        _ reason: String, remedies: [Remedy]
    ) {
        skipped.append(
            Skipped(place: document.place, checkpoint: checkpoint, kind: kind, reason: reason))
        note(kind, checkpoint, "\(document.place): \(reason)", remedies: remedies)
    }

    private mutating func note(
        _ kind: Finding.Kind, _ checkpoint: CheckpointName?, _ message: String,
        remedies: [Remedy] = []
    ) {
        findings.append(
            Finding(
                kind, domain: domain.map { DomainReference($0) },
                checkpoints: checkpoint.map { [$0] } ?? [],
                message: message, remedies: remedies))
    }

    /// Returns the remedy of importing the document into the domain, under a condition.
    private func correction(
        _ document: FoundDocument, replacing: Bool = false, if condition: String
    ) -> [Remedy] {
        Remedy.steps(of: [
            Remedy.Cure(
                .importFile(
                    path: document.place,
                    domain: domain.map { .named(DomainReference($0)) } ?? .unknown,
                    replaces: replacing),
                if: condition)
        ])
    }

    private static func time(_ document: FoundDocument) -> String {
        guard case .checkpoint(let checkpoint, claimsCurrent: _, domainUUID: _) = document.content
        else { return "" }
        return " ("
            + Timestamp(checkpoint.creationTime).rfc3339(fractionDigits: 0) + ")"
    }
}

extension DocumentInspection {
    /// Inspects the documents of a library; the indices of those that can be imported are those of
    /// `documents`.
    package init(
        _ documents: [Adoption.Document], _ others: [FoundDocument], domain: String?,
        uuid: DomainUUID?
    ) {
        self.init(
            documents.map { FoundDocument($0, in: domain) } + others, domain: domain, uuid: uuid)
    }
}

extension FoundDocument {
    /// - Parameter domain: The domain's name in the record.
    fileprivate init(_ document: Adoption.Document, in domain: String?) {
        let owners = [domain, document.domainName].compactMap { $0 }
        self.init(
            place: document.place, name: document.name,
            expectedName: "\(document.checkpoint.name).xml",
            isPreferred: owners.contains { DomainName.isSame($0, document.folder) },
            content: Self.content(of: document))
    }

    /// Returns the content; a checkpoint that could not be recorded in another way is not imported
    /// either.
    private static func content(of document: Adoption.Document) -> Content {
        let checkpoint = document.checkpoint
        do throws(MomentlogError) {
            if let fault = checkpoint.name.fault {
                return .invalidName(
                    reason: MomentlogError.checkpointName(checkpoint.name, fault).message)
            }
            try checkpoint.checkContent()
        } catch {
            return .unreadable(reason: error.message)
        }
        return .checkpoint(
            checkpoint, claimsCurrent: document.claimsCurrent, domainUUID: document.domainUUID)
    }

    /// Orders preferred documents first, then by name, then by path, both byte by byte.
    fileprivate func precedes(_ other: FoundDocument) -> Bool {
        guard isPreferred == other.isPreferred else { return isPreferred }
        return name.hasSameBytes(as: other.name)
            ? place.utf8.lexicographicallyPrecedes(other.place.utf8)
            : name.utf8.lexicographicallyPrecedes(other.name.utf8)
    }
}
