import Momentlog
import Moments

/// Where we do other than libvirt with a document, on purpose.
enum KnownDifference: Hashable, CaseIterable {
    /// libvirt does not print the creation time 0.
    case timeZero
    /// libvirt prints CR, LF and tab so that parsers read something else.
    case references
    /// libvirt takes names for which it cannot write a file.
    case longName
    /// libvirt takes one disk twice if no definition is given.
    case diskTwice
    /// We read the early form's `<current>`.
    case current
    /// libvirt reads a DOCTYPE, and expands the entities in it.
    case doctype
    /// libvirt passes over what is XML but breaks the rules of namespaces: a prefix that
    /// nothing declares, or one declared as nothing. What we print has to be read by others.
    case namespaces
    /// libvirt passes over white space that stands alone between comments, processing
    /// instructions and CDATA in a description. We keep it as text like any other.
    case blanks
    /// libvirt takes blanks around a disk's `no` or `bitmap`, and prints `(null)` for it.
    case mode
    /// libvirt reads whatever encoding its system knows. It ignores what a document in memory
    /// declares, because libxml2 2.9 does so, unless that name is unknown; we read valid UTF-8
    /// whatever it declares. Random documents declare none but UTF-8, or what a mutation
    /// makes of it.
    case encoding

    static func of(
        _ document: String, _ theirs: LibvirtPeer.Answer, _ ours: Result<String, MomentlogError>
    ) -> KnownDifference? {
        switch ours {
        case .success(let text):
            guard theirs.ok else {
                if theirs.message?.contains("Unsupported encoding") == true { return .encoding }
                return document.contains("<current>") ? .current : nil
            }
            let theirs = theirs.xml ?? ""
            let timeless = text.replacing("  <creationTime>0</creationTime>\n", with: "")
            if timeless.utf8.elementsEqual(theirs.utf8) { return .timeZero }
            // As bytes: a combining mark behind a reference makes another character of its end.
            let raw = [("&#13;", "\r"), ("&#10;", "\n"), ("&#9;", "\t")]
                .reduce(Array(timeless.utf8)) {
                    $0.replacing(Array($1.0.utf8), with: Array($1.1.utf8))
                }
            if raw.elementsEqual(theirs.utf8) { return .references }
            return Self.withoutBlanks(String(decoding: raw, as: UTF8.self))
                == Self.withoutBlanks(theirs) ? .blanks : nil
        case .failure(let error):
            if theirs.xml?.contains("checkpoint='(null)'") == true { return .mode }
            if error.code == .duplicateDisk { return .diskTwice }
            if error.message.contains("bytes, and 247 are allowed") { return .longName }
            if error.message.contains("a DOCTYPE is not allowed") { return .doctype }
            if error.message.contains(" is not read; UTF-8") { return .encoding }
            return error.message.lowercased().contains("namespace") ? .namespaces : nil
        }
    }

    private static func withoutBlanks(_ text: String) -> [UInt8] {
        let dense = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value > 32 }))
        return Array(dense.replacing("<description></description>", with: "").utf8)
    }
}
