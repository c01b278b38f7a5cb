/// The root element of a document, from its first bytes.
enum XMLRoot {
    /// Whether a document's root element has another name. False if that cannot be determined:
    /// the document is cut off, is not in UTF-8, or is not XML.
    ///
    /// - Complexity: O(*n*) in the bytes.
    static func isOther(than name: String, _ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        while true {
            rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
            if rest.starts(with: "<?".utf8) {
                guard skip(through: Array("?>".utf8), in: &rest) else { return false }
            } else if rest.starts(with: "<!--".utf8) {
                guard skip(through: Array("-->".utf8), in: &rest) else { return false }
            } else if rest.starts(with: "<!".utf8) {
                guard skip(through: Array(">".utf8), in: &rest) else { return false }
            } else {
                break
            }
        }
        guard rest.first == UInt8(ascii: "<") else { return false }
        let end: [UInt8] = [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "/"), UInt8(ascii: ">")]
        guard let stop = rest.dropFirst().firstIndex(where: end.contains) else { return false }
        let root = rest[(rest.startIndex + 1)..<stop]
        return !root.isEmpty && !root.contains(0) && !root.elementsEqual(name.utf8)
    }

    private static func skip(through mark: [UInt8], in rest: inout ArraySlice<UInt8>) -> Bool {
        guard let start = rest.indices.first(where: { rest[$0...].starts(with: mark) }) else {
            return false
        }
        rest = rest[(start + mark.count)...]
        return true
    }
}
