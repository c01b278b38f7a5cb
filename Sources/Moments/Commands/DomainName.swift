/// The rule that names of domains follow.
///
/// Source: `name` in <https://libvirt.org/formatdomain.html#general-metadata>; that a
/// slash is refused was observed in libvirt 9.0. Control characters are ours: no log
/// and no terminal shows such a name as it is. So are `.` and `..`, which name no folder of a
/// domain's own.
public enum DomainName {
    /// What is wrong with a name, as the end of a sentence that begins with it; nil if
    /// it may be a domain's.
    ///
    /// - Complexity: O(*n*) in the name.
    public static func fault(in name: some StringProtocol) -> String? {
        if name.allSatisfy(\.isWhitespace) { return "is empty" }
        if name == "." || name == ".." { return "is a folder's own name or its parent's" }
        // As a byte: a slash with a combining mark is another character, but is a slash
        // to a file system and to libvirt.
        if name.utf8.contains(UInt8(ascii: "/")) { return "cannot contain '/'" }
        let isControl = { (scalar: Unicode.Scalar) in
            scalar.properties.generalCategory == .control
        }
        if let scalar = name.unicodeScalars.first(where: isControl) {
            return "cannot contain the control character \(scalar.escaped(asASCII: true))"
        }
        return nil
    }

    /// Whether two names are one: to libvirt as in the log, byte for byte. Texts that are
    /// equal to Swift may differ in that.
    public static func isSame(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
        left.utf8.elementsEqual(right.utf8)
    }
}
