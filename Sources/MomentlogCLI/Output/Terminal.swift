import CShims
import Foundation
import Glibc
import Momentlog
import Moments

/// The capabilities of the terminal.
enum Terminal {
    /// Whether standard output goes to a terminal.
    static let isOutput = isatty(1) == 1

    /// Whether colours are used.
    static let hasColors = hasColors(
        GlobalArguments.current.color, ProcessInfo.processInfo.environment, isTerminal: isOutput)

    /// Returns whether colours are used: according to `--color`; without it always with
    /// `CLICOLOR_FORCE`, and else on a terminal, unless `NO_COLOR` is set (<https://no-color.org>)
    /// or the terminal is a dumb one.
    ///
    /// Source: <https://bixense.com/clicolors/>.
    static func hasColors(
        _ mode: ColorMode, _ environment: [String: String], isTerminal: Bool
    ) -> Bool {
        let isSet = { (name: String) in !(environment[name] ?? "").isEmpty }
        switch mode {
        case .always: return true
        case .never: return false
        case .auto:
            if isSet("NO_COLOR") { return false }
            if isSet("CLICOLOR_FORCE"), environment["CLICOLOR_FORCE"] != "0" { return true }
            return isTerminal && environment["TERM"] != "dumb" && environment["CLICOLOR"] != "0"
        }
    }

    /// The number of columns of a table: that of `COLUMNS`, else the terminal's; nil if there is
    /// neither, so that a file or a pipe gets whole rows.
    static let tableColumns: Int? = {
        let given = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 0
        let columns = given > 0 ? given : isOutput ? Int(momentlog_terminal_columns(1)) : 0
        return columns > 0 ? max(40, columns) : nil
    }()

    /// The number of columns to which text is wrapped: 80 if it is not known.
    static let columns = tableColumns ?? 80

    /// The style of a text.
    enum Style: String {
        case plain = ""
        case bold = "1"
        case dim = "2"
        case red = "31"
        case yellow = "33"
        case green = "32"
    }

    /// Returns a text in a style, if colours are used.
    static func styled(_ text: String, _ style: Style) -> String {
        hasColors && style != .plain ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Returns a text that is safe on a terminal: control characters and those that change the
    /// direction of writing are escaped.
    static func harmless(_ text: String) -> String { HarmlessText.spelledOut(text) }

    /// Returns the number of columns of a text.
    static func width(_ text: String) -> Int {
        isASCII(text) ? text.utf8.count : text.reduce(0) { $0 + width($1) }
    }

    private static func isASCII(_ text: String) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { $0.allSatisfy { $0 < 0x80 } }
            ?? text.utf8.allSatisfy { $0 < 0x80 }
    }

    private static func width(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        switch first.value {
        // East Asian wide and most emoji (Unicode Standard Annex 11).
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// Breaks a text at spaces into lines of a maximum width.
    static func wrapped(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !line.isEmpty && width(line) + 1 + width(String(word)) > columns {
                lines.append(line)
                line = String(word)
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        lines.append(line)
        return lines
    }
}
