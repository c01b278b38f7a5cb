import Momentlog

/// The options of every command, as far as they have to be known before the command line is parsed,
/// or although it cannot be parsed.
struct GlobalArguments {
    /// How standard output and standard error are written.
    private(set) var format = OutputFormat.table
    /// Whether to print only what was asked for, warnings and errors.
    private(set) var isQuiet = false
    /// When to use colours.
    private(set) var color = ColorMode.auto
    /// The store's file; nil if none is named.
    private(set) var store: String?
    /// Whether libvirt's read-only socket is used.
    private(set) var connectsReadOnly = false
    /// The libvirt that the command asks; nil if none is named.
    private(set) var libvirt: String?

    /// Whether standard error is JSON Lines.
    var isJSON: Bool { format == .json || format == .jsonl }

    /// The arguments of the process.
    static let current = GlobalArguments(Array(CommandLine.arguments.dropFirst()))

    /// The options with a value, and those without one.
    private static let valued: Set<String> = ["--store", "--busy-timeout", "--format", "--color"]
    private static let flags: Set<String> = ["--read-only", "--quiet", "-q"]

    init(_ arguments: [String]) {
        let words = Array(arguments.prefix { $0 != "--" })
        for (index, word) in words.enumerated() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let next = index + 1 < words.count ? words[index + 1] : ""
            let value = parts.count == 2 ? String(parts[1]) : next.hasPrefix("-") ? "" : next
            switch String(parts[0]) {
            case "--format": format = OutputFormat(rawValue: value) ?? format
            case "--color": color = ColorMode(rawValue: value) ?? color
            case "--store": store = value.isEmpty ? nil : value
            case "--connect-read-only": connectsReadOnly = true
            case "--uri": libvirt = value.isEmpty ? nil : value
            case "--quiet", "-q": isQuiet = true
            default: break
            }
        }
    }

    /// Returns the arguments with the options before the command moved after it, where the parser
    /// reads them.
    static func moved(_ arguments: [String]) -> [String] {
        guard let index = commandIndex(arguments), index > 0 else { return arguments }
        return [arguments[index]] + arguments[..<index] + arguments[(index + 1)...]
    }

    /// Returns the index of the command: the first word that is neither an option of every command
    /// nor the value of one; nil if there is none, or another option comes first.
    static func commandIndex(_ arguments: [String]) -> Int? {
        var index = 0
        while index < arguments.count {
            let word = arguments[index]
            if valued.contains(word) {
                index += 2
            } else if flags.contains(word) || valued.contains(where: { word.hasPrefix($0 + "=") }) {
                index += 1
            } else {
                return word.hasPrefix("-") ? nil : index
            }
        }
        return nil
    }
}

/// When to use colours.
enum ColorMode: String, CaseIterable {
    /// On a terminal, unless the environment says otherwise.
    case auto
    /// Even if standard output is a pipe or a file.
    case always
    /// Never.
    case never
}
