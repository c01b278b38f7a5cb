import EventLog
import Momentlog
import Moments

/// Prints findings for people and for programs.
enum FindingsOutput {
    /// Prints a paragraph for each: severity, identifier, domain, message, remedies.
    static func print(_ findings: [Finding]) throws(MomentlogError) {
        for finding in findings {
            let style = finding.severity == .error ? Terminal.Style.red : .yellow
            let place = finding.domain.map { "  " + Terminal.harmless($0.text) } ?? ""
            try StandardOutput.shared.print(
                Terminal.styled(finding.severity.rawValue, style) + "  "
                    + Terminal.styled(finding.kind.rawValue, .bold) + place)
            try paragraph(finding.message)
            try printRemedies(finding.remedies)
        }
    }

    /// Prints the remedies that are not destructive, alternatives after each other.
    static func printRemedies(_ remedies: [Remedy]) throws(MomentlogError) {
        for (offset, remedy) in remedies.filter({ !$0.isDestructive }).enumerated() {
            let start = remedy.order > 1 ? "then:   " : offset == 0 ? "remedy: " : "or:     "
            // A wrapped command could not be pasted.
            let line = RemedyCommand(remedy).commentedLine
            try StandardOutput.shared.print(
                "  " + start
                    + (Terminal.harmless(line) == line
                        ? line : "a name has characters that no terminal shows: see --format json"))
        }
    }

    /// Prints lines of the terminal's width, the first with less indentation.
    static func paragraph(_ text: String) throws(MomentlogError) {
        let lines = Terminal.wrapped(
            Terminal.harmless(LocalTime.localized(text)), columns: Terminal.columns - 4)
        for (offset, line) in lines.enumerated() {
            try StandardOutput.shared.print((offset == 0 ? "  " : "    ") + line)
        }
    }

    /// Returns the number of findings of each severity, in words.
    static func count(_ findings: [Finding]) -> String {
        let errors = findings.count { $0.severity == .error }
        let warnings = findings.count - errors
        return "\(errors) error\(errors == 1 ? "" : "s"),"
            + " \(warnings) warning\(warnings == 1 ? "" : "s")"
    }

    /// Prints a last line: the number of checked domains, and of all findings.
    static func printCount(_ findings: [Finding], domains: Int) throws(MomentlogError) {
        try StandardOutput.shared.print(
            "\(domains) domain\(domains == 1 ? "" : "s") checked: "
                + (findings.isEmpty ? "nothing found" : count(findings)) + " in the record")
    }

    static func write(_ finding: Finding, to json: inout JSONText) {
        json.raw(JSONItem.finding(finding, rendering: RemedyCommand.rendered).text)
    }
}
