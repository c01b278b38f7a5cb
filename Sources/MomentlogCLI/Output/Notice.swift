import Momentlog
import Moments

/// What is said on standard error beside an error: with JSON, a line of JSON each.
enum Notice {
    /// Prints something that should be looked at, though the command goes on.
    static func warning(_ code: String, _ message: String) {
        print("warning", code, message)
    }

    /// Prints something that is good to know; nothing with `--quiet`.
    static func note(_ code: String, _ message: String) {
        guard !GlobalArguments.current.isQuiet else { return }
        print("note", code, message)
    }

    /// Prints an error of a part of a command.
    ///
    /// - Parameter outcome: What is done all the same.
    static func error(_ error: MomentlogError, _ outcome: String? = nil) {
        let parts = [error.withCommand.description, outcome].compactMap(\.self)
        print("error", error.code.rawValue, parts.joined(separator: "; "))
    }

    /// Prints a line of a level, such as `warning`.
    ///
    /// - Parameter code: What it is, for programs.
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
