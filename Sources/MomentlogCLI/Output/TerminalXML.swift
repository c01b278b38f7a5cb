import Momentlog
import Moments

/// An XML document in a form that is safe on a terminal.
///
/// Harmful characters become character references, so that it stays the same document. In comments,
/// processing instructions and markup there are no references, and they are escaped.
struct TerminalXML {
    /// The context of the document's text at a position.
    private enum Context {
        case text, tag
        case value(quote: Unicode.Scalar)
        case section, comment, instruction
    }

    private var context = Context.text
    private var shown = String.UnicodeScalarView()

    /// Returns the document in that form.
    static func text(_ document: String) -> String {
        var shown = TerminalXML()
        var rest = document.unicodeScalars[...]
        while let scalar = rest.first {
            shown.enter(rest)
            rest.removeFirst()
            // A parser reads both line ends as a line feed.
            if scalar == "\r" {
                if rest.first != "\n" { shown.shown.append("\n") }
            } else if scalar != "\n" && scalar != "\t" && HarmlessText.isHarmful(scalar) {
                shown.spell(scalar)
            } else {
                shown.shown.append(scalar)
            }
        }
        return String(shown.shown)
    }

    /// Changes the context if one begins or ends with the next character.
    private mutating func enter(_ rest: Substring.UnicodeScalarView) {
        guard let next = rest.first else { return }
        switch context {
        case .text:
            guard next == "<" else { return }
            context =
                rest.starts(with: "<!--".unicodeScalars)
                ? .comment
                : rest.starts(with: "<![CDATA[".unicodeScalars)
                    ? .section : rest.starts(with: "<?".unicodeScalars) ? .instruction : .tag
        case .tag:
            if next == ">" { context = .text }
            if next == "\"" || next == "'" { context = .value(quote: next) }
        case .value(let quote): if next == quote { context = .tag }
        case .section: if next == ">" && ends(with: "]]") { context = .text }
        case .comment: if next == ">" && ends(with: "--") { context = .text }
        case .instruction: if next == ">" && ends(with: "?") { context = .text }
        }
    }

    private func ends(with text: String) -> Bool {
        shown.suffix(text.unicodeScalars.count).elementsEqual(text.unicodeScalars)
    }

    private mutating func spell(_ scalar: Unicode.Scalar) {
        let reference = "&#x" + String(scalar.value, radix: 16, uppercase: true) + ";"
        switch context {
        case .text, .value: shown.append(contentsOf: reference.unicodeScalars)
        case .section:
            shown.append(contentsOf: "]]>\(reference)<![CDATA[".unicodeScalars)
        case .tag, .comment, .instruction:
            shown.append(contentsOf: scalar.escaped(asASCII: true).unicodeScalars)
        }
    }
}
