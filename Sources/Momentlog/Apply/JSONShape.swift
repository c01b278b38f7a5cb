/// Finds what Foundation's decoder accepts although a command must not be ambiguous: commas before
/// a closing bracket, and repeated keys.
///
/// Source: RFC 8259, 4 and 5 (<https://www.rfc-editor.org/rfc/rfc8259#section-4>).
struct JSONShape {
    /// Whether a comma is followed by nothing.
    private(set) var hasTrailingComma = false

    /// The number of members of the outermost object.
    private(set) var memberCount = 0

    /// Inspects a text that the decoder accepts as JSON.
    ///
    /// - Complexity: O(*n*) in the bytes.
    init(_ text: some Sequence<UInt8>) {
        var depth = 0
        var isInString = false
        var isEscaped = false
        var last: UInt8 = 0
        for byte in text {
            if isInString {
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: continue
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if last == UInt8(ascii: ",") { hasTrailingComma = true }
            case UInt8(ascii: ":") where depth == 1: memberCount += 1
            default: break
            }
            last = byte
        }
    }
}
