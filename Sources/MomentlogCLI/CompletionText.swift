import ArgumentParser
import Foundation
import Momentlog
import Moments

/// Texts as they go from a shell that completes to us, and back.
enum CompletionText {
    /// Names in the form in which the asking shell's script takes them for what they are.
    ///
    /// bash expands each candidate as if it had been typed, commands in it included, and
    /// quotes what it then inserts by itself. zsh takes what is behind a colon for a
    /// description. What no shell inserts as it is meant is not offered.
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

    /// Whether a name can be inserted into a command line as it is.
    ///
    /// A name that begins with a hyphen would be an option; a tilde at the beginning is a home
    /// folder to bash and fish, an exclamation mark history to bash and zsh, and they insert them
    /// unquoted. In bash, readline takes candidates for names of files, expands parameters and
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

    /// What a word of the command line means, which bash and zsh hand over with its quotes.
    ///
    /// Parameters and commands in it are not expanded. Quotes may still be open: it may be
    /// the word that is being typed.
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
