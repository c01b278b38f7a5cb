/// The rule for names of domains.
///
/// Source: `name` in <https://libvirt.org/formatdomain.html#general-metadata>; that a slash is
/// refused was observed in libvirt 9.0. Control characters are refused by momentlog alone: no log
/// and no terminal shows such a name as it is. So are `.` and `..`, which cannot be names of a
/// domain's folder.
public enum DomainName {
    /// Returns what is wrong with a name, as the end of a sentence that begins with it; nil if it
    /// is valid.
    ///
    /// - Complexity: O(*n*) in the name.
    public static func fault(in name: some StringProtocol) -> String? {
        if name.allSatisfy(\.isWhitespace) { return "is empty" }
        if name == "." || name == ".." { return "is a folder's own name or its parent's" }
        // As a byte: a slash with a combining mark is another character, but is a slash to a file
        // system and to libvirt.
        if name.utf8.contains(UInt8(ascii: "/")) { return "cannot contain '/'" }
        let isControl = { (scalar: Unicode.Scalar) in
            scalar.properties.generalCategory == .control
        }
        if let scalar = name.unicodeScalars.first(where: isControl) {
            return "cannot contain the control character \(scalar.escaped(asASCII: true))"
        }
        return nil
    }

    /// Returns whether two names are the same to libvirt and the log: byte for byte. Texts that
    /// Swift treats as equal may differ in that.
    public static func isSame(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
        left.utf8.elementsEqual(right.utf8)
    }
}
