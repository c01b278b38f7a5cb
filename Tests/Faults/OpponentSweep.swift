import Foundation
import Momentlog
import Moments
import TestSupport

/// Another process renames, links, replaces or removes a file of the store between any two system
/// calls of a command that touch its folder.
///
/// The command runs under ptrace(2), is stopped before a call, and goes on after the opponent's
/// move, so each race is tried at a known point.
struct OpponentSweep {
    /// Every so many-th trial is made.
    let stride: Int
    let seed: UInt64
    /// Whether all commands are tried, or a few that need little preparation.
    let isFull: Bool

    /// Errors as JSON; and files that keep changing are read for a second at most.
    private static let options = ["--format", "json", "--busy-timeout", "1"]

    /// A command, and what it leads to in the other store.
    private struct Subject {
        let command: CommandCase
        let other: CommandCase
        let calls: Int
        /// What a command that only reads may answer; nil for the others.
        let answers: Set<String>?
    }

    func run(stores: URL) async throws -> [Tally] {
        var tallies: [Tally] = []
        var place = Int(seed % UInt64(stride))
        for subject in try await subjects(stores: stores) {
            var tally = Tally("opponent of '\(subject.command.name)'")
            for stop in 1...max(subject.calls, 1) {
                for part in StoreOpponent.Part.allCases {
                    for move in StoreOpponent.Move.allCases {
                        place += 1
                        guard place.isMultiple(of: stride) else { continue }
                        try await attempt(subject, part, move, at: stop, &tally)
                    }
                }
            }
            tally.remarks.append("\(subject.calls) calls, every \(stride)-th trial")
            tallies.append(tally)
        }
        return tallies
    }

    private func attempt(
        _ subject: Subject, _ part: StoreOpponent.Part, _ move: StoreOpponent.Move,
        at stop: Int, _ tally: inout Tally
    ) async throws {
        let folder = try FastFolder()
        try folder.replaceEverything(with: subject.command.files)
        let opponent = try StoreOpponent(
            part, move, other: subject.other.files["store.db" + part.rawValue])
        var hasActed = false
        let run = try TracedRun(
            Self.options + subject.command.arguments, in: folder, stop: stop,
            act: { hasActed = opponent.act(on: folder) })
        // There was nothing to take away.
        guard hasActed else { return }
        let trial = try await judge(run, subject, opponent, folder)
        tally.count(
            trial,
            "\(move) store.db\(part.rawValue) before call \(stop), status \(run.status)"
                + " \(run.code ?? "")")
    }

    private func judge(
        _ run: TracedRun, _ subject: Subject, _ opponent: StoreOpponent, _ folder: FastFolder
    ) async throws -> Trial {
        var trial = Trial()
        let command = subject.command
        if run.wasLate {
            trial.failures.append("it did not end in time")
        } else if run.wasKilled {
            trial.failures.append("signal \(run.status): \(run.errors.suffix(300))")
        } else if ![0, 1, 2, 3, 4, 75].contains(run.status) {
            trial.failures.append("status \(run.status)")
        } else if !run.isDone && run.code == nil && !run.output.contains(#""sound":false"#) {
            trial.failures.append("it failed without a code: \(run.errors.suffix(300))")
        }
        if let damage = opponent.damage, !opponent.isBeyondControl { trial.failures.append(damage) }
        if let answers = subject.answers, run.status == 0, !answers.contains(run.output) {
            trial.failures.append("it answered \(run.output.prefix(300))")
        }
        let left = try folder.everything()
        let (found, failure) = try await content(command, left)
        // The backup is in its place, and the loss not recorded yet.
        let halfway = command.arguments.first == "restore" ? [command.after.dropLast()] : []
        let unknown = [command.before, command.after] + halfway.map(Array.init)
        let known = unknown + [subject.other.before, subject.other.after, []]
        if let found {
            if !known.contains(found) {
                trial.failures.append("\(found.count) commits that nobody made are there")
            }
        } else if let failure, !failure.message.contains("store.db") {
            trial.failures.append("\(failure.code) names no file: \(failure.message)")
        }
        let goals =
            run.isDone
            // Only the head file shows what is lost.
            ? [command.after] + (opponent.move == .replace ? [subject.other.after] : [])
                + (opponent.part == .head ? halfway.map(Array.init) : [])
            : run.status == 2 ? unknown : [command.before]
        var isThere = found.map(goals.contains) ?? false
        for files in undone(left, opponent, folder) + Self.replaced(in: left) where !isThere {
            isThere = try await content(command, files).found.map(goals.contains) ?? false
        }
        if !isThere {
            if run.isDone {
                trial.lost += command.after.count - command.before.count
                trial.failures.append("what was acknowledged is missing")
            } else {
                trial.failures.append(
                    "status \(run.status), and what was there is missing: \(run.errors.suffix(300))"
                )
            }
        }
        return trial
    }

    /// What the folder would hold without the opponent's move.
    ///
    /// A database that was in its place for a while may have left its log or its head file, so
    /// the one that was taken away is also considered without them.
    private func undone(
        _ left: [String: Data], _ opponent: StoreOpponent, _ folder: FastFolder
    ) -> [[String: Data]] {
        var files = left
        files["store.db" + opponent.part.rawValue] = opponent.original(in: folder)
        guard opponent.part == .database || opponent.part == .writeAheadLog else { return [files] }
        var views = [files]
        for dropped in [["-wal"], [".head"], ["-wal", ".head"]] {
            views.append(files.filter { file in !dropped.contains { file.key == "store.db" + $0 } })
        }
        return views
    }

    /// The store that a restoration has replaced, in its former place.
    private static func replaced(in left: [String: Data]) -> [[String: Data]] {
        let mark = "store.db.replaced-"
        let names = left.keys.filter { $0.hasPrefix(mark) && $0.hasSuffix("Z") }
        return names.map { name in
            var files = left.filter { !$0.key.hasPrefix("store.db") }
            for suffix in ["", "-wal", ".head"] { files["store.db" + suffix] = left[name + suffix] }
            return files
        }
    }

    /// The events in a store of these files; the error of one that cannot be read.
    private func content(
        _ command: CommandCase, _ files: [String: Data]
    ) async throws -> (found: [[Event]]?, failure: MomentlogError?) {
        let folder = try FastFolder()
        try folder.replaceEverything(with: files)
        do throws(MomentlogError) {
            return (try await command.found(folder), nil)
        } catch {
            return (nil, error)
        }
    }

    private func subjects(stores: URL) async throws -> [Subject] {
        let folder = try FastFolder()
        let workload = try Workload(seed: 9, count: 10)
        let store = try await CheckpointStore.open(at: folder.store)
        for step in workload.steps { try await store.perform(step.instruction) }
        await store.close()
        let other = try folder.files()
        let changing =
            isFull
            ? try await CommandCase.all(stores: stores) : try await CommandCase.few()
        var subjects: [Subject] = []
        let readers = try await CommandCase.readers()
        for command in changing + [try await CommandCase.losingRestoration()] + readers {
            var files = command.files.filter { !$0.key.hasPrefix("store.db") }
            for (suffix, data) in other { files["store.db" + suffix] = data }
            try folder.replaceEverything(with: files)
            let counterpart = try await CommandCase(
                command.name, command.arguments, output: command.output, in: folder,
                mayBeRefused: true)
            let answers: Set<String>? =
                readers.contains { $0.name == command.name }
                ? [try answer(command), try answer(counterpart)] : nil
            try folder.replaceEverything(with: command.files)
            let calls = try TracedRun(Self.options + command.arguments, in: folder).calls
            subjects.append(
                Subject(command: command, other: counterpart, calls: calls, answers: answers))
        }
        return subjects
    }

    private func answer(_ command: CommandCase) throws -> String {
        let folder = try FastFolder()
        try folder.replaceEverything(with: command.files)
        return try TracedRun(Self.options + command.arguments, in: folder).output
    }
}
