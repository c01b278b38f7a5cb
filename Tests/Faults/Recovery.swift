import EventLog
import Foundation
import Glibc
import Momentlog
import Moments
import SQLiteEventLog
import TestSupport

/// How long a large store takes to open, and to give a first answer, after its writer was
/// killed with as much in the WAL as there may be, beside the same after a clean close.
struct Recovery {
    let eventCount: Int
    let rounds: Int

    private static let domains = 1_000
    /// The WAL is moved into the database above 1,000 pages: nearly so many are left in it.
    private static let maximumByteCount = 990 * (4_096 + 24)

    func run() async throws -> [Tally] {
        var tally = Tally("SIGKILL at \(eventCount) events, WAL full")
        let folder = try FastFolder()
        try await build(folder.store)
        var (killed, clean): ([Double], [Double]) = ([], [])
        var acknowledged = 0
        for round in 0..<rounds {
            let run = try CommandRun.run(
                "Faults",
                [Self.writerArgument, folder.store, "\(round)", "\(Self.maximumByteCount)"])
            let count = run.output.split(separator: "\n").count
            guard run.wasKilled, count > 0 else {
                throw HarnessFailure("the writer ended with \(run.status): \(run.errors)")
            }
            acknowledged += count
            var trial = Trial()
            let first = try await firstAnswer(folder.store)
            killed.append(first.seconds)
            trial.lost = max(0, acknowledged - first.checkpoints)
            if first.checkpoints > acknowledged + 1 + round {
                trial.failures.append("\(first.checkpoints) checkpoints are there")
            }
            acknowledged = max(acknowledged, first.checkpoints)
            clean.append(try await firstAnswer(folder.store).seconds)
            tally.count(trial, "round \(round)")
        }
        let (after, usual) = (Self.median(killed), Self.median(clean))
        let times = [after, usual].map { String(format: "%.1f ms", $0 * 1_000) }
        tally.remarks.append(
            "open and first answer: \(times[0]) after a kill, \(times[1]) after a clean close,"
                + String(format: " ratio %.2f", after / usual))
        return [tally]
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    /// How long it takes to open the store and ask for one domain, and what that holds.
    private func firstAnswer(_ path: String) async throws -> (seconds: Double, checkpoints: Int) {
        let start = ContinuousClock.now
        let store = try await CheckpointStore.open(at: path, options: .init(createsStore: false))
        let graph = try await store.graph(of: "written")
        let time = ContinuousClock.now - start
        await store.close()
        return (time / .seconds(1), graph.count)
    }

    /// Chains of checkpoints, many commits a transaction.
    private func build(_ path: String) async throws {
        let log = try await SQLiteEventLog.open(
            path: path, options: SQLiteEventLog.Options(createsStore: true))
        let provenance = Provenance(actor: "harness")
        let time = Timestamp(seconds: 1_700_000_000)
        var domains: [(id: DomainEntry.ID, revision: Int)] = []
        for number in 0..<min(Self.domains, eventCount / 4) {
            let receipt = try await log.append(
                PendingCommit(
                    target: .newDomain, domainName: "vm\(number)",
                    entries: [
                        PendingCommit.Entry(
                            .domainDefined(name: "vm\(number)", uuid: nil, definition: nil),
                            origin: .library)
                    ], time: time, provenance: provenance))
            domains.append((receipt.domain, receipt.revision))
        }
        for place in 0..<eventCount / domains.count / 2 {
            let commits = domains.enumerated().map { number, domain in
                let checkpoint = Checkpoint(
                    name: "c\(place)", parent: place == 0 ? nil : "c\(place - 1)",
                    creationTime: CreationTime(seconds: 1_700_000_000 + Int64(place)),
                    disks: [.init(name: "vda", bitmap: "c\(place)")])
                return PendingCommit(
                    target: .domain(domain.id, revision: domain.revision),
                    domainName: "vm\(number)",
                    entries: [
                        PendingCommit.Entry(.checkpointCreated(checkpoint), origin: .library),
                        PendingCommit.Entry(.currentSet(checkpoint.name), origin: .library),
                    ], time: time, provenance: provenance)
            }
            for (number, receipt) in try await log.append(commits).enumerated() {
                domains[number].revision = receipt.revision
            }
        }
        await log.close()
        let store = try await CheckpointStore.open(at: path)
        try await store.define(
            SourceDocument(CheckpointText.guest("written")), by: Submission(actor: "harness"))
        _ = try await store.keepSnapshots()
        await store.close()
    }

    // MARK: The process that is killed

    /// The first argument of this executable for a writer that is killed.
    static let writerArgument = "recovery-writer"

    /// Creates checkpoints and prints each acknowledgement, until the WAL is full: then it
    /// ends itself as if it were killed.
    static func runWriter(_ arguments: [String]) async throws -> Int32 {
        guard arguments.count == 3, let bytes = Int(arguments[2]) else { return 64 }
        let store = try await CheckpointStore.open(
            at: arguments[0], options: .init(createsStore: false))
        for number in 0..<bytes {
            try await store.create(
                CheckpointRequest(name: "k\(arguments[1])-\(number)"), in: "written",
                by: Submission(actor: "harness"))
            FileHandle.standardOutput.write(Data("done\n".utf8))
            var status = stat()
            if stat(arguments[0] + "-wal", &status) == 0, status.st_size >= bytes {
                kill(getpid(), SIGKILL)
            }
        }
        return 1
    }
}
