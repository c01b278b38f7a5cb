import EventLog
import Momentlog
import Moments

/// A domain that was requested and no longer exists under its name.
enum FormerDomain {
    /// Returns the error of a missing domain with the event that undefined or renamed it, if there
    /// was one.
    static func explaining(
        _ error: MomentlogError, in store: CheckpointStore
    ) async -> MomentlogError {
        // What happened later does not explain the past.
        guard ErrorReport.moment == nil,
            case .text(let name)? = error.details.first(where: { $0.name == "domain" })?.value,
            let end = await end(of: DomainReference(name), store)
        else { return error }
        var explained = error
        explained.message +=
            "; event \(end.sequence) of \(LocalTime.text(end.time)), recorded by"
            + " \(end.provenance.actor), "
        if case .domainRenamed(to: let name) = end.event {
            explained.message += "renamed it to '\(name)'"
        } else {
            explained.message += "undefined it"
        }
        if explained.suggestion == .listDomains {
            explained.hint = "see what happened to it"
            explained.suggestion = .log(domain: DomainReference(name))
        }
        return explained
    }

    /// Nil also if the log cannot be read: it is an error of something else that is explained.
    private static func end(
        of domain: DomainReference, _ store: CheckpointStore
    ) async -> RecordedEvent? {
        let filter = EventFilter(
            domain: domain, kinds: [.domainUndefined, .domainRenamed], isReversed: true)
        do throws(MomentlogError) {
            for try await line in try await store.events(filter) {
                let event = try line.event()
                // A domain may have been renamed more than once.
                if event.event == .domainUndefined || event.domain == domain { return event }
            }
        } catch {
            return nil
        }
        return nil
    }
}
