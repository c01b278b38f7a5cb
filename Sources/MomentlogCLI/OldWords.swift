import Momentlog

/// Words of earlier versions of the command, which are refused by naming the new ones.
enum OldWords {
    /// A word of a command, or of any, and what it is called now.
    private struct Entry {
        let command: String?
        let word: String
        let now: String
    }

    private static let entries = [
        Entry(command: "check", word: "--mend", now: "--repair"),
        Entry(command: "check", word: "--plan", now: "--dry-run"),
        Entry(
            command: nil, word: "--accept-loss", now: "'momentlog accept-loss --reason TEXT'"),
    ]

    /// Refuses a command line that has an old word.
    ///
    /// - Throws: ``MomentlogError`` with `usage`.
    static func check(_ arguments: [String]) throws(MomentlogError) {
        let options = arguments.prefix { $0 != "--" }.map { argument in
            // With or without a value behind an equals sign.
            argument.firstIndex(of: "=").map { String(argument[..<$0]) } ?? argument
        }
        guard options.contains(where: { word in entries.contains { $0.word == word } }) else {
            return
        }
        let command = arguments.first { MomentlogCommand.subcommandNames.contains($0) }
        for entry in entries where entry.command == nil || entry.command == command {
            guard options.contains(entry.word) else { continue }
            throw MomentlogError(
                .usage, "\(entry.word) is now called \(entry.now)",
                hint: "use \(entry.now) in place of \(entry.word)")
        }
    }
}
