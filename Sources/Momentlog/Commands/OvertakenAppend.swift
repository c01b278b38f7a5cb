import EventLog
import Moments
import SQLiteEventLog

/// An append that is decided again if others were quicker: a few times optimistically, and then
/// while nobody else can append.
struct OvertakenAppend {
    /// The number of attempts without excluding others: usually nobody interferes, and waiting for
    /// a turn costs more.
    static let maximumOptimisticAttemptCount = 4

    /// The result of one attempt.
    enum Attempt<Value> {
        case done(Value)
        /// Others have appended something that contradicts it; nothing was appended.
        case overtaken(MomentlogError)
    }

    let log: any EventLog
    /// The time at which to give up.
    let deadline: ContinuousClock.Instant

    init(to log: any EventLog) {
        self.log = log
        deadline = .now + log.busyTimeout
    }

    /// Runs attempts until one is not overtaken.
    ///
    /// - Parameter attempt: Decides on what it reads, and appends. It has to append in the given
    ///   turn, if any; when the value is returned the turn has ended.
    /// - Throws: ``MomentlogError`` with what an attempt throws, at once; with `busy` if others
    ///   were quicker for as long as an append waits.
    func run<Value>(
        _ attempt: (_ number: Int, _ turn: (any AppendTurn)?) async throws(MomentlogError)
            -> Attempt<Value>
    ) async throws(MomentlogError) -> Value {
        var number = 0
        var turn: (any AppendTurn)?
        defer { turn?.end() }
        while true {
            if turn == nil, number >= Self.maximumOptimisticAttemptCount {
                turn = try await log.beginTurn(within: limit)
            }
            switch try await attempt(number, turn) {
            case .done(let value): return value
            case .overtaken(let error):
                number += 1
                guard turn == nil else { throw error }
                guard number < Self.maximumOptimisticAttemptCount || .now < deadline else {
                    throw .overtakenTooLong
                }
                await Self.pause(after: number)
            }
        }
    }

    /// The remaining time that an append may wait for other writers.
    var limit: Duration { max(.zero, deadline - .now) + .milliseconds(1) }

    /// Appends in a turn, or without one.
    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord] = [],
        in turn: (any AppendTurn)?
    ) async throws(MomentlogError) -> Attempt<[CommitReceipt]> {
        do throws(MomentlogError) {
            guard let turn else {
                return .done(
                    try await log.append(commits, keeping: requests, within: limit))
            }
            return .done(try await turn.append(commits, keeping: requests, within: limit))
        } catch {
            guard error.isOvertaken else { throw error }
            return .overtaken(error)
        }
    }

    /// Waits before another attempt if there are no turns, to avoid a busy loop.
    static func pause(after attempts: Int) async {
        let excess = attempts - maximumOptimisticAttemptCount
        guard excess > 0 else { return }
        let milliseconds = 1 << min(excess, 5)
        // In a separate task: a cancelled one would not wait.
        await Task { try? await Task.sleep(for: .milliseconds(milliseconds)) }.value
    }
}

extension MomentlogError {
    /// Whether others have appended something that contradicts a commit.
    var isOvertaken: Bool { code == .revisionConflict || code == .exists }

    static var overtakenTooLong: MomentlogError {
        MomentlogError(
            .busy, "gave up after repeated concurrent changes of the same domains",
            hint: "try again when fewer of them are writing")
    }
}
