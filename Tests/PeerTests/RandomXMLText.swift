import TestSupport

/// The small parts that documents are made of, at random.
struct RandomXMLText {
    private var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    // MARK: Choices

    mutating func number(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    mutating func isChosen(_ chances: Int, of all: Int) -> Bool { number(below: all) < chances }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[number(below: values.count)] }

    mutating func shuffled<Value>(_ values: [Value]) -> [Value] {
        values.shuffled(using: &generator)
    }

    // MARK: Between elements

    /// What says nothing: white space, comments, processing instructions.
    mutating func gap() -> [String] {
        isChosen(1, of: 2)
            ? []
            : (0..<1 + number(below: 2)).map { _ in
                pick([
                    "\n", "  ", "\t", "\r\n", "<!-- a comment & <b> -->", "<!---->", "<?pi?>",
                    "<?target it's \"this\" > ?>", "<!-- \(scalar())\u{2028} -->",
                ])
            }
    }

    /// Namespaces that nothing makes use of.
    mutating func namespaces() -> String {
        isChosen(9, of: 10) ? "" : pick([" xmlns:q='urn:q'", " xmlns=\"\"", "\nxmlns:a = 'b'"])
    }

    // MARK: Text

    /// The pieces of an element that holds text.
    mutating func content() -> [String] {
        (0..<number(below: 6)).map { _ in
            switch number(below: 4) {
            case 0:
                pick([
                    "&lt;", "&gt;", "&amp;", "&quot;", "&apos;", "&#38;", "&#60;", "&#13;", "&#10;",
                    "&#9;", "&#x1F427;", "&#xD7FF;", "&#xE000;", "&#65533;", "&#x10FFFF;", "&#x85;",
                ])
            case 1:
                pick([
                    "<![CDATA[<raw> & ]] > 'x']]>", "<![CDATA[]]>", "<!-- no -->", "<?pi no?>",
                    "<![CDATA[\r\n]]]]><![CDATA[>]]>",
                ])
            case 2: scalar() + scalar()
            default:
                pick([
                    "nightly", " ", "it's", "\"it\"", "a > b", "\r\n", "\n", "\t", "]]", "&#62;",
                    "e\u{301}", "\u{85}", "\u{2028}\u{202E}", "\u{FEFF}", "\u{7F}",
                ])
            }
        }
    }

    /// An attribute's value with its quotes.
    mutating func attribute() -> String {
        let value = (0..<number(below: 4)).map { _ in
            pick([
                "c1", "&lt;", ">", "&amp;", "&quot;", "&apos;", "&#13;", "&#10;", "&#9;", "\n",
                "\t",
                "\r\n", " ", scalar(), scalar(), "&#x1F427;",
            ])
        }
        return quoted(value.joined())
    }

    /// A text in either quote.
    mutating func quoted(_ text: String) -> String {
        let quote = pick(["'", "\""])
        return quote + text + quote
    }

    /// Any character of Unicode that XML can hold and that is no markup.
    mutating func scalar() -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0x7F...0x9F, 0xA0...0x2FF, 0x300...0x36F, 0x590...0x6FF,
            0x2000...0x206F, 0x3000...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF,
        ]
        let range = pick(ranges)
        let value = range.lowerBound + UInt32(number(below: range.count))
        guard let scalar = Unicode.Scalar(value), !"<&'\"".unicodeScalars.contains(scalar) else {
            return "x"
        }
        return String(scalar)
    }
}
