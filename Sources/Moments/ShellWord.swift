/// Quoting of a text as one word of a POSIX shell command.
///
/// Source: POSIX.1-2017, Shell Command Language, 2.2.2 Single-Quotes.
package enum ShellWord {
    /// Returns the text as it is if no shell would change it, else in single quotes.
    package static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "_-./:@%+=,".utf8.contains(byte)
        }
        if isPlain && !text.isEmpty { return text }
        // Scalars, not characters: a combining mark hides a quote in one character with it.
        var quoted = "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" {
                quoted += #"'\''"#
            } else {
                quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "'"
    }
}
