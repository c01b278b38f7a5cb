import EventLog
import Libvirt
import Moments

/// A domain in the record and in a libvirt; one of them may be missing.
struct ComparedDomain {
    let entry: DomainEntry?
    let listed: ListedDomain?

    init(_ entry: DomainEntry?, _ listed: ListedDomain?) {
        self.entry = entry
        self.listed = listed
    }

    func unknown(
        _ result: PullDecision.Result, reason: String? = nil, findings: [Finding] = [],
        isNamed: Bool
    ) -> PulledDomain {
        PulledDomain(
            domain: DomainReference(entry?.name ?? listed?.name ?? ""),
            uuid: entry.map(\.uuid) ?? listed?.uuid, result: result, events: [], commit: nil,
            sequences: nil,
            findings: findings, isCurrentKnown: false, reason: reason, isNamed: isNamed)
    }
}
