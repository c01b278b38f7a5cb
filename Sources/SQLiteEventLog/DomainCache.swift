import EventLog
import Moments
import Synchronization

/// Domains as they were last replayed, so that neither a question nor a commit begins a replay
/// anew.
///
/// What is kept was read from the log, or is on stable storage. It is a class because the
/// connections share it.
final class DomainCache: Sendable {
    private struct State {
        var domains: [Int64: Domain] = [:]
        /// The checkpoints in them, about.
        var count = 0
    }

    private let state = Mutex(State())

    private static let maximumDomainCount = 4096
    /// More than so many are only kept if they are one domain's.
    private static let maximumCheckpointCount = 1 << 18

    /// The domain as it is kept, which is then shared.
    subscript(_ number: Int64) -> Domain? { state.withLock { $0.domains[number] } }

    /// Takes a domain out, so that it can be changed in place.
    func take(_ number: Int64) -> Domain? {
        state.withLock { state in
            guard let domain = state.domains.removeValue(forKey: number) else { return nil }
            state.count -= domain.graph.count
            return domain
        }
    }

    /// Keeps a domain, unless a later state of it is kept.
    func put(_ domain: Domain, _ number: Int64) {
        state.withLock { state in
            if let known = state.domains[number] {
                guard known.revision <= domain.revision else { return }
                state.count -= known.graph.count
                state.domains[number] = nil
            }
            if state.domains.count >= Self.maximumDomainCount
                || state.count + domain.graph.count > Self.maximumCheckpointCount
            {
                state = State()
            }
            state.domains[number] = domain
            state.count += domain.graph.count
        }
    }

    /// Forgets a domain.
    func drop(_ number: Int64) { _ = take(number) }
}
