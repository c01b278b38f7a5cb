import ArgumentParser
import EventLog
import Momentlog
import Moments

struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show all that is recorded of one event.",
        discussion: Examples.after(
            "With --format json and jsonl it is the event's canonical line.", of: "show"))

    @Argument(help: "The event's number, as 'momentlog log' shows it.") var sequence: Int
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let line = try await store.line(sequence)
            var output = EventOutput(format: format.format, isVerbose: true)
            guard format.format == .json else { return try output.print(line) }
            try StandardOutput.shared.print(HarmlessText.json(line.text))
        }
    }
}
