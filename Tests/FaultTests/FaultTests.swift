import Foundation
import TestSupport
import Testing

/// A bounded part of what `make faults` tries.
///
/// It is another process: what fails there fails for all of it.
@Suite(.serialized)
struct FaultTests {
    @Test(
        "Whatever fails, nothing that was acknowledged is lost",
        arguments: ["calls", "power", "memory"])
    func survives(harness: String) throws {
        let run = try CommandRun.run(
            "Faults", [harness],
            environment: ProcessInfo.processInfo.environment)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
    }
}
