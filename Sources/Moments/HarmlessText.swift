/// Text that is safe on a terminal and cannot be mistaken for another text.
///
/// Harmful are control characters, C0 and C1, which a terminal obeys; those that break lines or
/// change the direction of writing; and the byte order mark, which is invisible.
package enum HarmlessText {
    /// Returns whether a character must not be printed on a terminal as it is.
    package static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069,
            0xFEFF:
            true
        default: false
        }
    }

    /// Returns whether all bytes are ASCII from a lowest one on, DEL excluded: most texts are.
    private static func isPlain(_ text: String, from lowest: UInt8) -> Bool {
        let isPlain = { (byte: UInt8) in byte >= lowest && byte < 0x7F }
        return text.utf8.withContiguousStorageIfAvailable { $0.allSatisfy(isPlain) }
            ?? text.utf8.allSatisfy(isPlain)
    }

    /// Returns the text with its harmful characters escaped, such as `\u{202E}`.
    package static func spelledOut(_ text: String) -> String {
        guard !isPlain(text, from: 0x20), text.unicodeScalars.contains(where: isHarmful) else {
            return text
        }
        var harmless = ""
        for scalar in text.unicodeScalars {
            if isHarmful(scalar) {
                harmless += scalar.escaped(asASCII: true)
            } else {
                harmless.unicodeScalars.append(scalar)
            }
        }
        return harmless
    }

    /// Returns the JSON with its harmful characters escaped: everything but ASCII is within
    /// strings, where RFC 8259 allows escapes.
    package static func json(_ json: String) -> String {
        let isHarmful = { (scalar: Unicode.Scalar) in
            scalar.value >= 0x7F && Self.isHarmful(scalar)
        }
        guard !isPlain(json, from: 0), json.unicodeScalars.contains(where: isHarmful) else {
            return json
        }
        var harmless = ""
        for scalar in json.unicodeScalars {
            guard isHarmful(scalar) else {
                harmless.unicodeScalars.append(scalar)
                continue
            }
            let digits = String(scalar.value, radix: 16)
            harmless += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return harmless
    }
}
