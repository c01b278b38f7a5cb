import ArgumentParser
import Foundation
import Momentlog
import Moments

/// Texts that a completing shell passes to the command, and back.
enum CompletionText {
    /// Returns names in the form that the asking shell's script inserts unchanged.
    ///
    /// bash expands each candidate as if it had been typed, commands in it included, and quotes
    /// what it then inserts. zsh treats text after a colon as a description. Names that no shell
    /// inserts unchanged are not offered.
    static func candidates(_ names: [String]) -> [String] {
        let shell = CompletionShell.requesting
        return names.filter { canBeOffered($0, to: shell) }.map { name in
            switch shell {
            case .bash?: ShellWord.quoted(name)
            case .zsh?: described(name)
            default: name
            }
        }
    }

    /// Returns whether a name can be inserted into a command line unchanged.
    ///
    /// A name that begins with a hyphen would be an option; a tilde at the beginning is a home
    /// folder to bash and fish, an exclamation mark history to bash and zsh, and they insert them
    /// unquoted. In bash, readline treats candidates as names of files, expands parameters and
    /// commands in what it has inserted to see whether it is a folder, and does not quote them.
    private static func canBeOffered(_ name: String, to shell: CompletionShell?) -> Bool {
        guard let first = name.utf8.first, !"-~".utf8.contains(first), !name.utf8.contains(0x21),
            !name.unicodeScalars.contains(where: HarmlessText.isHarmful)
        else { return false }
        return shell != .bash || !name.utf8.contains { #"$`\"#.utf8.contains($0) }
    }

    private static func described(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            if scalar == ":" || scalar == #"\"# { text += #"\"# }
            text.unicodeScalars.append(scalar)
        }
        return text
    }

    /// Returns the meaning of a word of the command line, which bash and zsh pass with its quotes.
    ///
    /// Parameters and commands in it are not expanded. Quotes may still be open: it may be the word
    /// that is being typed.
    static func meant(_ word: String) -> String {
        guard [.bash, .zsh].contains(CompletionShell.requesting) else { return word }
        var meant = String.UnicodeScalarView()
        var quote: Unicode.Scalar?
        var rest = word.unicodeScalars[...]
        if word == "~" || word.utf8.starts(with: "~/".utf8) {
            rest.removeFirst()
            let home = ProcessInfo.processInfo.environment["HOME"] ?? NSHomeDirectory()
            meant.append(contentsOf: home.unicodeScalars)
        }
        while let scalar = rest.popFirst() {
            switch (scalar, quote) {
            case ("'", nil), ("\"", nil): quote = scalar
            case ("'", "'"?), ("\"", "\""?): quote = nil
            case (#"\"#, nil): if let next = rest.popFirst() { meant.append(next) }
            case (#"\"#, "\""?)
            where rest.first.map { #"$`"\"#.unicodeScalars.contains($0) } == true:
                if let next = rest.popFirst() { meant.append(next) }
            default: meant.append(scalar)
            }
        }
        return String(meant)
    }
}
