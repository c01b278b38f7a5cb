import Foundation
import Momentlog

/// Prints how the log compares with plain SQLite, and with itself, in turns in one process.
///
/// The stores are made in a folder of the current one, since what is measured is mostly the
/// disk's sync. `commits`, `opening`, `observations` or `import` as an argument measures that
/// alone, and `lone` leaves the commits at one caller's.
@main
struct LogRatios {
    static func main() async throws {
        let folder = FileManager.default.currentDirectoryPath + "/.ratios-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        Paired.tell("what                                       ratio    goal       spread")
        let only = CommandLine.arguments.dropFirst()
        if only.isEmpty || only.contains("commits") {
            try await CommitRatios(folder: folder).print()
        }
        if only.isEmpty || only.contains("opening") {
            try await OpeningRatios(folder: folder).print()
        }
        if only.isEmpty || only.contains("observations") {
            try await ObservationRatios(folder: folder).print()
        }
        if only.isEmpty || only.contains("import") {
            try await ImportRatio(folder: folder).print()
        }
    }
}

/// Two kinds of work, done in turns.
struct Paired {
    let name: String
    let goal: String
    var rounds = 9

    /// Prints the median of one's time divided by the other's, and the middle half.
    func print(
        _ one: () async throws -> Void, per other: () async throws -> Void
    ) async throws {
        try await one()
        try await other()
        var ratios: [Double] = []
        for _ in 0..<rounds {
            let first = try await seconds(one)
            ratios.append(first / (try await seconds(other)))
        }
        ratios.sort()
        let quarter = rounds / 4
        let figures = [ratios[rounds / 2], ratios[quarter], ratios[rounds - 1 - quarter]]
            .map { String(format: $0 < 0.1 ? "%.5f" : "%.2f", $0) }
        let columns = [(name, 40), (figures[0], 10), (goal, 8)].map { text, width in
            text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
        }
        Self.tell(columns.joined(separator: " ") + "   \(figures[1]) to \(figures[2])")
    }

    /// Prints a line at once, since the next may take a minute.
    static func tell(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private func seconds(_ work: () async throws -> Void) async throws -> Double {
        let start = ContinuousClock.now
        try await work()
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
