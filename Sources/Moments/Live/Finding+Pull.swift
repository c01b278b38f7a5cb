/// The findings of a pull.
extension Finding {
    /// The finding of checkpoints that are missing without evidence of a deletion.
    static func lost(
        _ names: [CheckpointName], _ comparison: DomainComparison, in domain: DomainReference,
        _ evidence: Evidence,
        pruned: [CheckpointName], keeps: Bool
    ) -> Finding {
        let reason =
            comparison.hasOrphans
            ? "others still have them as their parents"
            : !evidence.isPersistent
                ? "a transient domain loses them whenever its guest stops or moves"
                : comparison.kept.isEmpty && comparison.replaced.isEmpty
                    ? "all that are recorded are missing"
                    : evidence.missedEarlier
        let uri = evidence.connection?.uri ?? ""
        let push = Remedy.Action.push(domain: domain, uri: uri, isExact: false)
        // A push refuses to pass over what only libvirt has.
        var scope: Remedy.PullScope = .besidesLost
        if !pruned.isEmpty { scope.insert(.pruned) }
        let hasOthers = comparison.hasNew && !keeps || !pruned.isEmpty
        let new = comparison.new.count + comparison.replaced.count
        let deleted = comparison.missing.count - names.count
        let others =
            keeps
            ? []
            : [
                new == 0 ? nil : "\(new) that libvirt has",
                deleted == 0 ? nil : "\(deleted) deletion\(deleted == 1 ? "" : "s")",
            ].compactMap(\.self)
        let rest =
            others.isEmpty
            ? ""
            : "; \(others.joined(separator: " and "))"
                + " \(others.count == 1 && new + deleted == 1 ? "is" : "are") not recorded either"
        return Finding(
            .lost, domain: domain, checkpoints: names.sorted(),
            message: "recorded, but not in libvirt: \(named(names))"
                + "; nothing shows that they were deleted (\(reason)), and"
                + (keeps ? " they stay recorded" : " nothing was recorded\(rest)"),
            remedies: Remedy.steps(of: [
                Remedy.Cure(
                    hasOthers ? [.pull(domain: domain, uri: uri, scope), push] : [push]),
                Remedy.Cure(
                    .pull(domain: domain, uri: uri, .deletions),
                    if: "they were deleted on purpose"),
            ]))
    }

    /// The finding of checkpoints that a push has not moved below their parents.
    static func unsettled(
        _ names: [CheckpointName], in domain: DomainReference, _ evidence: Evidence
    ) -> Finding {
        let uri = evidence.connection?.uri ?? ""
        return Finding(
            .unsettled, domain: domain, checkpoints: names.sorted(),
            message: "not below the recorded parent in libvirt, as a push that did not complete"
                + " leaves it: \(named(names)); nothing"
                + " was recorded",
            remedies: Remedy.steps(of: [
                Remedy.Cure(.push(domain: domain, uri: uri, isExact: false)),
                Remedy.Cure(
                    .pull(domain: domain, uri: uri, .deletions),
                    if: "libvirt is right, and not the record"),
            ]))
    }

    /// The finding of checkpoints that were pruned in the record alone.
    static func unknownHere(
        _ names: [CheckpointName], in domain: DomainReference, _ evidence: Evidence
    ) -> Finding {
        return Finding(
            .unknownHere, domain: domain, checkpoints: names.sorted(),
            message: "pruned in the record alone, and still in libvirt:"
                + " \(named(names)); not recorded again",
            remedies: evidence.connection.map { connection in
                Remedy.steps(of: [
                    Remedy.Cure(
                        .pull(domain: domain, uri: connection.uri, .pruned),
                        if: "the record is to have them again")
                ])
            } ?? [])
    }

    static func staleSource(_ domain: DomainReference, _ evidence: Evidence) -> Finding {
        let previous = evidence.previous.map { previous in
            "it was observed at \(previous.connection.uri) on host '\(previous.connection.host)'"
                + " at \(previous.time.rfc3339(fractionDigits: 0))"
        }
        return Finding(
            .staleSource, domain: domain, checkpoints: [],
            message:
                "the guest is not running here, and \(previous ?? "it was observed elsewhere"):"
                + " what differs here may be what a migration left behind, and nothing was"
                + " recorded",
            remedies: evidence.previous.map { previous in
                [
                    Remedy(
                        .pull(domain: domain, uri: previous.connection.uri, []))
                ]
            } ?? [])
    }
}

extension Evidence {
    /// Why checkpoints that are missing were not deleted since the observation before.
    fileprivate var missedEarlier: String {
        guard let previous else { return "the domain was not observed before" }
        let time = previous.time.rfc3339(fractionDigits: 0)
        guard let connection, connection.isSamePlace(as: previous.connection) else {
            return "when the domain was observed last, at \(time), it was at"
                + " \(previous.connection.uri) on host '\(previous.connection.host)'"
        }
        return previous.checkpoints == nil
            ? "what libvirt had at the observation before, at \(time), is not known"
            : "the observation before, at \(time), did not show them either"
    }
}

/// The first ten of some checkpoints in words, and how many more there are.
private func named(_ names: [CheckpointName]) -> String {
    let shown = names.sorted().prefix(10).map { "'\($0)'" }.joined(separator: ", ")
    let more = names.count > 10 ? " and \(names.count - 10) more" : ""
    return "checkpoint\(names.count == 1 ? "" : "s") \(shown)\(more)"
}
