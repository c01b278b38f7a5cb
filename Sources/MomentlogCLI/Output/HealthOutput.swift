import EventLog
import Momentlog
import Moments

/// The last verdict on a checkpoint's data, and its age.
enum HealthOutput {
    /// Such as `valid (2 h ago)`.
    static func text(_ health: DiskHealth) -> String {
        "\(health.verdict.rawValue) (\(age(health)) ago)"
    }

    /// Returns all disks in one line, with one age if they were inspected together.
    static func text(_ healths: [DiskHealth]) -> String {
        guard let first = healths.first else { return "-" }
        guard healths.allSatisfy({ $0.observationTime == first.observationTime }) else {
            return healths.map { "\($0.disk) \(text($0))" }.joined(separator: ", ")
        }
        return healths.map { "\($0.disk) \($0.verdict.rawValue)" }.joined(separator: ", ")
            + " (\(age(first)) ago)"
    }

    /// Returns the colour of the worst verdict.
    static func style(_ healths: [DiskHealth]) -> Terminal.Style {
        let styles = healths.map { EventSentence.style($0.verdict) }
        return styles.contains(.red)
            ? .red : styles.contains(.yellow) ? .yellow : styles.isEmpty ? .plain : .green
    }

    private static func seconds(_ health: DiskHealth) -> Int64 {
        let now = Timestamp.now.microseconds / 1_000_000
        let (age, isTooFar) = now.subtractingReportingOverflow(health.observationTime)
        return isTooFar ? 0 : max(0, age)
    }

    /// Returns the age in the largest unit with at least two.
    private static func age(_ health: DiskHealth) -> String {
        let seconds = seconds(health)
        let units: [(Int64, String)] = [(86_400, "d"), (3_600, "h"), (60, "min")]
        for (length, name) in units where seconds >= 2 * length {
            return "\(seconds / length) \(name)"
        }
        return "\(seconds) s"
    }
}
