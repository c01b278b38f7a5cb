import Momentlog
import Moments

/// Messages on standard error other than the final error: with JSON, a line of JSON each.
enum Notice {
    /// Prints a warning; the command continues.
    static func warning(_ code: String, _ message: String) {
        print("warning", code, message)
    }

    /// Prints a note; nothing with `--quiet`.
    static func note(_ code: String, _ message: String) {
        guard !GlobalArguments.current.isQuiet else { return }
        print("note", code, message)
    }

    /// Prints an error of a part of a command.
    ///
    /// - Parameter outcome: What is done nevertheless.
    static func error(_ error: MomentlogError, _ outcome: String? = nil) {
        let parts = [error.withCommand.description, outcome].compactMap(\.self)
        print("error", error.code.rawValue, parts.joined(separator: "; "))
    }

    /// Prints a line of a level, such as `warning`.
    ///
    /// - Parameter code: The identifier, for programs.
    static func print(_ level: String, _ code: String, _ message: String) {
        if GlobalArguments.current.isJSON {
            // Programs know two kinds of lines: warnings, and the error that ends the command.
            let level = level == "debug" || level == "info" ? level : "warning"
            StandardError.write(
                JSONItem.notice(level: level, code: code, message).text + "\n")
        } else {
            StandardError.write("momentlog: \(level): \(Terminal.harmless(message))\n")
        }
    }
}
