package import Moments

/// Verifies a log in one pass over its lines: decodes them, derives again what is stored beside
/// them, replays them, and hashes them.
///
/// It is engine-neutral: an engine passes it the lines in order, with what it stores beside each
/// line and each commit, and requests the result at the end.
package struct LogVerifier {
    /// The values that an engine stores beside a line.
    package struct Columns: Sendable {
        let sequence: Int64
        let domain: Int64
        let revision: Int64
        let kind: Int64

        package init(sequence: Int64, domain: Int64, revision: Int64, kind: Int64) {
            self.sequence = sequence
            self.domain = domain
            self.revision = revision
            self.kind = kind
        }
    }

    /// The values that an engine stores for a commit.
    package struct Commit: Sendable {
        package let number: Int
        package let size: Int
        /// The nodes of the tree's right edge that the commit added.
        package let nodes: [UInt8]

        package init(number: Int, size: Int, nodes: [UInt8]) {
            self.number = number
            self.size = size
            self.nodes = nodes
        }
    }

    /// The faults so far.
    package var faults = FaultList()
    /// Whether domains are replayed.
    private let replays: Bool
    let hasher: LeafHasher
    private var assignment = DomainAssignment()
    private var replayed: [Int64: LineReplay] = [:]
    /// Domains about which nothing more is reported, since their events are at fault.
    private var doubtful: Set<Int64> = []
    /// The domains' identities, according to the events about them.
    package private(set) var identities: [Int64: DomainIdentity] = [:]
    /// The definitions that events name.
    package private(set) var definitions: Set<DefinitionDigest> = []
    /// The settings before the first change of each, and after the last.
    package private(set) var firstSettings: [SettingsChange.Setting: Bool] = [:]
    private var lastSettings: [SettingsChange.Setting: Bool] = [:]
    /// Whether the first line states which process appended it.
    package private(set) var beginsWithRecorder = false
    /// Columns that do not match, which are reported when it is known whether the line was altered.
    var suspects: [Suspect] = []
    /// The last event that exists.
    var lastSequence = 0
    /// Lines that are reported as altered already.
    var unreadable: Set<Int> = []
    private var nextSequence = 1
    var commit = 0
    private var lastTime: Timestamp?
    /// Stored commits, up to the one that is being read.
    var waiting: Commit?
    /// Events that are missing in the commit that is being read, or right before it.
    var missing: ClosedRange<Int>?
    /// Whether any event is missing: after it little matches.
    private var hasGap = false

    struct Suspect {
        let sequence: Int
        let column: String
        let message: String
    }

    /// - Parameters:
    ///   - sizes: The sizes at which heads are compared.
    ///   - replays: Whether domains are replayed.
    package init(sizes: [Int], replays: Bool) {
        hasher = LeafHasher(sizes: sizes)
        self.replays = replays
    }

    /// The number of events, including missing ones.
    package var size: Int { nextSequence - 1 }

    /// The number of the last commit.
    package var commitCount: Int { commit }

    /// Returns the domain after the events so far; nil if they are at fault.
    package mutating func domain(_ number: Int64) -> Domain? {
        guard !doubtful.contains(number) else { return nil }
        replayed[number]?.resolveCycles()
        return replayed[number]?.domain
    }

    // MARK: Events

    /// Processes the next line; returns its content, or nil if it is not readable.
    ///
    /// - Parameters:
    ///   - columns: The values stored beside it; nil for an engine that stores none.
    ///   - commits: Returns the next stored commit, in the order of their numbers.
    package mutating func take(
        _ bytes: UnsafeRawBufferPointer, _ columns: Columns?,
        commits: (() throws -> Commit?)?
    ) throws -> (line: ParsedLine, domain: Int64)? {
        let sequence = columns.map { Int($0.sequence) } ?? nextSequence
        noteGap(before: sequence)
        defer { lastSequence = sequence }
        let line: ParsedLine
        do throws(MomentlogError) {
            line = try ParsedLine(bytes)
        } catch {
            try beginUnreadable(at: sequence, commits)
            addFault(
                .alteredEvent, .event(sequence, "line"), sequence,
                "event \(sequence), column line: \(error.message)")
            unreadable.insert(sequence)
            hasher.add(bytes)
            goOn(behind: sequence)
            return nil
        }
        if line.commit != commit {
            try endCommit(before: line.commit, at: sequence, commits)
            commit = line.commit
        }
        hasher.add(bytes)
        goOn(behind: sequence)
        if sequence == 1 { beginsWithRecorder = line.recorder != nil }
        if let lastTime, line.time < lastTime {
            addFault(
                .alteredEvent, .event(sequence, "line"), sequence,
                "event \(sequence) is earlier than the one before it")
        }
        lastTime = line.time
        let domain = look(at: line, sequence, columns)
        return (line, domain)
    }

    /// Processes the next line of an engine that stores only lines.
    package mutating func take(_ bytes: UnsafeRawBufferPointer) {
        // No call is made that could fail.
        _ = try? take(bytes, nil, commits: nil)
    }

    private mutating func goOn(behind sequence: Int) {
        nextSequence = max(nextSequence, sequence == .max ? .max : sequence + 1)
    }

    mutating func noteGap(before sequence: Int) {
        guard sequence > nextSequence else {
            if sequence < nextSequence {
                addFault(
                    .alteredEvent, .event(sequence, "sequence"), sequence,
                    "an event has the sequence \(sequence), which the next one is to follow")
            }
            return
        }
        let range = nextSequence...sequence - 1
        missing = range
        hasGap = true
        addFault(
            .missingEvent, .event(range.lowerBound), range.lowerBound,
            range.count == 1
                ? "event \(range.lowerBound) is missing"
                : "the events \(range.lowerBound) to \(range.upperBound) are missing")
    }

    /// Compares the values stored beside a line, and replays it; returns its domain.
    private mutating func look(at line: ParsedLine, _ sequence: Int, _ columns: Columns?) -> Int64 {
        var domain = columns?.domain ?? Int64(line.domainId ?? 0)
        do throws(MomentlogError) {
            domain = Int64(try assignment.assign(line))
        } catch {
            // After a missing event nothing matches.
            if !hasGap {
                suspect(sequence, "line", error.message)
            }
            doubtful.insert(domain)
        }
        if let columns {
            for (name, kept, derived) in [
                ("sequence", columns.sequence, Int64(line.sequence)),
                ("domain", columns.domain, domain),
                ("revision", columns.revision, Int64(line.revision)),
                ("kind", columns.kind, Int64(line.kind.column)),
            ] where kept != derived {
                suspect(
                    sequence, name,
                    "event \(sequence): its \(name) is \(kept), but its line says \(derived)")
            }
        } else if line.sequence != sequence {
            suspect(
                sequence, "line", "event \(line.sequence) is at the position of event \(sequence)")
        }
        noteContents(of: line, sequence, domain)
        if replays, !line.kind.isOfStore { replay(line, sequence, domain) }
        return domain
    }

    private mutating func noteContents(of line: ParsedLine, _ sequence: Int, _ domain: Int64) {
        switch line.payload {
        case .domainDefined(uuid: _, definition: let digest):
            if let digest { definitions.insert(digest) }
            identities[domain, default: DomainIdentity()].apply(line)
        case .domainRenamed, .domainUndefined:
            identities[domain, default: DomainIdentity()].apply(line)
        case .checkpointCreated(let checkpoint), .checkpointRedefined(let checkpoint, _):
            if let digest = checkpoint.definition { definitions.insert(digest) }
        case .settingsChanged(let change):
            if let before = lastSettings[change.setting], before != change.old {
                suspect(
                    sequence, "line",
                    "event \(sequence) states that \(change.setting.rawValue) was"
                        + " \(change.old ? "on" : "off"), but the one before it states the opposite"
                )
            }
            firstSettings[change.setting] = firstSettings[change.setting] ?? change.old
            lastSettings[change.setting] = change.new
        default: break
        }
    }

    private mutating func replay(_ line: ParsedLine, _ sequence: Int, _ domain: Int64) {
        guard !doubtful.contains(domain) else { return }
        var replay =
            replayed.removeValue(forKey: domain)
            ?? LineReplay(onto: Domain(name: line.domain?.string ?? ""))
        do throws(InconsistentEvent) {
            try replay.apply(line)
            replayed[domain] = replay
        } catch {
            doubtful.insert(domain)
            if !hasGap {
                suspect(sequence, "line", "event \(sequence) cannot be replayed: \(error)")
            }
        }
    }

    mutating func suspect(_ sequence: Int, _ column: String, _ message: String) {
        guard suspects.count < Verification.maximumFaultCount else {
            return faults.addSuppressed(1)
        }
        suspects.append(Suspect(sequence: sequence, column: column, message: message))
    }

    // MARK: The end

    /// Ends the pass; returns the head of the lines, and the roots at the requested sizes.
    ///
    /// - Parameters:
    ///   - origin: The identity of the log.
    ///   - commits: As for ``take(_:_:commits:)``.
    package mutating func finish(
        origin: String, references: [StoreHead], commits: () throws -> Commit?
    ) throws -> (head: StoreHead, roots: [Int: [UInt8]]) {
        if commit > 0 {
            let kept = try nextCommit(commits)
            waiting = kept
            if let kept, kept.number == commit, kept.size > nextSequence - 1,
                !hasher.matches(kept.nodes)
            {
                noteEnd(kept.size)
            }
            try compareCommit(commits)
        }
        while let kept = try nextCommit(commits) {
            if kept.size > nextSequence - 1 {
                noteEnd(kept.size)
                hasher.endCommit(kept.number, size: kept.size, nodes: kept.nodes)
            } else {
                addFault(
                    .alteredCommit, .commit(kept.number), nil,
                    "commit \(kept.number) has no events")
            }
        }
        return end(origin: origin, references)
    }

    /// Reports that the events up to one are missing.
    mutating func noteEnd(_ sequence: Int) {
        let end = sequence == .max ? .max : sequence + 1
        noteGap(before: end)
        nextSequence = end
    }

    /// Ends the pass of an engine that stores only lines.
    package mutating func finish(
        origin: String, references: [StoreHead]
    ) -> (head: StoreHead, roots: [Int: [UInt8]]) {
        end(origin: origin, references)
    }

    private mutating func end(
        origin: String, _ references: [StoreHead]
    ) -> (head: StoreHead, roots: [Int: [UInt8]]) {
        let outcome = hasher.finish()
        tell(outcome, references)
        return (
            StoreHead(origin: origin, size: outcome.tree.size, root: outcome.tree.root),
            outcome.roots
        )
    }

    mutating func addFault(
        _ kind: Verification.Kind, _ place: StorePlace, _ sequence: Int?, _ message: String
    ) {
        faults.add(Verification.Fault(kind, place, sequence: sequence, message))
    }
}
