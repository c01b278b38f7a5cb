extension Domain {
    func decideDefine(
        _ name: String, _ uuid: DomainUUID?, _ definition: DefinitionDigest,
        _ context: DecisionContext
    ) throws(MomentlogError) -> [Event] {
        if let fault = DomainName.fault(in: name) {
            throw .domainName(.invalidXML, name, fault)
        }
        if let known = self.uuid, let uuid, known != uuid {
            throw .domainExists(name, uuid: known)
        }
        if isLive && !DomainName.isSame(name, self.name) { throw .domainDefinedAs(self) }
        if let holder = context.nameHolder { throw .domainExists(name, uuid: holder.uuid) }
        let uuid = uuid ?? self.uuid
        let isSoAlready = isLive && uuid == self.uuid && definition == self.definition
        return isSoAlready
            ? [] : [.domainDefined(name: name, uuid: uuid, definition: definition)]
    }

    func decideRename(
        to name: String, _ context: DecisionContext
    ) throws(MomentlogError) -> [Event] {
        if let fault = DomainName.fault(in: name) { throw .domainName(.usage, name, fault) }
        if DomainName.isSame(name, self.name) { return [] }
        if context.nameHolder != nil { throw .domainNameTaken(name) }
        return [.domainRenamed(to: name)]
    }

    func decideUndefine(deletingCheckpoints: Bool) throws(MomentlogError) -> [Event] {
        guard graph.isEmpty || deletingCheckpoints else { throw .hasCheckpoints(self) }
        let names = graph.names(Listing(.all, order: .topological)) ?? []
        return graph.deletions(of: names.reversed(), heir: nil) + [.domainUndefined]
    }
}
