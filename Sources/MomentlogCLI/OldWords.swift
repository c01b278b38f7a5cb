import Momentlog
import Moments

/// Words of earlier versions of the command, which are refused by naming the new ones.
enum OldWords {
    /// A former word of a command, or of any, with its present name.
    private struct Entry {
        let command: String?
        let word: String
        let now: String
        /// Whether it is an old word only without a value.
        var isAlone = false
        /// Whether a command has replaced it.
        var isCommand = false
    }

    private static let entries = [
        Entry(
            command: "schema", word: "--import-report", now: "momentlog schema import",
            isCommand: true),
        Entry(command: "check", word: "--mend", now: "--repair"),
        Entry(command: "check", word: "--plan", now: "--dry-run"),
        Entry(
            command: nil, word: "--accept-loss", now: "'momentlog accept-loss --reason TEXT'"),
        Entry(command: "log", word: "--limit", now: "-n"),
        Entry(command: "check", word: "--whole-store", now: "momentlog verify", isCommand: true),
        Entry(
            command: "check", word: "--store", now: "momentlog verify", isAlone: true,
            isCommand: true),
    ]

    /// Refuses a command line with an old word.
    ///
    /// - Throws: ``MomentlogError`` with `usage`.
    static func check(_ arguments: [String]) throws(MomentlogError) {
        let words = arguments.prefix { $0 != "--" }
        let options = words.map { argument in
            // With or without a value after an equals sign.
            argument.firstIndex(of: "=").map { String(argument[..<$0]) } ?? argument
        }
        guard options.contains(where: { word in entries.contains { $0.word == word } }) else {
            return
        }
        let command = arguments.first { MomentlogCommand.subcommandNames.contains($0) }
        for entry in entries where entry.command == nil || entry.command == command {
            guard entry.isAlone ? isAlone(entry.word, in: words) : options.contains(entry.word)
            else { continue }
            if entry.isCommand {
                let value = entry.isAlone ? " without a file" : ""
                throw MomentlogError(
                    .usage, "'\(entry.command ?? "") \(entry.word)'\(value) is now '\(entry.now)'",
                    hint: "use '\(entry.now)'; --store FILE names the store wherever it stands")
            }
            throw MomentlogError(
                .usage, "\(entry.word) is now called \(entry.now)",
                hint: "use \(entry.now) in place of \(entry.word)")
        }
    }

    /// Returns whether an option has no value.
    private static func isAlone(_ option: String, in words: ArraySlice<String>) -> Bool {
        zip(words, Array(words.dropFirst()) + ["-"]).contains { word, next in
            word == option && next.hasPrefix("-")
        }
    }
}
