import Momentlog
import Synchronization

/// What a store holds: its log by commits, as everything else follows from it.
struct StoreContent: Sendable {
    /// One commit.
    struct Commit: Sendable, Hashable {
        let number: Int
        let request: String?
        var sequences: ClosedRange<Int>
        var events: [Event]
    }

    private(set) var commits: [Commit] = []

    /// Reads the whole log.
    init(_ store: CheckpointStore) async throws(MomentlogError) {
        let collected = Mutex<[Commit]>([])
        try await store.readEvents { line throws(MomentlogError) in
            let event = try line.event()
            collected.withLock { commits in
                if commits.last?.number == event.commit {
                    commits[commits.count - 1].events.append(event.event)
                    let first = commits[commits.count - 1].sequences.lowerBound
                    commits[commits.count - 1].sequences = first...max(first, event.sequence)
                } else {
                    commits.append(
                        Commit(
                            number: event.commit, request: event.provenance.request,
                            sequences: event.sequence...event.sequence, events: [event.event]))
                }
            }
            return true
        }
        commits = collected.withLock { $0 }
    }
}

extension CheckpointStore {
    /// All domains as the plain model has them.
    func plainDomains() async throws(MomentlogError) -> [String: PlainDomain] {
        var plain: [String: PlainDomain] = [:]
        for entry in try await domains() {
            let graph = try await domain(entry).graph
            var domain = PlainDomain()
            for name in graph.names() ?? [] {
                domain.parents[name] = .some(graph.checkpoint(named: name)?.parent)
            }
            domain.current = graph.current
            plain[entry.name] = domain
        }
        return plain
    }
}
