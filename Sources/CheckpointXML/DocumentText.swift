/// A document's text in UTF-8, without a byte order mark, whatever its original encoding.
///
/// A byte order mark decides for UTF-16. Anything else that is valid UTF-8 is UTF-8, whatever the
/// XML declaration says: libvirt writes UTF-8 and ignores the declaration. Other bytes are read
/// only if they are declared to be ISO-8859-1.
///
/// Source: <https://www.w3.org/TR/xml/#sec-guessing>; that the declaration is ignored was
/// observed in libvirt 9.0.
struct DocumentText {
    /// The text.
    let bytes: [UInt8]

    /// - Throws: ``DocumentError`` with the position of what cannot be decoded, or if there is more
    ///   than the limits allow.
    /// - Complexity: O(*n*) in the bytes.
    init(_ source: [UInt8], _ limits: Limits) throws(DocumentError) {
        guard source.count <= limits.bytes else { throw Self.tooLong(source.count, limits) }
        bytes = try Self.decoded(source)
        try check()
    }

    /// - Parameter text: Text that is decoded already, whatever it declares.
    /// - Throws: ``DocumentError`` as for bytes.
    /// - Complexity: O(*n*) in the bytes.
    init(text: String, _ limits: Limits) throws(DocumentError) {
        guard text.utf8.count <= limits.bytes else { throw Self.tooLong(text.utf8.count, limits) }
        let mark = text.utf8.starts(with: Self.mark) ? Self.mark.count : 0
        bytes = Array(text.utf8.dropFirst(mark))
        try check()
    }

    /// The byte order mark in UTF-8.
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private func check() throws(DocumentError) {
        guard !bytes.isEmpty else { throw DocumentError(.malformed, "the document is empty") }
        // To libxml2 a NUL byte is the end, whatever comes after it.
        if Self.holdsNUL(bytes), let place = bytes.firstIndex(of: 0) {
            throw Self.refusal("a NUL byte, which XML does not allow", at: place, in: bytes)
        }
        // libxml2 would take it for the first one.
        guard !bytes.starts(with: Self.mark) else {
            throw DocumentError(.malformed, "a second byte order mark is before the document")
        }
    }

    private static func tooLong(_ count: Int, _ limits: Limits) -> DocumentError {
        DocumentError(
            .malformed, "the document has \(count) bytes, and \(limits.bytes) are allowed")
    }

    private static func decoded(_ source: [UInt8]) throws(DocumentError) -> [UInt8] {
        if source.starts(with: mark) {
            return try validated(Array(source.dropFirst(mark.count)), behind: mark.count)
        }
        for mark: [UInt8] in [[0xFF, 0xFE, 0, 0], [0, 0, 0xFE, 0xFF]]
        where source.starts(with: mark) {
            throw unknown("UTF-32")
        }
        if source.starts(with: [0xFE, 0xFF]) { return try utf16(source, isBigEndian: true) }
        if source.starts(with: [0xFF, 0xFE]) { return try utf16(source, isBigEndian: false) }
        if isASCII(source) || String(validating: source, as: UTF8.self) != nil { return source }
        guard let name = declaredEncoding(source) else { return try validated(source) }
        switch name.uppercased() {
        case "UTF-8", "UTF8", "US-ASCII", "ASCII":
            return try validated(source)
        case "ISO-8859-1", "ISO_8859-1", "ISO-LATIN-1", "LATIN1":
            return Array(String(String.UnicodeScalarView(source.map { Unicode.Scalar($0) })).utf8)
        case "UTF-16", "UTF-16LE", "UTF-16BE":
            throw DocumentError(
                .malformed,
                "the declared encoding is \(name), but there is no byte order mark, and the"
                    + " document is not in UTF-8 either")
        default:
            throw unknown(name)
        }
    }

    private static func unknown(_ name: String) -> DocumentError {
        DocumentError(
            .malformed,
            "the document is not in UTF-8, and the encoding \(name.debugDescription) is not"
                + " supported; convert the document to UTF-8")
    }

    /// Returns the encoding in an XML declaration; nil if it names none.
    private static func declaredEncoding(_ source: [UInt8]) -> String? {
        let opening = Array("<?xml".utf8)
        // Without white space after it, it is another processing instruction.
        guard source.starts(with: opening), source.count > opening.count,
            [0x20, 0x09, 0x0A, 0x0D].contains(source[opening.count]),
            let end = source.firstIndex(of: UInt8(ascii: ">"))
        else { return nil }
        let declaration = String(decoding: source[..<end], as: Unicode.ASCII.self)
        let found = declaration.firstMatch(of: /\sencoding\s*=\s*(?:"([^"]*)"|'([^']*)')/)
        return found.map { String($0.1 ?? $0.2 ?? "") }
    }

    private static func validated(
        _ bytes: [UInt8], behind skipped: Int = 0
    ) throws(DocumentError) -> [UInt8] {
        if isASCII(bytes) || String(validating: bytes, as: UTF8.self) != nil { return bytes }
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var place = 0
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let encoded): place += encoded.count
            case .emptyInput: return bytes
            case .error:
                let byte = "0x" + String(bytes[place], radix: 16, uppercase: true)
                throw refusal(
                    "byte \(skipped + place + 1) (\(byte)) is not UTF-8; convert the document, or declare"
                        + " its encoding", at: place, in: bytes)
            }
        }
    }

    /// Returns whether all bytes are ASCII, as in most documents; checks by words.
    private static func isASCII(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            let words = buffer.count / 8
            var seen: UInt64 = 0
            for word in 0..<words {
                seen |= buffer.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)
            }
            for byte in buffer[(words * 8)...] { seen |= UInt64(byte) }
            return seen & 0x8080_8080_8080_8080 == 0
        }
    }

    /// Returns whether there is a byte 0; checks by words. Subtracting 1 from each byte of a word
    /// borrows for the first time where the byte is 0.
    private static func holdsNUL(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            let words = buffer.count / 8
            var borrowed: UInt64 = 0
            for word in 0..<words {
                let bytes = buffer.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)
                borrowed |= (bytes &- 0x0101_0101_0101_0101) & ~bytes
            }
            return borrowed & 0x8080_8080_8080_8080 != 0 || buffer[(words * 8)...].contains(0)
        }
    }

    private static func utf16(
        _ source: [UInt8], isBigEndian: Bool
    ) throws(DocumentError) -> [UInt8] {
        guard source.count.isMultiple(of: 2) else {
            throw DocumentError(
                .malformed, "the UTF-16 document ends in half a character, at byte \(source.count)")
        }
        let units = stride(from: 2, to: source.count, by: 2).lazy.map { index in
            let (first, second) = (UInt16(source[index]), UInt16(source[index + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        var text: [UInt8] = []
        text.reserveCapacity(source.count)
        var parser = Unicode.UTF16.ForwardParser()
        var iterator = units.makeIterator()
        var place = 2
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let encoded):
                place += encoded.count * 2
                text.append(contentsOf: Unicode.UTF16.decode(encoded).utf8)
            case .emptyInput:
                return text
            case .error:
                throw refusal(
                    "byte \(place + 1) begins no UTF-16 character", at: text.count, in: text)
            }
        }
    }

    private static func refusal(
        _ message: String, at place: Int, in bytes: [UInt8]
    ) -> DocumentError {
        let (line, column) = TextPlace.of(place, in: bytes)
        return DocumentError(.malformed, line: line, column: column, message)
    }
}

extension Unicode.Scalar {
    fileprivate var utf8: [UInt8] { Array(String(self).utf8) }
}
