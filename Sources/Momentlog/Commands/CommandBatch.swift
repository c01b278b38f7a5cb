import Moments

/// Instructions that are decided one after the other and appended together, with the times since
/// when their callers wait.
struct CommandBatch {
    private(set) var instructions: [Instruction] = []
    private var starts: [ContinuousClock.Instant] = []

    /// The rule for all of them.
    let rule: CommandRule

    /// The minimum time that every caller waits for other writers; the maximum is twice as long.
    private let patience: Duration

    /// The number of instructions above which the next ones wait for another transaction.
    private static let maximumCount = 256

    init(patience: Duration, rule: CommandRule = .each) {
        self.patience = patience
        self.rule = rule
    }

    /// Returns whether another caller's instructions may be added.
    func accepts(_ other: CommandRule) -> Bool {
        instructions.isEmpty
            || !rule.isWhole && !other.isWhole && instructions.count < Self.maximumCount
    }

    /// Adds as many of a caller's instructions as fit; all of a whole.
    mutating func add(_ new: ArraySlice<Instruction>, since start: ContinuousClock.Instant) {
        let added = rule.isWhole ? new : new.prefix(Self.maximumCount - instructions.count)
        instructions += added
        starts += Array(repeating: start, count: added.count)
    }

    /// The time at which to stop waiting for other writers.
    ///
    /// That is when the last caller has waited for its minimum time. A caller that came much
    /// earlier cannot wait for that: those behind this batch wait for it, too, and have to be
    /// answered in time.
    var deadline: ContinuousClock.Instant {
        guard let first = starts.min(), let last = starts.max() else { return .now }
        return min(last + patience, first + patience * 3 / 2)
    }

    /// The remaining time to wait for other writers.
    var limit: Duration {
        // The wait may use another clock, and must not end too early.
        max(.zero, deadline - .now) + .milliseconds(1)
    }

    /// The number of first instructions that are answered when the log is busy: those whose callers
    /// have waited for their minimum time, and those before them, which came earlier. All, if the
    /// log gave up by itself.
    var expiredCount: Int {
        let now = ContinuousClock.now
        let last = starts.lastIndex { $0 + patience <= now }
        return last.map { $0 + 1 } ?? instructions.count
    }

    /// Returns the answers if nothing could be decided.
    func answers(failure: MomentlogError) -> [CommandHandler.Answer] {
        let count = failure.code == .busy ? expiredCount : instructions.count
        return Array(repeating: .failure(failure), count: count)
    }
}

extension CommandHandler.Answer {
    /// Whether waiting for other writers was in vain.
    var isBusy: Bool {
        if case .failure(let error) = self { error.code == .busy } else { false }
    }
}
