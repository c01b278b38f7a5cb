import EventLog
import Foundation
import Glibc
import Momentlog
import Moments
import TestSupport

/// Four processes carry out lines of commands, print each acknowledgement, and are killed at
/// random times; the next four begin with the first line that was not acknowledged.
struct Kills {
    let seed: UInt64
    let rounds: Int

    private static let writerCount = 4
    /// How long a process takes to begin, and then lives at most.
    private static let longestLife = 500
    /// How many lines a process gets: more than it lives to carry out.
    private static let lineCount = 6_000

    /// What one writer knows.
    private struct Writer {
        let number: Int
        /// How many of its lines were acknowledged.
        var acknowledged = 0
        /// How many processes it was.
        var runs = 0
    }

    func run() async throws -> [Tally] {
        var tally = Tally("SIGKILL of one of \(Self.writerCount) writers")
        var random = SplitMix64(seed: seed)
        let folder = try FastFolder()
        try await define(folder)
        var writers = (0..<Self.writerCount).map { Writer(number: $0) }
        var commits: [String: Commit] = [:]
        var size = Self.writerCount + 1
        for round in 0..<rounds {
            var trial = Trial()
            let answers = try runAndKill(&writers, folder, &random)
            let unknown = commits.filter { !$0.value.isAcknowledged }
            do throws(MomentlogError) {
                let store = try await CheckpointStore.open(
                    at: folder.store, options: .init(createsStore: false))
                let content = try await StoreContent(store, after: size)
                for commit in content.commits {
                    size = commit.sequences.upperBound
                    guard let request = commit.request else { continue }
                    if commits[request] != nil {
                        trial.failures.append("the request \(request) was carried out twice")
                    }
                    commits[request] = Commit(
                        number: commit.number, sequences: commit.sequences,
                        eventCount: commit.events.count)
                }
                if (round + 1).isMultiple(of: 20) || round + 1 == rounds {
                    let verification = try await store.verify()
                    for fault in verification.faultsOfRecord {
                        trial.failures.append(fault.message)
                    }
                }
                await store.close()
            } catch {
                trial.failures.append("\(error.code): \(error.message)")
            }
            for answer in answers { check(answer, &commits, &trial) }
            trial.resolved = unknown.keys.count { commits[$0]?.isAcknowledged == true }
            for _ in writers.dropFirst() { tally.count(Trial(), "") }
            tally.count(trial, "seed \(seed), round \(round)")
            guard trial.isGood else { break }
        }
        tally.remarks.append("\(size) events in \(commits.count) commits")
        return [tally]
    }

    /// A commit in the log.
    private struct Commit {
        let number: Int
        let sequences: ClosedRange<Int>
        let eventCount: Int
        var isAcknowledged = false
    }

    private func define(_ folder: FastFolder) async throws {
        let store = try await CheckpointStore.open(at: folder.store)
        for name in ["w0", "w1", "w2", "w3", "shared"] {
            let digit = name.last?.isNumber == true ? name.last : "e"
            try await store.define(
                SourceDocument(CheckpointText.guest(name, digit: digit ?? "e")),
                by: Submission(actor: "harness"))
        }
        await store.close()
    }

    /// The n-th line of a writer: most make a checkpoint, in its own domain or in one that
    /// all share; some delete a subtree, which is a commit of several events.
    private static func line(_ writer: Int, _ number: Int) -> String {
        let request = #""request":"w\#(writer)-\#(number)","at":\#(1_700_000_000 + number)"#
        if number % 12 == 11 {
            return #"{"command":"delete","domain":"w\#(writer)","checkpoint":"c\#(number - 5)","#
                + #""scope":"children",\#(request)}"#
        }
        let (domain, name) =
            number % 4 == 3 ? ("shared", "s\(writer)-\(number)") : ("w\(writer)", "c\(number)")
        return #"{"command":"create","domain":"\#(domain)","xml":"<domaincheckpoint><name>"#
            + #"\#(name)</name></domaincheckpoint>",\#(request)}"#
    }

    /// One answer of a process.
    private struct Answer {
        let request: String
        let text: String
    }

    private func runAndKill(
        _ writers: inout [Writer], _ folder: FastFolder, _ random: inout SplitMix64
    ) throws -> [Answer] {
        let begin = try timeToBegin(folder)
        var processes: [(process: Process, output: URL, deadline: ContinuousClock.Instant)] = []
        for index in writers.indices {
            let writer = writers[index]
            let lines = (writer.acknowledged..<writer.acknowledged + Self.lineCount)
                .map { Self.line(writer.number, $0) }
            let input = folder.url.appending(path: "in\(index)")
            let output = folder.url.appending(path: "out\(index)")
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: input)
            try Data().write(to: output)
            let process = Process()
            process.executableURL = CommandRun.products.appending(path: "momentlog")
            process.arguments = ["--store", folder.store, "apply", input.path]
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = FileHandle.nullDevice
            try process.run()
            let life = Int.random(in: 0...Self.longestLife, using: &random)
            processes.append((process, output, .now + begin + .milliseconds(life)))
        }
        for (process, _, deadline) in processes.sorted(by: { $0.deadline < $1.deadline }) {
            let rest = deadline - .now
            if rest > .zero { usleep(UInt32(rest.components.attoseconds / 1_000_000_000_000)) }
            kill(process.processIdentifier, SIGKILL)
        }
        var answers: [Answer] = []
        for (index, (process, output, _)) in processes.enumerated() {
            process.waitUntilExit()
            let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
            // One that was cut off is none.
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            for line in lines {
                let number = writers[index].acknowledged
                answers.append(
                    Answer(request: "w\(writers[index].number)-\(number)", text: String(line)))
                writers[index].acknowledged += 1
            }
            writers[index].runs += 1
        }
        return answers
    }

    /// How long the command takes to do next to nothing, on this machine as it is now.
    private func timeToBegin(_ folder: FastFolder) throws -> Duration {
        let start = ContinuousClock.now
        _ = try CommandCase.run(["domains"], in: folder)
        return .now - start
    }

    private func check(
        _ answer: Answer, _ commits: inout [String: Commit], _ trial: inout Trial
    ) {
        guard
            let match = answer.text.firstMatch(
                of: /"ok":true,"commit":([0-9]+),"sequence":\[([0-9]+),([0-9]+)\]/),
            let number = Int(match.1), let first = Int(match.2), let last = Int(match.3)
        else {
            trial.failures.append("\(answer.request) was answered with \(answer.text)")
            return
        }
        guard let commit = commits[answer.request] else {
            trial.lost += last - first + 1
            return
        }
        if commit.eventCount < last - first + 1 {
            trial.torn += 1
            trial.lost += last - first + 1 - commit.eventCount
        } else if commit.number != number || commit.sequences != first...last {
            trial.failures.append("\(answer.request) is another commit than was acknowledged")
        }
        commits[answer.request]?.isAcknowledged = true
    }
}
