import Moments

/// Instructions that are decided one after the other and appended together, and since when
/// their callers wait.
struct CommandBatch {
    private(set) var instructions: [Instruction] = []
    private var starts: [ContinuousClock.Instant] = []

    /// What holds for all of them.
    let rule: CommandRule

    /// How long every caller waits for other writers, at least, and no longer than twice.
    private let patience: Duration

    /// Above so many instructions the next ones wait for another transaction.
    private static let maximumCount = 256

    init(patience: Duration, rule: CommandRule = .each) {
        self.patience = patience
        self.rule = rule
    }

    /// Whether another caller's instructions may be added.
    func accepts(_ other: CommandRule) -> Bool {
        instructions.isEmpty
            || !rule.isWhole && !other.isWhole && instructions.count < Self.maximumCount
    }

    /// Adds as many of a caller's instructions as there is room for; all of a whole.
    mutating func add(_ new: ArraySlice<Instruction>, since start: ContinuousClock.Instant) {
        let added = rule.isWhole ? new : new.prefix(Self.maximumCount - instructions.count)
        instructions += added
        starts += Array(repeating: start, count: added.count)
    }

    /// When to give up waiting for other writers.
    ///
    /// That is when the last caller has waited as long as it has to. A caller that came much
    /// earlier may not wait for that: those behind this batch wait for it, too, and have to be
    /// answered in time.
    var deadline: ContinuousClock.Instant {
        guard let first = starts.min(), let last = starts.max() else { return .now }
        return min(last + patience, first + patience * 3 / 2)
    }

    /// How long to wait for other writers from now on.
    var limit: Duration {
        // What waits may measure with another clock: it must not come back too early.
        max(.zero, deadline - .now) + .milliseconds(1)
    }

    /// How many of the first instructions are answered when the log is busy: those whose callers
    /// have waited as long as they have to, and those before them, which came earlier. All, if
    /// the log gave up by itself.
    var expiredCount: Int {
        let now = ContinuousClock.now
        let last = starts.lastIndex { $0 + patience <= now }
        return last.map { $0 + 1 } ?? instructions.count
    }

    /// The answers where nothing could be decided.
    func answers(failure: MomentlogError) -> [CommandHandler.Answer] {
        let count = failure.code == .busy ? expiredCount : instructions.count
        return Array(repeating: .failure(failure), count: count)
    }
}

extension CommandHandler.Answer {
    /// Whether it was waited for other writers in vain.
    var isBusy: Bool {
        if case .failure(let error) = self { error.code == .busy } else { false }
    }
}
