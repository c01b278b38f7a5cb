import EventLog
public import Moments

extension CheckpointStore {
    /// Returns the answer to a request that was carried out; nil if none with that key was.
    ///
    /// After an `outcome-unknown` and ``reopen()`` it shows whether the request was carried out,
    /// without repeating it. Refused requests are not remembered.
    ///
    /// - Parameter request: Its idempotency key.
    /// - Returns: The outcome, with ``CommandOutcome/isRepeated`` true and no findings: these are
    ///   part of the answer to a request that is repeated.
    /// - Throws: ``MomentlogError`` with `corrupt`, `busy` or `storage`.
    /// - Complexity: O(log *n*) in the requests, plus the request's events.
    public func outcome(
        ofRequest request: String
    ) async throws(MomentlogError) -> CommandOutcome? {
        try checkOpen()
        guard let record = try await log.requests([request]).first else { return nil }
        // A commit that a power loss could undo must not be reported.
        try await log.ensureDurable(within: nil)
        var answer = EarlierAnswer()
        if let sequences = record.sequences {
            var events: [Event] = []
            try await log.read(EventQuery(sequences: sequences)) { line throws(MomentlogError) in
                events.append(try line.event().event)
                return true
            }
            answer.checkpoint = events.onlyCheckpoint
        }
        return CommandOutcome(record, answer)
    }
}

extension [Event] {
    /// The one checkpoint that the events are about; nil if there are several or none. The
    /// checkpoint that the current pointer moves to counts only if nothing else happened.
    fileprivate var onlyCheckpoint: CheckpointName? {
        var names: Set<CheckpointName> = []
        for event in self where event.kind != .currentSet {
            if let name = event.checkpointName { names.insert(name) }
        }
        if names.isEmpty, case .currentSet(let name)? = first { return name }
        return names.count == 1 ? names.first : nil
    }
}
