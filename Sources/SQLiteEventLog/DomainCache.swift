import EventLog
import Moments
import Synchronization

/// The domains of recent replays, so that queries and commits need not replay them again.
///
/// Its content was read from the log, or is on stable storage. It is a class because the
/// connections share it.
final class DomainCache: Sendable {
    private struct State {
        var domains: [Int64: Domain] = [:]
        /// The approximate number of checkpoints in them.
        var count = 0
    }

    private let state = Mutex(State())

    private static let maximumDomainCount = 4096
    /// A larger number is only kept for a single domain.
    private static let maximumCheckpointCount = 1 << 18

    /// The cached domain, which is then shared.
    subscript(_ number: Int64) -> Domain? { state.withLock { $0.domains[number] } }

    /// Removes a domain, so that it can be changed in place.
    func take(_ number: Int64) -> Domain? {
        state.withLock { state in
            guard let domain = state.domains.removeValue(forKey: number) else { return nil }
            state.count -= domain.graph.count
            return domain
        }
    }

    /// Stores a domain, unless a later state of it is stored.
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

    /// Removes a domain.
    func drop(_ number: Int64) { _ = take(number) }
}
