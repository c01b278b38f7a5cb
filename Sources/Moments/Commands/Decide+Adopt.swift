/// Decides an adoption, as ``decide(_:for:in:)-(Command,_,_)`` does, with a report of what the
/// events do.
///
/// An adoption accepts what libvirt accepts at its start: also graphs with errors, and disks that
/// the definitions do not have. Everything else follows the rules for single commands.
///
/// - Throws: ``MomentlogError`` with `revision-conflict` if the domain is not at the expected
///   revision, with `no-domain` if nothing but a folder's name says that the documents belong to
///   the domain, with `exists` if they belong to another, and with `invalid-xml` for a domain's
///   name that is not allowed. Documents that cannot be imported are skipped and listed in the
///   report.
/// - Complexity: O(*n* log *n*) in the documents, plus O(*n*) in the domain's checkpoints.
package func decide(
    _ adoption: Adoption, for domain: Domain, in context: DecisionContext
) throws(MomentlogError) -> AdoptionDecision {
    try context.checkRevision(of: domain)
    return try AdoptionDecision(adoption, for: domain, in: context)
}

extension DocumentOwner {
    /// Refuses a domain that is not the owner, and an invalid name.
    func check(_ domain: Domain, _ context: DecisionContext) throws(MomentlogError) {
        if let known = domain.uuid, let uuid, known != uuid {
            throw .domainExists(domain.name, known, not: uuid)
        }
        guard !domain.isLive else { return }
        if let fault = DomainName.fault(in: name) { throw .domainName(.invalidXML, name, fault) }
        if let holder = context.nameHolder { throw .domainExists(name, holder.uuid, not: uuid) }
    }
}

extension Domain {
    /// Refuses to add checkpoints to a domain, or to replace its own, because of a guessed name,
    /// unless something relates them to those that it has: the same checkpoint, or a parent or
    /// child of one. A checkpoint of the same name and another creation time contradicts that.
    ///
    /// - Throws: ``MomentlogError`` with `no-domain`.
    /// - Complexity: O(*n*) expected in the documents and the domain's checkpoints.
    func checkGuess(_ adoption: Adoption) throws(MomentlogError) {
        // A domain without UUID and definition was defined by such documents.
        let isNameOnly = uuid == nil && definition == nil
        guard adoption.owner.isGuess, isLive, !graph.isEmpty,
            adoption.documents.contains(where: {
                isNameOnly
                    ? !graph.contains($0.checkpoint.name)
                    : graph.checkpoint(named: $0.checkpoint.name) != $0.checkpoint
            })
        else { return }
        let missingParents = Set(graph.missingParents)
        var isRelated = false
        for checkpoint in adoption.documents.lazy.map(\.checkpoint) {
            if let known = graph.checkpoint(named: checkpoint.name) {
                guard known.creationTime == checkpoint.creationTime else {
                    isRelated = false
                    break
                }
                isRelated = true
            } else if missingParents.contains(checkpoint.name)
                || checkpoint.parent.map(graph.contains) == true
            {
                isRelated = true
            }
        }
        guard !isRelated else { return }
        throw .unknownOwner(
            at: adoption.place,
            "and nothing but the name of the folder or file relates them to domain '\(name)'")
    }

    /// Returns the checkpoints that are recorded, but not in a library that was read completely, as
    /// one finding.
    func missing(in adoption: Adoption) -> [Finding] {
        guard isLive, adoption.isWhole else { return [] }
        let files = adoption.namesOfFiles
        let missing = (graph.names() ?? []).filter { !files.contains($0) }.sorted()
        guard !missing.isEmpty else { return [] }
        let named = missing.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
        let more = missing.count > 10 ? " and \(missing.count - 10) more" : ""
        return [
            Finding(
                .missingFromLibrary, domain: nameReference, checkpoints: missing,
                message: "recorded, but not in \(adoption.place): checkpoint"
                    + "\(missing.count == 1 ? "" : "s") \(named)\(more)")
        ]
    }
}

extension Adoption {
    /// The warning that the domain's name is a guess.
    func guess(domain: DomainReference) -> [Finding] {
        guard owner.isGuess else { return [] }
        return [
            Finding(
                .guessedDomain, domain: domain, checkpoints: [],
                message: "nothing in \(place) states which domain it belongs to;"
                    + " '\(owner.name)' is the folder's name")
        ]
    }
}

extension MomentGraph {
    /// Returns the checkpoints whose claims to be current contradict each other and have to be
    /// recorded; empty if they do not, or if the graph has them.
    func newClaims(among claims: [CheckpointName]) -> Set<CheckpointName> {
        let isKnown = currentClaims == claims.sorted() || hasSettledClaims(of: claims)
        return claims.count < 2 || isKnown ? [] : Set(claims)
    }
}
