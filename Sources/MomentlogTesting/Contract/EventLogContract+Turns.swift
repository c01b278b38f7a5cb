import EventLog
import Moments

extension EventLogContract {
    /// The turns to append, of engines that give them.
    static let turns: [Case] = [
        Case("Nobody else appends until a turn ends") { subject in
            let log = subject.log
            let first = try await log.append(LogUnderTest.defining("vm1"))
            guard let turn = try await log.beginTurn(within: nil) else { return }
            try await subject.expectBusy("an append beside a turn")
            try await Expect.refusal(.busy, "a turn beside a turn") {
                _ = try await log.beginTurn(within: .zero)
            }
            // The holder of the turn sees the present log, and appends as often as it likes.
            try await Expect.equal(log.size(), 1, "the size")
            var last = first
            for name: CheckpointName in ["c1", "c2"] {
                let commit = LogUnderTest.appending(
                    LogUnderTest.creating(name), after: last, named: "vm1")
                let receipts = try await turn.append([commit], keeping: [], within: nil)
                last = try Expect.some(receipts.first, "a receipt")
            }
            try Expect.equal(last.commit, 3, "the last commit")
            async let waiting = log.append(LogUnderTest.defining("vm2"))
            turn.end()
            try await Expect.equal(waiting.commit, 4, "the commit that waited")
            try await subject.appendNow("vm3")
        },
        Case("A turn that is released has ended") { subject in
            var turn = try await subject.log.beginTurn(within: nil)
            guard turn != nil else { return }
            try await subject.expectBusy("an append beside a turn")
            withExtendedLifetime(turn) {}
            turn = nil
            try await subject.appendNow("vm1")
        },
        Case("After the end of a turn nothing is appended in it") { subject in
            let log = subject.log
            guard let turn = try await log.beginTurn(within: nil) else { return }
            turn.end()
            turn.end()
            try await Expect.refusal(.storage, "an append in a turn that has ended") {
                try await turn.append([LogUnderTest.defining("vm1")], keeping: [], within: nil)
            }
            // The second end did not end another caller's turn.
            let next = try await Expect.some(log.beginTurn(within: nil), "another turn")
            turn.end()
            try await subject.expectBusy("an append beside the other turn")
            next.end()
            try await subject.appendNow("vm1")
            try await Expect.equal(log.size(), 1, "the size")
        },
        Case("All callers that wait for a turn append after its end") { subject in
            let log = subject.log
            guard let turn = try await log.beginTurn(within: nil) else { return }
            let commits = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await log.append(LogUnderTest.defining("vm\(number)")).commit
                    }
                }
                _ = try await turn.append(
                    [LogUnderTest.defining("first")], keeping: [], within: nil)
                turn.end()
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try Expect.equal(commits.sorted(), Array(2...21), "the commits")
        },
        Case("What is refused within a turn leaves nothing behind") { subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1"))
            guard let turn = try await log.beginTurn(within: nil) else { return }
            let before = try await subject.state()
            try await Expect.refusal(.usage, "an append in a turn") {
                try await turn.append(
                    [
                        LogUnderTest.defining("vm2"),
                        LogUnderTest.appending(
                            [.checkpointDeleted("no")], after: one, named: "vm1"),
                    ], keeping: [], within: nil)
            }
            try await Expect.that(subject.state() == before, "nothing has changed")
            turn.end()
            try await subject.appendNow("vm2")
        },
    ]
}

extension LogUnderTest {
    /// Appends a new domain without waiting.
    fileprivate func appendNow(_ name: String) async throws {
        _ = try await log.append([Self.defining(name)], keeping: [], within: .zero)
    }

    /// Expects that nothing can be appended now.
    fileprivate func expectBusy(_ what: String) async throws {
        try await Expect.refusal(.busy, what) { try await appendNow("busy") }
    }
}
