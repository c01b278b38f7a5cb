import ArgumentParser
import EventLog
import Momentlog
import Moments

/// The format of a command's output.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    /// For people.
    case table
    /// One JSON value.
    case json
    /// A JSON value a line.
    case jsonl
    /// Metrics for Prometheus; of `status` alone.
    case prometheus

    /// The values of every command.
    static var allValueStrings: [String] { ["table", "json", "jsonl"] }
}

/// The options of every command about its output.
struct FormatOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How to print: table (for people), json, or jsonl (one JSON value per line). With json"
                + " and jsonl, standard error is lines of JSON, too.", valueName: "format"))
    var format = OutputFormat.table

    @OptionGroup var look: LookOptions

    var quiet: Bool { look.quiet }

    /// Prints that something was done, for people; nothing with `--quiet`.
    func say(_ sentence: String) throws(MomentlogError) {
        guard !quiet else { return }
        try StandardOutput.shared.print(Terminal.harmless(sentence))
    }
}

/// The options of every command about the amount and colours of its output.
struct LookOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Print only what was asked for, warnings and errors.")
    var quiet = false

    @Option(
        help: ArgumentHelp("When to use colours: auto, always or never.", valueName: "when"))
    var color = ColorMode.auto
}

extension ColorMode: ExpressibleByArgument {}

extension OutputFormat {
    /// Prints items as one JSON array, an item a line, or as a JSON value a line.
    func print(items: some Sequence<JSONItem>) throws(MomentlogError) {
        let output = StandardOutput.shared
        if self == .json { try output.write("[".utf8) }
        var isFirst = true
        for item in items {
            if self == .json { try output.write((isFirst ? "\n  " : ",\n  ").utf8) }
            try output.write(item.text.utf8)
            if self == .jsonl { try output.write("\n".utf8) }
            isFirst = false
        }
        if self == .json { try output.write((isFirst ? "]\n" : "\n]\n").utf8) }
    }

    /// Prints an item on a line.
    func print(item: JSONItem) throws(MomentlogError) {
        try StandardOutput.shared.print(item.text)
    }

    /// Prints values as one JSON array, an element a line, or as a JSON value a line.
    func printJSON<Values: Sequence>(
        _ values: Values, _ write: (Values.Element, inout JSONText) -> Void
    ) throws(MomentlogError) {
        var items: [JSONItem] = []
        for value in values {
            var json = JSONText()
            write(value, &json)
            items.append(JSONItem(json: json.text))
        }
        try print(items: items)
    }

    /// Prints one JSON object on a line.
    func printJSON(_ write: (inout JSONText) -> Void) throws(MomentlogError) {
        var json = JSONText()
        json.object(write)
        try print(item: JSONItem(json: json.text))
    }
}
