import ArgumentParser
import EventLog
import Momentlog

struct VerifyLog: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-log",
        abstract: "Compare an exported log with a head.",
        discussion: Examples.after(
            """
            The export is what 'momentlog log --format jsonl' printed without conditions; no store \
            is needed. The head covers the events up to its size: if any of them was altered, it \
            does not match. Later events are only checked to be events that follow each other.

            Exit status: 0 if the head matches; 4 if it does not, or a line is not the event that \
            belongs there.
            """, of: "verify-log"))

    @Argument(help: "The export, or '-' for standard input.", completion: .file())
    var file: String
    @Option(
        help: ArgumentHelp(
            "The head that was kept; '-' for standard input.", valueName: "file"),
        completion: .file())
    var head: String
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func validate() throws {
        if file == "-" && head == "-" {
            throw ValidationError("the export and the head cannot both be standard input")
        }
    }

    func run() throws {
        let kept = try KeptHead.read(head)
        let progress = Progress("verify-log", "events", format)
        defer { progress.end() }
        let found = try ExportedLog.verify(
            contentsOf: file == "-" ? nil : file, against: kept
        ) { progress.show($0) }
        progress.end()
        if format.format == .table {
            try printText(found)
        } else {
            try format.format.print(item: .verification(found, hint: hint(found.reason)))
        }
        try StandardOutput.shared.flush()
        guard found.fault == nil else { throw Finished(status: .damaged) }
    }

    private func printText(_ found: ExportedLog.Verification) throws(MomentlogError) {
        let output = StandardOutput.shared
        guard let fault = found.fault else {
            return try output.print(VerificationClaim.text(of: found.coverage, isSound: true))
        }
        try output.print("\(Terminal.styled("error", .red))  \(Terminal.harmless(fault))")
        if let hint = hint(found.reason) { try output.print("  hint: \(hint)") }
    }

    /// Returns what to do about an export that may be the wrong one.
    private func hint(_ reason: ExportedLog.Reason?) -> String? {
        switch reason {
        case .notAnEvent, .misplacedEvent, .tooShort, .lineEnds:
            "export with 'momentlog log --format jsonl' without conditions"
        case .otherEvents, nil: nil
        }
    }
}
