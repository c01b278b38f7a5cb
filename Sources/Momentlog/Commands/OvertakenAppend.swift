import EventLog
import Moments
import SQLiteEventLog

/// An append that is decided anew on what is there when others were quicker: a few times
/// optimistically, and then while nobody else can append.
struct OvertakenAppend {
    /// How often something is decided without keeping others from appending: mostly nobody is
    /// in the way, and to wait for one's turn costs more.
    static let maximumOptimisticAttemptCount = 4

    /// What came of one attempt.
    enum Attempt<Value> {
        case done(Value)
        /// Others have appended what contradicts it; nothing was appended.
        case overtaken(MomentlogError)
    }

    let log: any EventLog
    /// When it is given up.
    let deadline: ContinuousClock.Instant

    init(to log: any EventLog) {
        self.log = log
        deadline = .now + log.busyTimeout
    }

    /// Runs attempts until one is not overtaken.
    ///
    /// - Parameter attempt: Decides on what it reads and appends. It has to append in the turn
    ///   that it is given, if any; when the value is returned the turn has ended.
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

    /// How long an append may wait for other writers from now on.
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

    /// Waits before another attempt where there are no turns, so that it is no busy loop.
    static func pause(after attempts: Int) async {
        let excess = attempts - maximumOptimisticAttemptCount
        guard excess > 0 else { return }
        let milliseconds = 1 << min(excess, 5)
        // In a task of its own: a cancelled one would not wait.
        await Task { try? await Task.sleep(for: .milliseconds(milliseconds)) }.value
    }
}

extension MomentlogError {
    /// Whether others have appended what contradicts a commit.
    var isOvertaken: Bool { code == .revisionConflict || code == .exists }

    static var overtakenTooLong: MomentlogError {
        MomentlogError(
            .busy, "other writers changed the same domains each time",
            hint: "try again when fewer of them are writing")
    }
}
