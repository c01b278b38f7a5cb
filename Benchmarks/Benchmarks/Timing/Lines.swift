import Foundation

/// Lines of columns, printed at once, since the next may take a minute.
public enum Lines {
    /// Prints a line.
    public static func tell(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    /// Prints columns of a width each, the first to the left.
    public static func tell(_ first: String, _ others: [String], width: Int = 12) {
        let lead = first.padding(toLength: max(36, first.count), withPad: " ", startingAt: 0)
        tell(lead + others.map { pad($0, width) }.joined())
    }

    /// A figure with three digits that count.
    public static func figure(_ value: Double) -> String {
        String(format: value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value)
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}
