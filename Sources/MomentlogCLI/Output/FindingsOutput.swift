import EventLog
import Momentlog
import Moments

/// Prints findings for people and for programs.
enum FindingsOutput {
    /// A paragraph for each: severity, identifier, domain, what it is, what fixes it.
    static func print(_ findings: [Finding]) throws(MomentlogError) {
        for finding in findings {
            let style = finding.severity == .error ? Terminal.Style.red : .yellow
            let place = finding.domain.map { "  " + Terminal.harmless($0) } ?? ""
            try StandardOutput.shared.print(
                Terminal.styled(finding.severity.rawValue, style) + "  "
                    + Terminal.styled(finding.kind.rawValue, .bold) + place)
            try paragraph(finding.message)
            try printRemedies(finding.remedies)
        }
    }

    /// The remedies that are not destructive, alternatives after each other.
    static func printRemedies(_ remedies: [Remedy]) throws(MomentlogError) {
        for (offset, remedy) in remedies.filter({ !$0.isDestructive }).enumerated() {
            let start = remedy.order > 1 ? "then:   " : offset == 0 ? "remedy: " : "or:     "
            // A command that is broken into lines could not be pasted.
            let line = RemedyCommand(remedy).commentedLine
            try StandardOutput.shared.print(
                "  " + start
                    + (Terminal.harmless(line) == line
                        ? line : "a name has characters that no terminal shows: see --format json"))
        }
    }

    /// Lines of the terminal's width, the first a little to the left of the others.
    static func paragraph(_ text: String) throws(MomentlogError) {
        let lines = Terminal.wrapped(
            Terminal.harmless(LocalTime.localized(text)), columns: Terminal.columns - 4)
        for (offset, line) in lines.enumerated() {
            try StandardOutput.shared.print((offset == 0 ? "  " : "    ") + line)
        }
    }

    /// How many of each severity, in words.
    static func count(_ findings: [Finding]) -> String {
        let errors = findings.count { $0.severity == .error }
        let warnings = findings.count - errors
        return "\(errors) error\(errors == 1 ? "" : "s"),"
            + " \(warnings) warning\(warnings == 1 ? "" : "s")"
    }

    /// A last line: how many domains were checked, against what, and what was found in all.
    static func printCount(_ findings: [Finding], domains: Int) throws(MomentlogError) {
        try StandardOutput.shared.print(
            "\(domains) domain\(domains == 1 ? "" : "s") checked: "
                + (findings.isEmpty ? "nothing found" : count(findings)) + " in the record")
    }

    static func write(_ finding: Finding, to json: inout JSONText) {
        json.raw(JSONItem.finding(finding, rendering: RemedyCommand.rendered).text)
    }
}
