import EventLog
import Foundation
import Momentlog
import Moments

/// Prints the result of verifying a store: a record that can be filed.
struct VerificationOutput {
    private let found: Verification
    private let path: String
    private let head: String?
    private let isQuick: Bool

    /// - Parameters:
    ///   - path: The store's database file.
    ///   - head: The file of the head that it was compared with, as it was given.
    ///   - isQuick: Whether less than everything was verified.
    init(_ found: Verification, of path: String, head: String?, isQuick: Bool) {
        self.found = found
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
        self.head = head
        self.isQuick = isQuick
    }

    func print(_ format: OutputFormat) throws(MomentlogError) {
        if format == .table {
            try printText()
        } else {
            try format.print(item: .verification(found, rendering: RemedyCommand.rendered))
        }
        try StandardOutput.shared.flush()
    }

    private func printText() throws(MomentlogError) {
        let output = StandardOutput.shared
        for (label, value) in heading {
            try output.print(
                (label + ":").padding(toLength: 10, withPad: " ", startingAt: 0)
                    + Terminal.harmless(value))
        }
        for fault in found.faults { try print(fault) }
        let suppressedCount = found.faultCount - found.faults.count
        if suppressedCount > 0 { try output.print("and \(suppressedCount) more") }
        if let claim = VerificationClaim.text(of: found, isQuick: isQuick) {
            try output.print(claim)
        } else if let coverage = found.coverage, coverage.covered > 0 {
            try output.print("the first \(coverage.covered) events match the head")
        }
        if found.isSound && found.coverage == nil {
            try output.print(
                "to prove that, compare it with a head that was kept elsewhere (--head)")
        }
        if !found.isSound { try output.print(count) }
    }

    private var heading: [(String, String)] {
        var lines = [("Store", path)]
        // Nothing is known of a store that cannot be opened.
        if !found.head.origin.isEmpty {
            lines += [
                ("Origin", found.head.origin),
                ("Size", "\(found.head.size) events in \(found.commits) commits"),
                ("Root", found.head.rootText),
            ]
        }
        if let head, let coverage = found.coverage {
            lines.append(("Head", "\(coverage.size) events, from \(head)"))
        }
        lines.append(("Verified", LocalTime.text(seconds: Int64(Date().timeIntervalSince1970))))
        return lines
    }

    private func print(_ fault: Verification.Fault) throws(MomentlogError) {
        let style = fault.severity == .error ? Terminal.Style.red : .yellow
        try StandardOutput.shared.print(
            Terminal.styled(fault.severity.rawValue, style) + "  "
                + Terminal.styled(fault.kind.rawValue, .bold) + "  "
                + Terminal.harmless(fault.place.description))
        try FindingsOutput.paragraph(fault.message)
        try FindingsOutput.printRemedies(fault.remedies)
    }

    /// The number of faults of each severity, in words, and the first event at fault.
    private var count: String {
        let warnings = found.faults.count { $0.severity == .warning }
        // Those that are not printed are errors.
        let errors = found.faultCount - warnings
        let first = found.faults.first?.sequence.map { ", the first at event \($0)" } ?? ""
        return "\(errors) error\(errors == 1 ? "" : "s"),"
            + " \(warnings) warning\(warnings == 1 ? "" : "s")" + first
    }
}
