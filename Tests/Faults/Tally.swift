/// What came of one kind of faults: a row of the table.
struct Tally: Sendable, Codable {
    /// Which faults they were.
    let name: String
    /// How many were tried.
    var tried = 0
    /// After how many of them the store was open again, whole, and took the next command.
    var survived = 0
    /// How many acknowledged events were missing.
    var lost = 0
    /// How many commits were there in part.
    var torn = 0
    /// How many commands of unknown outcome were repeated, and are there once.
    var resolved = 0
    /// What else went wrong, the first few.
    private(set) var failures: [String] = []
    /// How many things went wrong besides.
    private(set) var failureCount = 0
    /// What else there is to say.
    var remarks: [String] = []

    init(_ name: String) { self.name = name }

    var isGood: Bool { lost == 0 && torn == 0 && failureCount == 0 && survived == tried }

    /// Counts one fault, with what was found after it.
    mutating func count(_ trial: Trial, _ label: @autoclosure () -> String) {
        tried += 1
        lost += trial.lost
        torn += trial.torn
        resolved += trial.resolved
        if trial.isGood {
            survived += 1
        } else {
            for failure in trial.failures { fail("\(label()): \(failure)") }
            if trial.failures.isEmpty {
                fail("\(label()): \(trial.lost) lost, \(trial.torn) torn")
            }
        }
    }

    /// Counts what another process has counted.
    mutating func add(_ other: Tally) {
        tried += other.tried
        survived += other.survived
        lost += other.lost
        torn += other.torn
        resolved += other.resolved
        for failure in other.failures { fail(failure) }
        failureCount += other.failureCount - other.failures.count
        remarks += other.remarks
    }

    mutating func fail(_ failure: String) {
        failureCount += 1
        if failures.count < 12 { failures.append(failure) }
    }
}

/// What was found after one fault.
struct Trial: Sendable {
    var lost = 0
    var torn = 0
    var resolved = 0
    var failures: [String] = []

    var isGood: Bool { lost == 0 && torn == 0 && failures.isEmpty }
}
