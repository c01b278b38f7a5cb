/// Indents a definition by two spaces, as it is inside a checkpoint.
///
/// Only white space between elements grows: that of an element which contains elements, comments or
/// processing instructions, but no text. A character reference and a CDATA section are text,
/// whatever is in them. Tags, comments and all text stay as they are, and so do empty lines.
///
/// libvirt prints a definition again for each place, and the result differs by these spaces alone,
/// as observed in libvirt 9.0. Offsets of line feeds come from the source, because a parser reports
/// text only after it has decoded it.
struct DefinitionIndent {
    private let bytes: [UInt8]
    private var index = 0
    private var open: [Element] = []
    /// For each element in the order of their start tags, whether its lines are indented.
    private var moves: [Bool] = []
    /// The lines that begin in white space, and the number of the element around each.
    private var lines: [(start: Int, element: Int)] = []

    private struct Element {
        /// Its index in ``moves``.
        let number: Int
        var hasText = false
        var hasChild = false
    }

    /// Returns a definition in the form of a checkpoint, except the first line's indent.
    ///
    /// - Parameter definition: The bytes from `<domain` to its end tag, known to be
    ///   well-formed.
    /// - Complexity: O(*n*) in the bytes.
    static func moved(_ definition: [UInt8]) -> [UInt8] {
        var indent = DefinitionIndent(bytes: definition)
        indent.scan()
        return indent.result()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func scan() {
        while index < bytes.count {
            if bytes[index] != UInt8(ascii: "<") {
                passText()
            } else if has("<!--") {
                holdChild()
                pass(through: "-->", from: index + 4)
            } else if has("<?") {
                holdChild()
                pass(through: "?>", from: index + 2)
            } else if has("<![CDATA[") {
                holdText()
                pass(through: "]]>", from: index + 9)
            } else if has("</") {
                pass(through: ">", from: index + 2)
                close()
            } else {
                passStartTag()
            }
        }
    }

    private mutating func passText() {
        while index < bytes.count, bytes[index] != UInt8(ascii: "<") {
            switch bytes[index] {
            case UInt8(ascii: "\n"):
                if let inner = open.last, !isLineEnd(at: index + 1) {
                    lines.append((index + 1, inner.number))
                }
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
            default: holdText()
            }
            index += 1
        }
    }

    private func isLineEnd(at index: Int) -> Bool {
        let rest = bytes[min(index, bytes.count)...]
        return rest.starts(with: "\n".utf8) || rest.starts(with: "\r\n".utf8)
    }

    private mutating func passStartTag() {
        holdChild()
        open.append(Element(number: moves.count))
        moves.append(false)
        var quote: UInt8?
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == quote {
                quote = nil
            } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if quote == nil, byte == UInt8(ascii: ">") {
                break
            }
        }
        if index >= 2, bytes[index - 2] == UInt8(ascii: "/") { close() }
    }

    private mutating func close() {
        guard let closed = open.popLast() else { return }
        moves[closed.number] = closed.hasChild && !closed.hasText
    }

    private mutating func holdText() {
        if !open.isEmpty { open[open.count - 1].hasText = true }
    }

    private mutating func holdChild() {
        if !open.isEmpty { open[open.count - 1].hasChild = true }
    }

    private func has(_ markup: StaticString) -> Bool {
        let end = index + markup.utf8CodeUnitCount
        guard end <= bytes.count else { return false }
        return markup.withUTF8Buffer { bytes[index..<end].elementsEqual($0) }
    }

    /// Continues after the end of a piece of markup.
    private mutating func pass(through end: StaticString, from start: Int) {
        index = start
        while index < bytes.count, !has(end) { index += 1 }
        index = min(index + end.utf8CodeUnitCount, bytes.count)
    }

    private func result() -> [UInt8] {
        var moved: [UInt8] = []
        moved.reserveCapacity(bytes.count + 2 * lines.count)
        var position = 0
        for line in lines where moves[line.element] {
            moved += bytes[position..<line.start]
            moved += "  ".utf8
            position = line.start
        }
        return moved + bytes[position...]
    }
}
