import ArgumentParser
import Momentlog

struct VerifyLog: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-log",
        abstract: "Compare an exported log with a head.",
        discussion: """
            The export is what 'momentlog log --format jsonl' printed; no store is needed. The \
            exit status is 3 if the two do not agree.
            """)

    @Argument(help: "The export, or '-' for standard input.", completion: .file())
    var file: String
    @Option(
        help: ArgumentHelp("The head that was kept.", valueName: "file"), completion: .file())
    var head: String
    @OptionGroup var format: FormatOptions

    func run() throws {
        let kept = try StoreHead(contentsOf: head)
        let progress = Progress("verify-log")
        let found = try ExportedLog.verify(
            contentsOf: file == "-" ? nil : file, against: kept
        ) { progress.show($0, "events") }
        progress.end()
        if format.format == .table {
            let text =
                found.fault.map { "\(Terminal.styled("error", .red))  \($0)" }
                ?? "\(found.size) events: nothing was altered; \(found.grown ?? 0) came after the"
                + " head"
            try StandardOutput.shared.print(text)
        } else {
            try format.format.printJSON { json in
                json.member("sound", found.fault == nil)
                json.member("size", found.size)
                json.member("grown", found.grown)
                json.member("sequence", found.sequence)
                json.member("message", found.fault)
            }
        }
        try StandardOutput.shared.flush()
        guard found.fault == nil else { throw Finished(status: .incomplete) }
    }
}
