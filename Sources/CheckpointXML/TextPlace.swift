/// Positions in a text, as editors count them.
enum TextPlace {
    /// Returns the line and the column in bytes, both from 1, of an offset.
    ///
    /// - Complexity: O(*n*) in the offset.
    static func of(_ offset: Int, in bytes: some RandomAccessCollection<UInt8>) -> (
        line: Int, column: Int
    ) {
        var line = 1
        var lineStart = 0
        for (index, byte) in bytes.prefix(offset).enumerated() where byte == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return (line, offset - lineStart + 1)
    }
}
