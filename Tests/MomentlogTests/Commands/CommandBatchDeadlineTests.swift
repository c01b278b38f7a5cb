import Moments
import Testing

@testable import Momentlog

struct CommandBatchDeadlineTests {
    private static let patience = Duration.seconds(10)

    /// A batch of callers that came so many seconds after a point in time.
    private func batch(
        _ seconds: [Double], after start: ContinuousClock.Instant
    ) -> CommandBatch {
        var batch = CommandBatch(patience: Self.patience)
        let instruction = Instruction.delete("c1", from: "vm", by: Submission(actor: "t@h"))
        for second in seconds {
            batch.add([instruction][...], since: start + .seconds(second))
        }
        return batch
    }

    @Test(
        "A batch gives up when its last caller has waited as long as it asked, and in time for the first.",
        arguments: [
            ([0], 10.0), ([0, 2, 4], 14), ([0, 5], 15), ([0, 9], 15), ([3, 3, 3], 13),
        ] as [([Double], Double)])
    func deadline(seconds: [Double], expected: Double) {
        let start = ContinuousClock.now
        let deadline = batch(seconds, after: start).deadline
        #expect(deadline == start + .seconds(expected))
        // Never later than twice what the first asked for.
        #expect(deadline <= start + .seconds(seconds[0]) + Self.patience * 2)
    }

    @Test("Only callers that have waited as long as requested are refused as busy")
    func expired() {
        let start = ContinuousClock.now - .seconds(12)
        #expect(batch([0, 1, 2, 8, 9], after: start).expiredCount == 3)
        #expect(batch([0, 1], after: start).expiredCount == 2)
        // The log gave up by itself.
        #expect(batch([8, 9], after: start).expiredCount == 2)
        #expect(batch([0, 1, 2, 8], after: start).answers(failure: .overtakenTooLong).count == 3)
    }
}
