public import Moments

/// How an engine that stores nothing but the events answers about the past: by reading them.
extension EventLog {
    /// Returns the end of the last commit up to a point in time; see ``position(at:)``.
    ///
    /// - Complexity: O(*n*) in the log.
    public func position(at when: When) async throws(MomentlogError) -> LogPosition {
        let size = try await size()
        if case .sequence(let sequence) = when, !(0...size).contains(sequence) {
            throw MomentlogError.notReached(sequence, size: size)
        }
        var (found, open) = (LogPosition.start, LogPosition.start)
        try await read(EventQuery()) { line throws(MomentlogError) in
            let recorded = try line.event()
            if recorded.commit != open.commit { found = open }
            let isIn =
                switch when {
                case .time(let time): recorded.time <= time
                case .sequence(let sequence): recorded.sequence <= sequence
                case .now: true
                }
            guard isIn else {
                open = found
                return false
            }
            open = LogPosition(
                sequence: recorded.sequence, commit: recorded.commit, time: recorded.time)
            return true
        }
        return open
    }

    /// The head after a commit; see ``head(after:)``.
    ///
    /// - Complexity: O(*n*) in the bytes of the lines up to there.
    public func head(after position: LogPosition) async throws(MomentlogError) -> StoreHead {
        var tree = MerkleTree()
        if position.sequence > 0 {
            try await read(EventQuery(sequences: 1...position.sequence)) { line in
                tree.append(line.text.utf8)
                return true
            }
        }
        return StoreHead(origin: try await head().origin, size: tree.size, root: tree.root)
    }

    /// Returns the domains that existed; see ``domains(through:bearing:)``.
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

    /// Returns the domain in the past; see ``replay(_:through:)``.
    ///
    /// - Complexity: O(*n*) in the domain's events.
    public func replay(
        _ domain: DomainEntry.ID, through sequence: Int
    ) async throws(MomentlogError) -> Domain? {
        // The number has to be known, whether or not the domain has begun.
        let known = try await replay(domain)
        guard sequence > 0 else { return nil }
        var replay = LineReplay(onto: Domain(name: known.name))
        let query = EventQuery(domain: domain, sequences: 1...sequence)
        try await read(query) { line throws(MomentlogError) in
            try line.parsed { parsed throws(MomentlogError) in
                do throws(InconsistentEvent) {
                    try replay.apply(parsed)
                } catch {
                    throw MomentlogError(
                        .corrupt, "event \(parsed.sequence) contradicts those before it: \(error)",
                        cause: error)
                }
            }
            return true
        }
        replay.resolveCycles()
        return replay.domain.revision == 0 ? nil : replay.domain
    }

    /// Returns the present head of the log; see ``head()``.
    ///
    /// - Complexity: O(*n*) in the log.
    public func head() async throws(MomentlogError) -> StoreHead {
        var tree = MerkleTree()
        try await read(EventQuery()) { line in
            tree.append(line.text.utf8)
            return true
        }
        return StoreHead(origin: "momentlog/-", size: tree.size, root: tree.root)
    }

    /// Verifies the log; see ``verify(against:progress:)``. Nothing is stored besides the events
    /// that could differ from them.
    public func verify(
        against kept: StoreHead?, progress: @escaping @Sendable (WorkProgress) -> Void
    ) async throws(MomentlogError) -> Verification {
        var verifier = LogVerifier(sizes: kept.map { [$0.size] } ?? [], replays: true)
        try await read(EventQuery()) { line in
            var text = line.text
            text.withUTF8 { verifier.take(UnsafeRawBufferPointer($0)) }
            progress(WorkProgress(completed: verifier.size))
            return true
        }
        let origin = try await head().origin
        let (head, roots) = verifier.finish(origin: origin, references: kept.map { [$0] } ?? [])
        var matches = false
        if let kept { matches = verifier.compare(kept, with: head, roots, isBesideStore: false) }
        return Verification(
            head: head, commits: verifier.commitCount, faults: verifier.faults.sorted,
            faultCount: verifier.faults.count,
            coverage: kept.map {
                Verification.Coverage(of: $0, matches: matches, logSize: head.size)
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
