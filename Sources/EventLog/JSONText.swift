package import Moments

/// A JSON writer: keys in the order in which they are written, no insignificant space, and only the
/// escapes that RFC 8259 requires.
///
/// Foundation's encoder orders keys only alphabetically, and its escapes may change, while a log
/// whose bytes are hashed needs them to stay the same.
///
/// Source: RFC 8259, 7 (<https://www.rfc-editor.org/rfc/rfc8259#section-7>); the
/// escapes are those of RFC 8785, 3.2.2.2.
package struct JSONText: Sendable {
    /// The UTF-8 bytes so far.
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init() {}

    /// Creates an empty text with a capacity.
    package init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// The text so far.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Writes an object whose members a closure writes.
    package mutating func object<Failure: Error>(
        _ members: (inout JSONText) throws(Failure) -> Void
    ) throws(Failure) {
        separate()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
        try members(&self)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// Writes an array whose elements a closure writes.
    package mutating func array<Failure: Error>(
        _ elements: (inout JSONText) throws(Failure) -> Void
    ) throws(Failure) {
        separate()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
        try elements(&self)
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// Writes a member's key; its value has to follow.
    package mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a member with a text, or null.
    package mutating func member(_ name: StaticString, _ text: String?) {
        key(name)
        value(text)
    }

    /// Writes a member with a domain's name or UUID, or null.
    package mutating func member(_ name: StaticString, _ domain: DomainReference?) {
        member(name, domain?.text)
    }

    /// Writes a member with a checkpoint's name, or null.
    package mutating func member(_ name: StaticString, _ checkpoint: CheckpointName?) {
        member(name, checkpoint?.text)
    }

    /// Writes a member with a number, or null.
    package mutating func member(_ name: StaticString, _ number: (some FixedWidthInteger)?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    /// Writes a member with true or false.
    package mutating func member(_ name: StaticString, _ flag: Bool) {
        key(name)
        value(flag)
    }

    /// Writes a member's key that is known only at run time.
    package mutating func key(dynamic name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func value(_ text: String) {
        separate()
        quote(text)
        needsComma = true
    }

    package mutating func value(_ text: String?) {
        if let text { value(text) } else { null() }
    }

    package mutating func value(_ number: some FixedWidthInteger) {
        raw(String(number))
    }

    package mutating func value(_ flag: Bool) { raw(flag ? "true" : "false") }

    package mutating func null() { raw("null") }

    /// Writes text that is JSON already.
    package mutating func raw(_ json: String) {
        separate()
        bytes.append(contentsOf: json.utf8)
        needsComma = true
    }

    /// Writes white space, which is allowed between values only.
    package mutating func space(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Returns a text as a JSON string, with quotation marks.
    package static func quoted(_ text: String) -> String {
        var json = JSONText()
        json.value(text)
        return json.text
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { write(characters: $0) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a text's characters: most texts need no escapes, and are written at once.
    private mutating func write(characters: UnsafeBufferPointer<UInt8>) {
        guard characters.contains(where: { Self.isEscaped($0) }) else {
            return bytes.append(contentsOf: characters)
        }
        for byte in characters {
            guard Self.isEscaped(byte) else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(ascii: "\\"))
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
            case 0x08: bytes.append(UInt8(ascii: "b"))
            case 0x09: bytes.append(UInt8(ascii: "t"))
            case 0x0A: bytes.append(UInt8(ascii: "n"))
            case 0x0C: bytes.append(UInt8(ascii: "f"))
            case 0x0D: bytes.append(UInt8(ascii: "r"))
            default:
                let digits = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: "u00".utf8)
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
