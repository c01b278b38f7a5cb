import Moments

/// An XML writer.
struct XMLText {
    private(set) var bytes: [UInt8] = []

    mutating func reserveCapacity(_ count: Int) { bytes.reserveCapacity(count) }

    /// Appends text that is XML already.
    mutating func append(_ text: StaticString) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(bytes more: [UInt8]) { bytes.append(contentsOf: more) }

    /// Appends an element with text, indented by two spaces, and a line feed.
    mutating func append(element name: StaticString, _ text: String) {
        append("  <")
        append(name)
        append(">")
        append(escaped: text)
        append("</")
        append(name)
        append(">\n")
    }

    /// Appends a `<disks>` with these disks and a line feed; nothing if there are none.
    mutating func append(disks: [Disk]) {
        guard !disks.isEmpty else { return }
        append("  <disks>\n")
        for disk in disks {
            append("    <disk name='")
            append(attribute: disk.name)
            append("' checkpoint='")
            append(disk.mode == .no ? "no" : "bitmap")
            if let bitmap = disk.bitmap {
                append("' bitmap='")
                append(attribute: bitmap)
            }
            append("'/>\n")
        }
        append("  </disks>\n")
    }

    /// Appends the value of an attribute.
    ///
    /// libvirt leaves tabs and line feeds as they are, which any parser reads back as spaces
    /// (<https://www.w3.org/TR/xml/#AVNormalize>).
    mutating func append(attribute value: String) { append(escaped: value, inAttribute: true) }

    /// Appends text with the escapes that libvirt uses, in text and attributes alike. As there,
    /// characters that XML does not allow are omitted.
    mutating func append(escaped text: String, inAttribute: Bool = false) {
        var text = text
        text.withUTF8 { utf8 in
            // Most texts need no escapes, and are appended at once.
            var plain = 0
            for (index, byte) in utf8.enumerated() {
                guard Self.needsEscape[Int(byte)], byte >= 0x20 || Self.isEscaped(byte, inAttribute)
                else { continue }
                bytes.append(contentsOf: utf8[plain..<index])
                plain = index + 1
                if let escape = Self.escape(of: byte) { append(escape) }
            }
            bytes.append(contentsOf: utf8[plain...])
        }
    }

    /// Returns whether a control character has to be escaped.
    private static func isEscaped(_ byte: UInt8, _ inAttribute: Bool) -> Bool {
        byte != 0x09 && byte != 0x0A || inAttribute
    }

    /// Returns the escape of a byte; nil for one that XML does not allow.
    private static func escape(of byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&apos;"
        case 0x09: "&#9;"
        case 0x0A: "&#10;"
        case 0x0D: "&#13;"
        default: nil
        }
    }

    /// The bytes that may need an escape.
    private static let needsEscape: [Bool] = (0..<256).map { byte in
        byte < 0x20 || "<>&\"'".utf8.contains(UInt8(byte))
    }
}
