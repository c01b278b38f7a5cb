import Foundation
import TestSupport
import Testing

/// A bounded part of what `make faults` tries.
///
/// It is another process: what fails there fails for all of it.
@Suite(.serialized)
struct FaultTests {
    private func run(_ harness: String, sabotage: String? = nil) throws -> CommandRun {
        var environment = ProcessInfo.processInfo.environment
        environment["MOMENTLOG_SABOTAGE"] = sabotage
        return try CommandRun.run("Faults", [harness], environment: environment)
    }

    @Test(
        "Whatever fails, nothing that was acknowledged is lost",
        arguments: [
            "calls", "power", "memory", "files", "kills", "commands", "syscalls", "damage",
            "simulation",
        ])
    func survives(harness: String) throws {
        let run = try run(harness)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
    }

    @Test(
        "A log that is made to fail on purpose is found out",
        arguments: [
            ("skip-sync", "power", #/FAILED power loss at any point.*: [1-9][0-9]* lost/#),
            ("head-before-commit", "power", #/FAILED power loss at any point.*behind-head/#),
            ("drop-event", "simulation", #/FAILED simulation/#),
            ("acknowledge-first", "power", #/FAILED power loss at any point.*: [1-9][0-9]* lost/#),
            ("acknowledge-first", "kills", #/FAILED SIGKILL/#),
        ] as [(String, String, Regex<Substring>)])
    func findsSabotage(sabotage: String, harness: String, sign: Regex<Substring>) throws {
        let run = try run(harness, sabotage: sabotage)
        #expect(run.status == 1, "\(run.output)\(run.errors)")
        #expect(run.output.contains(sign), "\(run.output)\(run.errors)")
    }
}
