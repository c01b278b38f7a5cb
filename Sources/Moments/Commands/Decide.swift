/// Decides a command: returns the events that it leads to, in order, or throws why it is refused.
///
/// All rules are here, and none where events are applied. The function is pure: the same command,
/// domain and context always give the same events.
///
/// ```swift
/// let events = try decide(
///     .delete("c2", .checkpoint), for: domain, in: DecisionContext(creationTime: 0))
/// // [.checkpointDeleted("c2"), .currentSet("c1")]
/// ```
///
/// Source: what libvirt 9.0 does in each case, observed; see
/// <https://libvirt.org/html/libvirt-libvirt-domain-checkpoint.html>.
///
/// - Parameters:
///   - command: The command.
///   - domain: The present domain. For a domain that is not known yet, one without events.
///   - context: What else the decision depends on.
/// - Returns: The events of one commit; empty if nothing has to change.
/// - Throws: ``MomentlogError``: `no-domain` if the domain is not live, except for a `define`, an
///   `adopt`, a `pull`, and a `record` with a definition; `revision-conflict` if it is not at the
///   expected revision; and
///   - to create: `inconsistent`, `no-definition`, `exists`, `invalid-xml` for a name that is not
///     allowed, `usage` for a negative time, `bitmap-name`, `unsupported-format`, and for the disks
///     `no-such-disk`, `duplicate-disk`, `too-many-disks`, `no-disks`, `disk-not-writable`;
///   - to redefine: `self-parent`, `parent-not-found`, `parent-cycle`, `foreign-domain`, `exists`
///     and `usage` if a list contradicts itself, `invalid-xml` for a name or a time that is not
///     allowed, and for the disks as above; with images to validate against, `inconsistent`;
///   - to record: as to redefine, and `exists` for another content of a checkpoint that is
///     recorded;
///   - to adopt: what `decide` refuses it for;
///   - to acknowledge: `no-checkpoint`, and `usage` for a kind that needs no acknowledgement;
///   - to observe: `no-such-disk`, and `usage` for a time in the future;
///   - to prune: `usage` if there is no rule, and `no-checkpoint` if something would be deleted, and
///     there are only names, none of which the domain has;
///   - to revert: `no-domain` if the domain was not live then;
///   - to delete or to set the current: `no-checkpoint`;
///   - to repair: `no-checkpoint`, and for a parent that is asked for `parent-not-found`,
///     `self-parent`, `parent-cycle`; `usage` where there is nothing to repair in that way;
///   - to define or rename: `exists`, and for a name that is not allowed `invalid-xml`
///     where it is defined, `usage` where it is renamed;
///   - to undefine: `has-checkpoints`.
/// - Complexity: linear in the command and in the deleted checkpoints; to redefine one that has
///   children under another parent, linear in its ancestors; to repair, linear in the errors, and
///   in the graph if parents are given or claims resolved.
public func decide(
    _ command: Command, for domain: Domain, in context: DecisionContext
) throws(MomentlogError) -> [Event] {
    try context.checkRevision(of: domain)
    if case .define(name: let name, uuid: let uuid, definition: let definition) = command {
        return try domain.decideDefine(name, uuid, definition, context)
    }
    if case .record(let checkpoints, let current) = command {
        return try domain.decideRecord(checkpoints, current: current, context)
    }
    if case .adopt(let adoption) = command {
        return try AdoptionDecision(adoption, for: domain, in: context).events
    }
    if case .pull(let pull) = command {
        return try domain.decidePull(pull, context).events
    }
    guard domain.isLive else { throw .noDomain(domain.nameReference) }
    switch command {
    case .create(let request): return try domain.decideCreate(request, context)
    case .redefine(let redefinitions):
        return try domain.decideRedefine(redefinitions, context)
    case .delete(let name, let scope): return try domain.graph.decideDelete(name, scope)
    case .deleteEach(let names): return try domain.graph.decideDelete(each: names)
    case .setCurrent(let name): return try domain.graph.decideSetCurrent(name)
    case .repair(let repair): return try domain.graph.decideRepair(repair)
    case .observe(let report): return try domain.decideObserve(report, context)
    case .acknowledge(let acknowledgement):
        return try domain.graph.decideAcknowledge(acknowledgement)
    case .revert(to: let when): return try domain.decideRevert(to: when, context.past)
    case .prune(let retention): return try domain.decidePrune(retention, context)
    case .define, .record, .adopt, .pull: return []
    case .rename(to: let name): return try domain.decideRename(to: name, context)
    case .undefine(deletingCheckpoints: let deletes):
        return try domain.decideUndefine(deletingCheckpoints: deletes)
    }
}
