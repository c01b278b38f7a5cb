public import Moments

/// A commit in the form of the log: its events' lines, checked, and the resulting domain.
///
/// Every engine appends through this type, so that every engine can read what another accepts. Each
/// line is decoded again by the decoder that reads the log, and the result is applied to the
/// domain.
public struct EncodedCommit: Sendable {
    /// An event's line, and its index values.
    public struct Line: Sendable {
        /// The event's position in the log.
        public let sequence: Int
        /// The canonical line in UTF-8, without a line feed.
        public let bytes: [UInt8]
        /// The values derived from the line.
        public let index: EventIndex
    }

    /// The events' lines in their order.
    public let lines: [Line]
    /// The receipt of the commit.
    public let receipt: CommitReceipt
    /// The time of the commit: not before the end of the log.
    public let time: Timestamp

    /// Encodes a commit.
    ///
    /// - Parameters:
    ///   - commit: The commit to append.
    ///   - end: The end of the log.
    ///   - id: The domain of the commit; one with ``EventIndex/store`` as its number for the store
    ///     itself.
    ///   - revision: The last revision of that stream; 0 for a new one.
    ///   - domain: The domain at that revision; nil for the store itself. The events are applied to
    ///     it. After an error it must not be used.
    /// - Throws: ``MomentlogError`` with `usage` for what a line cannot contain, such as times
    ///   outside of the years 0 to 9999, an actor without a name, or an overlong reason, and for
    ///   events that do not fit the domain.
    /// - Complexity: O(*n*) in the bytes of the events, plus that of
    ///   ``MomentGraph/apply(contentsOf:)``.
    public init(
        _ commit: PendingCommit, after end: LogPosition, of id: DomainEntry.ID, revision: Int,
        domain: inout Domain?
    ) throws(MomentlogError) {
        guard !commit.entries.isEmpty else {
            throw MomentlogError(.usage, "a commit must contain at least one event")
        }
        let provenance = try Self.provenance(of: commit)
        let count = commit.entries.count
        guard end.commit < .max, end.sequence < .max - count, revision < .max - count else {
            throw MomentlogError(.corrupt, "the log's last numbers are too large to go on from")
        }
        time = max(end.time ?? commit.time, commit.time)
        var lines: [Line] = []
        lines.reserveCapacity(count)
        domain?.beginCommit()
        for (offset, entry) in commit.entries.enumerated() {
            let recorded = RecordedEvent(
                sequence: end.sequence + 1 + offset, commit: end.commit + 1,
                revision: revision + 1 + offset,
                domain: Self.name(before: entry.event, domain).map { DomainReference($0) },
                time: time,
                clock: time == commit.time ? nil : commit.time,
                provenance: provenance, origin: entry.origin, event: entry.event,
                domainId: domain.map { _ in Int(clamping: id.number) },
                recorder: commit.recorder)
            lines.append(try Self.line(recorded, &domain))
        }
        domain?.resolveCycles()
        self.lines = lines
        receipt = CommitReceipt(
            domain: id, commit: end.commit + 1,
            sequences: end.sequence + 1...end.sequence + count, revision: revision + count)
    }

    /// The provenance of the events. The lines name the request that the commit carries out.
    private static func provenance(
        of commit: PendingCommit
    ) throws(MomentlogError) -> Provenance {
        var provenance = commit.provenance
        if let request = commit.request {
            guard provenance.request.map({ $0.hasSameBytes(as: request.name) }) ?? true else {
                throw MomentlogError(
                    .usage, "a commit carries out the request '\(request.name)', and names another")
            }
            provenance.request = request.name
        }
        try provenance.check()
        return provenance
    }

    /// Returns the domain name in an event's line: for a rename the old name, for a definition its
    /// own.
    private static func name(before event: Event, _ domain: Domain?) -> String? {
        if case .domainDefined(name: let name, uuid: _, definition: _) = event, domain != nil {
            return name
        }
        return domain?.name
    }

    private static func line(
        _ recorded: RecordedEvent, _ domain: inout Domain?
    ) throws(MomentlogError) -> Line {
        if let misfit = recorded.event.misfit(in: domain) {
            throw MomentlogError(
                .usage, "a \(recorded.event.kind.rawValue) cannot be appended: \(misfit)",
                hint: "decide a command on the present domain, and append its events")
        }
        let bytes: [UInt8]
        do throws(MomentlogError) {
            bytes = try EventLine.bytes(recorded)
        } catch {
            throw cannotHold(recorded.event, error)
        }
        let read = bytes.withUnsafeBytes { bytes in
            Result { () throws(MomentlogError) in
                guard bytes.count <= EventLine.maximumByteCount else {
                    throw MomentlogError(.usage, "it has \(bytes.count) bytes")
                }
                let line = try ParsedLine(bytes)
                let index = try EventIndex(line) { _ throws(MomentlogError) in
                    throw MomentlogError(.usage, "it does not state its domain")
                }
                return (line.payload.event(domain: line.domain), index)
            }
        }
        let (event, index): (Event, EventIndex)
        do throws(MomentlogError) {
            (event, index) = try read.get()
        } catch {
            throw cannotHold(recorded.event, error)
        }
        do throws(InconsistentEvent) {
            try domain?.applyUnsettled(event)
        } catch {
            throw MomentlogError(
                .usage,
                "a \(event.kind.rawValue) does not fit domain '\(recorded.domain ?? "")': \(error)",
                hint: "decide a command on the present domain, and append its events",
                cause: error)
        }
        return Line(sequence: recorded.sequence, bytes: bytes, index: index)
    }
}

extension EncodedCommit {
    private static func cannotHold(_ event: Event, _ error: MomentlogError) -> MomentlogError {
        MomentlogError(
            .usage, "the log cannot hold a \(event.kind.rawValue): \(error.message)",
            hint: "times are of the years 0 to 9999, and the digests of files are SHA-256",
            cause: error)
    }
}

extension EventLine {
    /// The maximum length of a line in bytes.
    package static let maximumByteCount = 1 << 26
}

extension Event {
    /// Returns why an event cannot come next in a stream; nil if it can.
    ///
    /// - Parameter domain: The present domain; nil for the store's own stream.
    fileprivate func misfit(in domain: Domain?) -> String? {
        guard let domain else {
            return kind.isOfStore ? nil : "it is about a domain, and the stream is the store's"
        }
        switch self {
        case .settingsChanged, .lossAccepted: return "it is about the store, not about a domain"
        case .domainDefined(name: let name, uuid: _, definition: _):
            return domain.isLive && !name.hasSameBytes(as: domain.name)
                ? "the domain is called '\(domain.name)'" : nil
        case .domainUndefined where domain.isLive:
            return domain.graph.isEmpty ? nil : "the domain still has checkpoints"
        default: return domain.isLive ? nil : "the domain '\(domain.name)' is not defined"
        }
    }
}
