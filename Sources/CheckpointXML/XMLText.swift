/// XML text as it grows.
struct XMLText {
    private(set) var bytes: [UInt8] = []

    mutating func reserveCapacity(_ count: Int) { bytes.reserveCapacity(count) }

    /// Appends text that is XML already.
    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func append(bytes more: [UInt8]) { bytes.append(contentsOf: more) }

    /// Appends an element with text in it, two spaces in, and a line feed.
    mutating func append(element name: String, _ text: String) {
        append("  <")
        append(name)
        append(">")
        append(escaped: text)
        append("</")
        append(name)
        append(">\n")
    }

    /// Appends text with the escapes that libvirt uses, in text and attributes
    /// alike.
    mutating func append(escaped text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): append("&lt;")
            case UInt8(ascii: ">"): append("&gt;")
            case UInt8(ascii: "&"): append("&amp;")
            case UInt8(ascii: "\""): append("&quot;")
            case UInt8(ascii: "'"): append("&apos;")
            case 0x0D: append("&#13;")
            default: bytes.append(byte)
            }
        }
    }
}
