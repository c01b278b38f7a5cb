import EventLog
import Momentlog
import Moments
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

    /// Reads the log, from the event behind a sequence on.
    init(_ store: CheckpointStore, after sequence: Int = 0) async throws(MomentlogError) {
        let collected = Mutex<[Commit]>([])
        var filter = EventFilter()
        if sequence > 0 { filter.since = .sequence(sequence) }
        try await store.readEvents(filter) { line throws(MomentlogError) in
            let event = try line.event()
            guard event.sequence > sequence else { return true }
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
    /// All canonical lines.
    func lines() async throws(MomentlogError) -> [String] {
        let lines = Mutex<[String]>([])
        try await readEvents { line throws(MomentlogError) in
            lines.withLock { $0.append(line.text) }
            return true
        }
        return lines.withLock { $0 }
    }

    /// All domains as the plain model has them.
    func plainDomains() async throws(MomentlogError) -> [String: PlainDomain] {
        var plain: [String: PlainDomain] = [:]
        for entry in try await domains() {
            plain[entry.name] = PlainDomain(try await domain(entry).graph)
        }
        return plain
    }
}

extension PlainDomain {
    /// A graph's checkpoints.
    init(_ graph: MomentGraph) {
        for name in graph.names() ?? [] {
            parents[name] = .some(graph.checkpoint(named: name)?.parent)
        }
        current = graph.current
    }
}
