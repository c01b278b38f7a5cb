public import Moments
import Synchronization

/// How an engine that keeps nothing but the events answers about the past: by reading them.
extension EventLog {
    /// The end of the last commit up to a point in time; see ``position(at:)``.
    ///
    /// - Complexity: O(*n*) in the log.
    public func position(at when: When) async throws(MomentlogError) -> LogPosition {
        let size = try await size()
        if case .sequence(let sequence) = when, !(0...size).contains(sequence) {
            throw MomentlogError.notReached(sequence, size: size)
        }
        let commits = Mutex((found: LogPosition.start, open: LogPosition.start))
        try await read(EventQuery()) { line throws(MomentlogError) in
            let recorded = try line.event()
            return commits.withLock { commits in
                if recorded.commit != commits.open.commit { commits.found = commits.open }
                let isIn =
                    switch when {
                    case .time(let time): recorded.time <= time
                    case .sequence(let sequence): recorded.sequence <= sequence
                    case .now: true
                    }
                guard isIn else {
                    commits.open = commits.found
                    return false
                }
                commits.open = LogPosition(
                    sequence: recorded.sequence, commit: recorded.commit, time: recorded.time)
                return true
            }
        }
        return commits.withLock { $0.open }
    }

    /// The domains that were there; see ``domains(through:bearing:)``.
    ///
    /// - Complexity: O(*n*) in the log.
    public func domains(
        through sequence: Int, bearing name: String?
    ) async throws(MomentlogError) -> [DomainEntry] {
        var found: [DomainEntry] = []
        for entry in try await domains() {
            guard let domain = try await replay(entry.id, through: sequence), domain.isLive,
                name.map({ $0.hasSameBytes(as: domain.name) }) ?? true
            else { continue }
            found.append(
                DomainEntry(id: entry.id, name: domain.name, uuid: entry.uuid, isLive: true))
        }
        return found
    }

    /// The domain as it was; see ``replay(_:through:)``.
    ///
    /// - Complexity: O(*n*) in the domain's events.
    public func replay(
        _ domain: DomainEntry.ID, through sequence: Int
    ) async throws(MomentlogError) -> Domain? {
        // It has to be known, whether or not it has begun.
        let known = try await replay(domain)
        guard sequence > 0 else { return nil }
        let replayed = Mutex((domain: Domain(name: known.name), commit: 0))
        let query = EventQuery(domain: domain, sequences: 1...sequence)
        try await read(query) { line throws(MomentlogError) in
            let recorded = try line.event()
            let failure: InconsistentEvent? = replayed.withLock { replayed in
                if recorded.commit != replayed.commit { replayed.domain.beginCommit() }
                replayed.commit = recorded.commit
                do throws(InconsistentEvent) {
                    try replayed.domain.applyUnsettled(recorded.event)
                    return nil
                } catch {
                    return error
                }
            }
            if let failure {
                throw MomentlogError(
                    .corrupt, "an event contradicts those before it: \(failure)", cause: failure)
            }
            return true
        }
        return replayed.withLock { replayed in
            replayed.domain.settle()
            return replayed.domain.revision == 0 ? nil : replayed.domain
        }
    }

    /// What stands for the log as it is now; see ``head()``.
    ///
    /// - Complexity: O(*n*) in the log.
    public func head() async throws(MomentlogError) -> StoreHead {
        let tree = Mutex(MerkleTree())
        try await read(EventQuery()) { line in
            tree.withLock { $0.append(line.text.utf8) }
            return true
        }
        return tree.withLock { StoreHead(origin: "momentlog/-", size: $0.size, root: $0.root) }
    }

    /// Verifies the log; see ``verify(against:progress:)``. There is nothing beside the
    /// events that could differ from them.
    public func verify(
        against kept: StoreHead?, progress: @escaping @Sendable (Int) -> Void
    ) async throws(MomentlogError) -> Verification {
        let state = Mutex((tree: MerkleTree(), root: MerkleTree().root, commit: 0))
        try await read(EventQuery()) { line throws(MomentlogError) in
            let commit = try line.event().commit
            state.withLock { state in
                state.tree.append(line.text.utf8)
                state.commit = commit
                if state.tree.size == kept?.size { state.root = state.tree.root }
            }
            return true
        }
        let (tree, root, commits) = state.withLock { $0 }
        let head = StoreHead(origin: "momentlog/-", size: tree.size, root: tree.root)
        var faults: [Verification.Fault] = []
        if let kept, kept.size > tree.size || kept.root != root {
            faults.append(
                Verification.Fault(
                    .headMismatch, StorePlace(table: "kept head"),
                    sequence: kept.size > tree.size ? tree.size + 1 : nil,
                    "the head that was kept is not of these events"))
        }
        return Verification(
            head: head, commits: commits, faults: faults, faultCount: faults.count,
            coverage: kept.map {
                Verification.Coverage(of: $0, matches: faults.isEmpty, logSize: tree.size)
            })
    }
}

extension MomentlogError {
    package static func notReached(_ sequence: Int, size: Int) -> MomentlogError {
        MomentlogError(
            .noMoment, "the log holds no event \(sequence)",
            hint: size == 0 ? "it is empty" : "its last event is \(size)")
    }
}
