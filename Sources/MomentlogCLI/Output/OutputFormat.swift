import ArgumentParser
import Momentlog

/// For whom a command prints.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    /// For people.
    case table
    /// One JSON value.
    case json
    /// A JSON value a line.
    case jsonl
}

/// The option of every command that reads.
struct FormatOptions: ParsableArguments {
    @Option(help: "How to print: table (for people), json, or jsonl (a JSON value a line).")
    var format = OutputFormat.table
}

extension OutputFormat {
    /// Prints values as one JSON array, an element a line, or as a JSON value a line.
    func printJSON<Values: Sequence>(
        _ values: Values, _ write: (Values.Element, inout JSONText) -> Void
    ) throws(MomentlogError) {
        let output = StandardOutput.shared
        if self == .json { try output.write("[".utf8) }
        var isFirst = true
        for value in values {
            var json = JSONText()
            write(value, &json)
            if self == .json { try output.write((isFirst ? "\n  " : ",\n  ").utf8) }
            try output.write(HarmlessText.json(json.text).utf8)
            if self == .jsonl { try output.write("\n".utf8) }
            isFirst = false
        }
        if self == .json { try output.write((isFirst ? "]\n" : "\n]\n").utf8) }
    }

    /// Prints one JSON object on a line.
    func printJSON(_ write: (inout JSONText) -> Void) throws(MomentlogError) {
        var json = JSONText()
        json.object(write)
        try StandardOutput.shared.print(HarmlessText.json(json.text))
    }
}
