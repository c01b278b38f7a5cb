import EventLog
import Foundation
import Momentlog
import Moments
import SQLiteEventLog
import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// Somebody changes a store with SQL. All answers stay as they were, or the question or `verify`
/// says what was changed, or a kept head does not match.
struct Tampering {
    let kind: Kind
    let seed: UInt64
    /// How many changes are tried, and how many of them on one store.
    let count: Int
    let storeTrialCount: Int
    /// How many processes take part.
    let processes: Int

    /// What is changed.
    enum Kind: String {
        /// Whatever chance has it.
        case random = "tampering"
        /// Every column of every table, at each extreme, as many as are asked for.
        case extremes = "extremes"
    }

    /// The first argument of this executable for the trials on some stores.
    static let partArgument = "tampering-part"

    /// What came of one change.
    enum Effect: String, CaseIterable, Codable {
        case harmless = "harmless: all answers are right"
        case harmlessReported = "harmless, and reported by 'verify'"
        case error = "reported by an error of each question with another answer"
        case verified = "reported by 'verify' alone, answers being wrong"
        case head = "reported by a kept head alone, answers being wrong"
        /// The one change that nothing can show; see ``lacksQuietRequests(_:_:_:)``.
        case limit = "unreported: a request that had appended nothing was removed"
        case quiet = "unreported, answers being wrong"
        case crash = "a crash"
    }

    /// One trial on one store.
    private struct Report: Codable {
        let effect: Effect
        /// What was done, and which answers were wrong.
        let statements: [String]
        let wrong: [String]
        /// A fault or error that names no row.
        var unplaced: String?
    }

    /// Whether the harness is made to pass over what reports a change, so that it is seen to fail.
    private static let skipsVerification =
        ProcessInfo.processInfo.environment["MOMENTLOG_SABOTAGE"] == "skip-verification"

    func run() async throws -> [Tally] {
        var tally = Tally(kind.rawValue)
        var effects: [Effect: Int] = [:]
        var kinds: [String: Int] = [:]
        var unplaced: [String: Int] = [:]
        let storeCount = (count + storeTrialCount - 1) / storeTrialCount
        try await withThrowingTaskGroup(of: [(label: String, report: Report)].self) { group in
            var next = 0
            func add() {
                guard next < storeCount else { return }
                let store = seed &+ UInt64(next)
                next += 1
                group.addTask { try await trials(ofStore: store) }
            }
            for _ in 0..<processes { add() }
            while let reports = try await group.next() {
                add()
                for (label, report) in reports {
                    effects[report.effect, default: 0] += 1
                    if let place = report.unplaced { unplaced[place, default: 0] += 1 }
                    var trial = Trial()
                    if report.effect == .quiet || report.effect == .crash {
                        let sql = report.statements.joined(separator: "; ").prefix(700)
                        let wrong = report.wrong.prefix(4).joined(separator: ", ")
                        kinds[Self.kind(report), default: 0] += 1
                        trial.failures.append(
                            "\(report.effect.rawValue): \(sql) | \(wrong)")
                    }
                    tally.count(trial, label)
                }
                if next.isMultiple(of: 16) {
                    FileHandle.standardError.write(Data("\(kind.rawValue): store \(next)\n".utf8))
                }
            }
        }
        for effect in Effect.allCases {
            if let count = effects[effect] { tally.remarks.append("\(count) \(effect.rawValue)") }
        }
        for (kind, count) in kinds.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            tally.remarks.append("\(count) not reported: \(kind)")
        }
        for (place, count) in unplaced.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) })
            .prefix(20)
        {
            tally.remarks.append("\(count) reported without a row: \(place)")
        }
        return [tally]
    }

    /// What a trial did, without the values: for a count of what was not reported.
    private static func kind(_ report: Report) -> String {
        let shapes = report.statements.map { statement in
            statement.replacing(/x?'[^']*'/, with: "?").replacing(/-?\b[0-9]+\b/, with: "?")
                .replacing(/\ (WHERE|VALUES) .*/, with: "").prefix(90)
        }
        return "\(report.effect == .crash ? "crash: " : "")\(shapes.joined(separator: "; "))"
    }

    // MARK: Processes

    /// Runs the trials on one store in its own process, and goes on behind one in which it
    /// crashes.
    private func trials(ofStore store: UInt64) async throws -> [(label: String, report: Report)] {
        var reports: [(label: String, report: Report)] = []
        var first = 0
        while first < storeTrialCount {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            process.arguments =
                [Self.partArgument, kind.rawValue, String(store)]
                + [first, storeTrialCount].map(String.init)
            process.standardOutput = output
            if ProcessInfo.processInfo.environment["MOMENTLOG_SHOW_CRASHES"] == nil {
                process.standardError = FileHandle.nullDevice
            }
            try process.run()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            var begun: [String]?
            for line in data.split(separator: UInt8(ascii: "\n")) {
                if let statements = try? JSONDecoder().decode([String].self, from: line) {
                    begun = statements
                } else if let report = try? JSONDecoder().decode(Report.self, from: line) {
                    begun = nil
                    reports.append(("seed \(store), trial \(first)", report))
                    first += 1
                }
            }
            guard process.terminationStatus != 0 else { break }
            guard let begun else {
                throw HarnessFailure(
                    "the trials of seed \(store) ended with \(process.terminationStatus)")
            }
            let end = "it ended with \(process.terminationStatus)"
            reports.append(
                (
                    "seed \(store), trial \(first)",
                    Report(effect: .crash, statements: begun, wrong: [end])
                ))
            first += 1
        }
        return reports
    }

    /// Carries out trials on one store, and prints for each what is about to be asked, and what
    /// came of it.
    static func runPart(_ arguments: [String]) async throws -> Int32 {
        guard arguments.count == 4, let kind = Kind(rawValue: arguments[0]),
            let seed = UInt64(arguments[1]), let first = Int(arguments[2]),
            let count = Int(arguments[3])
        else { return 64 }
        let subject = try await TamperedStore(seed: seed)
        let folder = try FastFolder()
        let before = try FastFolder()
        try before.replace(with: subject.files)
        let right = await subject.questions.ask(before.store)
        try before.replace(with: subject.files)
        let later = try await outcomes(of: subject, before)
        let rightLater = await subject.questions.ask(before.store, .present)
        let other = try FastFolder()
        try other.replace(with: subject.ahead)
        let extremes = kind == .extremes ? try SQLTampering.extremeChanges(of: other.store) : []
        for trial in first..<count {
            // One that never ends is a crash.
            alarm(600)
            var random = SplitMix64(seed: seed &* 1_000_003 &+ UInt64(trial))
            let statements: [String]
            if kind == .extremes {
                guard count < extremes.count || trial < extremes.count else { break }
                try folder.replace(with: subject.files)
                // Evenly over all of them.
                let change = extremes[trial * extremes.count / min(count, extremes.count)]
                statements = try SQLTampering.change(change, in: folder.store) ? [change] : []
            } else if trial.isMultiple(of: 97) {
                try folder.replace(with: subject.forged)
                statements = ["another history with its hashes"]
            } else {
                try folder.replace(with: subject.files)
                var tampering = SQLTampering(random: random)
                try tampering.run(folder.store, other: other.store)
                statements = tampering.statements
            }
            // A head file hinders none who can write the database.
            if Int.random(in: 0..<3, using: &random) == 0 {
                try? FileManager.default.removeItem(atPath: folder.store + ".head")
            }
            try print(statements)
            let report = try await judge(
                subject, folder, statements, right: right, later: later, rightLater: rightLater)
            if kind == .extremes { await maintain(folder) }
            try print(report)
        }
        return 0
    }

    /// Does what reads all of a store, whatever comes of it.
    private static func maintain(_ folder: FastFolder) async {
        let options = CheckpointStore.Options(createsStore: false)
        guard let store = try? await CheckpointStore.open(at: folder.store, options: options)
        else { return }
        _ = try? await store.keepSnapshots(rebuilding: true)
        _ = try? await store.compact()
        _ = try? await store.backup(to: folder.url.appending(path: "backup.db").path)
        _ = try? await store.verify()
        _ = try? await store.statistics()
        await store.close()
    }

    private static func print(_ value: some Encodable) throws {
        FileHandle.standardOutput.write(try JSONEncoder().encode(value) + Data("\n".utf8))
    }

    // MARK: One trial

    private static func judge(
        _ subject: TamperedStore, _ folder: FastFolder, _ statements: [String],
        right: StoreQuestions.Answers, later: [String], rightLater: StoreQuestions.Answers
    ) async throws -> Report {
        let present = await subject.questions.ask(folder.store)
        var wrong = Self.wrong(present, right)
        var hasError = present.values.contains { $0.isFailure }
        // Before the commands: what harms them has to be found before the harm.
        let verdict = await verify(folder, subject.head)
        let outcomes = try await outcomes(of: subject, folder)
        let failure = outcomes.firstIndex { $0.hasPrefix("failure") }
        for (index, outcome) in outcomes.prefix(failure ?? outcomes.count).enumerated()
        where outcome != later[index] {
            wrong.append("outcome \(index): \(outcome) instead of \(later[index])")
        }
        if failure == nil {
            let answers = await subject.questions.ask(folder.store, .present)
            wrong += Self.wrong(answers, rightLater).map { "later \($0)" }
            hasError = hasError || answers.values.contains { $0.isFailure }
        } else {
            hasError = true
        }
        let effect: Effect =
            switch (wrong.isEmpty, skipsVerification ? Verdict() : verdict) {
            case (true, let verdict):
                hasError ? .error : verdict.isReported ? .harmlessReported : .harmless
            case (false, let verdict):
                verdict.isReported ? .verified : verdict.isHeadMismatch ? .head : .quiet
            }
        let isLimit = effect == .quiet && lacksQuietRequests(present, wrong, right)
        return Report(
            effect: isLimit ? .limit : effect, statements: statements, wrong: wrong,
            unplaced: verdict.unplaced)
    }

    /// Returns whether requests that had appended nothing are missing, all others have their
    /// answers, and nothing else is wrong but what follows when such a request is carried out again.
    /// No line, and so no hash, depends on such a row: the documentation names this limit.
    private static func lacksQuietRequests(
        _ answers: StoreQuestions.Answers, _ wrong: [String], _ right: StoreQuestions.Answers
    ) -> Bool {
        guard case .text(let before)? = right["requests"],
            case .text(let after)? = answers["requests"]
        else { return false }
        let present = after.split(separator: "\n")
        let missing = before.split(separator: "\n").filter { !present.contains($0) }
        return !missing.isEmpty && missing.allSatisfy { $0.contains(" 0 - ") }
            && present == before.split(separator: "\n").filter { !missing.contains($0) }
            && wrong.allSatisfy {
                $0 == "requests" || $0.hasPrefix("outcome ") || $0.hasPrefix("later ")
            }
    }

    /// The questions that have another answer and no error of the log.
    private static func wrong(
        _ answers: StoreQuestions.Answers, _ right: StoreQuestions.Answers
    ) -> [String] {
        answers.filter { question, answer in !answer.isFailure && answer != right[question] }
            .keys.sorted()
    }

    /// What `verify` finds.
    private struct Verdict {
        var isReported = false
        var isHeadMismatch = false
        var unplaced: String?
    }

    private static func verify(_ folder: FastFolder, _ head: StoreHead) async -> Verdict {
        var verdict = Verdict()
        do throws(MomentlogError) {
            let found = try await SQLiteEventLog.check(
                path: folder.store, against: head, depth: .everything)
            let faults = found.faults.filter {
                ($0.isDamage || $0.kind == .unknownSchemaObject) && $0.kind != .readableByOthers
            }
            verdict.isHeadMismatch = faults.contains { $0.kind == .headMismatch }
            let ofRows = faults.filter { $0.kind != .headMismatch }
            verdict.isReported = !ofRows.isEmpty
            if !ofRows.isEmpty, !ofRows.contains(where: { $0.place.row != nil }) {
                verdict.unplaced = ofRows.first.map { "\($0.kind.rawValue): \($0.message)" }
            }
        } catch {
            verdict.isReported = true
            verdict.unplaced = "\(error.code): \(error.message)"
        }
        verdict.unplaced = verdict.unplaced.map {
            String($0.replacing(folder.store, with: "STORE").prefix(120))
        }
        return verdict
    }

    /// What the later commands are answered with.
    private static func outcomes(
        of subject: TamperedStore, _ folder: FastFolder
    ) async throws -> [String] {
        let store: CheckpointStore
        do throws(MomentlogError) {
            store = try await CheckpointStore.open(
                at: folder.store, options: .init(createsStore: false))
        } catch {
            return ["failure \(error.code)"]
        }
        let answers = await store.perform(subject.later)
        await store.close()
        return answers.map { answer in
            switch answer {
            case .success(let outcome):
                return "\(outcome.domain) \(outcome.commit ?? 0)"
                    + " \(outcome.sequences.map { "\($0)" } ?? "-") \(outcome.revision)"
                    + " \(outcome.checkpoint ?? "-")"
            case .failure(let error):
                return StoreQuestions.Answer(error).isFailure
                    ? "failure \(error.code)" : "error \(error.code)"
            }
        }
    }
}

extension StoreQuestions.Answer {
    fileprivate var isFailure: Bool {
        if case .failure = self { true } else { false }
    }
}
