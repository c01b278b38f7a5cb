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
            "simulation", "load", "hostile", "recovery", "tampering", "extremes",
            "opponent", "arguments",
        ])
    func survives(harness: String) throws {
        let run = try run(harness)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
    }

    /// A fault that is put into the log, the harness that finds it, and by what.
    struct Sabotaged: CustomTestStringConvertible, Sendable {
        let sabotage: String
        let harness: String
        let sign: String
        var testDescription: String { "\(sabotage) by \(harness)" }
    }

    @Test(
        "A log that is made to fail on purpose is found out",
        arguments: [
            Sabotaged(
                sabotage: "skip-sync", harness: "power",
                sign: "FAILED power loss at any point.*no store"),
            Sabotaged(
                sabotage: "head-before-commit", harness: "power",
                sign: "FAILED power loss at any point.*behind-head"),
            Sabotaged(sabotage: "drop-event", harness: "simulation", sign: "FAILED simulation"),
            Sabotaged(
                sabotage: "acknowledge-first", harness: "power",
                sign: "FAILED power loss at any point.*: [1-9][0-9]* lost"),
            Sabotaged(
                sabotage: "acknowledge-first", harness: "kills", sign: "FAILED SIGKILL"),
            Sabotaged(
                sabotage: "skip-verification", harness: "tampering",
                sign: "FAILED tampering.*: unreported"),
        ])
    func findsSabotage(_ sabotaged: Sabotaged) throws {
        let run = try run(sabotaged.harness, sabotage: sabotaged.sabotage)
        #expect(run.status == 1, "\(run.output)\(run.errors)")
        #expect(
            try run.output.contains(Regex(sabotaged.sign)), "\(run.output)\(run.errors)")
    }

    @Test(
        "A store that is made to overlook something is found out by the tests of it",
        arguments: [
            ("ignore-parts", "StorePartsTests"), ("ignore-cancellation", "CancellationTests"),
            ("believe-memory", "LoadedDomainTests"), ("believe-columns", "AlteredColumnTests"),
            ("believe-lookup", "SecondWriterTests"),
        ])
    func fails(sabotage: String, suite: String) throws {
        for (fault, status) in [(nil, 0), (sabotage, 1)] as [(String?, Int32)] {
            var environment = ProcessInfo.processInfo.environment
            environment["MOMENTLOG_SABOTAGE"] = fault
            let run = try CommandRun.run(
                "momentlogPackageTests.xctest",
                ["--testing-library", "swift-testing", "--filter", "\\.\(suite)/"],
                environment: environment)
            #expect(run.status == status, "\(fault ?? "none"): \(run.errors.suffix(2_000))")
        }
    }
}
