import CheckpointXML
import Foundation
import Testing

struct EncodingTests {
    private static let description = "Grüße, naïve 'café'"
    private static let wide = "Grüße 🎉 שלום"

    private static func text(_ declaration: String, _ description: String) -> String {
        declaration
            + """
            <domaincheckpoint><name>c1</name><description>\(description)</description>\
            <creationTime>1</creationTime><domain><name>\(description)</name></domain>\
            </domaincheckpoint>
            """
    }

    private static func document(
        _ declaration: String, _ description: String, _ encoding: String.Encoding,
        mark: [UInt8] = []
    ) -> [UInt8] {
        mark + [UInt8](text(declaration, description).data(using: encoding) ?? Data())
    }

    @Test(
        "The XML declaration decides the encoding if nothing else does",
        arguments: [
            "<?xml-stylesheet href='a' encoding='ISO-8859-1'?>",
            "<?xml-model encoding='UTF-16'?>", "<!-- <?xml encoding='latin1'?> -->",
            "<?xml version='1.0'?><?p encoding='ISO-8859-1'?>",
        ])
    func otherInstructions(start: String) throws {
        let read = try CheckpointReader().read(
            Self.document(start, Self.wide, .utf8), as: .record)
        #expect(read.description == Self.wide)
        #expect(read.domain?.name == Self.wide)
    }

    @Test("A long declaration states the encoding as well")
    func longDeclaration() throws {
        let spaces = String(repeating: " ", count: 5_000)
        let document = Self.document(
            "<?xml version='1.0'\(spaces)encoding='ISO-8859-1'?>", Self.description, .isoLatin1)
        let read = try CheckpointReader().read(document, as: .record)
        #expect(read.description == Self.description)
    }

    @Test(
        "Text is read as UTF-8, whatever encoding it declares",
        arguments: ["ISO-8859-1", "UTF-16", "windows-1252", "UTF-8"])
    func text(encoding: String) throws {
        for mark in ["", "\u{FEFF}"] {
            let text = mark + Self.text("<?xml version='1.0' encoding='\(encoding)'?>", Self.wide)
            let read = try CheckpointReader().read(text: text, as: .record)
            #expect(read.description == Self.wide)
            let domain = text.replacing("domaincheckpoint>", with: "domain>")
                .replacing("<name>c1</name>", with: "<name>\(Self.wide)</name>")
            #expect(try DomainReader().read(text: domain).name == Self.wide)
        }
    }

    @Test("A second byte order mark is refused")
    func secondMark() {
        let text = Self.text("", "a")
        for document in [
            Array("\u{FEFF}\u{FEFF}\(text)".utf8),
            [0xFF, 0xFE, 0xFF, 0xFE] + [UInt8](text.data(using: .utf16LittleEndian) ?? Data()),
        ] {
            let error = #expect(throws: DocumentError.self) {
                try CheckpointReader().read(document, as: .record)
            }
            #expect(error?.summary.contains("second byte order mark") == true)
        }
        #expect(throws: DocumentError.self) {
            try CheckpointReader().read(text: "\u{FEFF}\u{FEFF}\(text)", as: .record)
        }
    }

    @Test("The place of a byte that cannot be decoded counts from the file's first")
    func placeBehindMark() {
        let start = "<domaincheckpoint><name>"
        for mark in [[], [0xEF, 0xBB, 0xBF]] as [[UInt8]] {
            let document = mark + Array(start.utf8) + [0xFF]
            let error = #expect(throws: DocumentError.self) {
                try CheckpointReader().read(document, as: .record)
            }
            #expect(error?.problems[0].message.hasPrefix("byte \(document.count) (0xFF)") == true)
            #expect(error?.problems[0].column == start.utf8.count + 1)
        }
    }

    @Test(
        "A document says the same in every encoding that is read",
        arguments: [
            (document("", wide, .utf8), wide),
            (document("", wide, .utf8, mark: [0xEF, 0xBB, 0xBF]), wide),
            (document("<?xml version='1.0' encoding='utf-8'?>", wide, .utf8), wide),
            (document("<?xml version='1.0'?>", wide, .utf8), wide),
            (document("", wide, .utf16LittleEndian, mark: [0xFF, 0xFE]), wide),
            (document("", wide, .utf16BigEndian, mark: [0xFE, 0xFF]), wide),
            (
                document(
                    "<?xml version=\"1.0\" encoding=\"UTF-16\"?>", wide, .utf16BigEndian,
                    mark: [0xFE, 0xFF]), wide
            ),
            (
                document(
                    "<?xml version='1.0' encoding='ISO-8859-1'?>", description, .isoLatin1),
                description
            ),
            (
                document(
                    "<?xml version='1.0' encoding = \"iso-8859-1\" ?>", description, .isoLatin1),
                description
            ),
            (document("<?xml version='1.0' encoding='US-ASCII'?>", "plain", .ascii), "plain"),
        ])
    func read(document: [UInt8], expected: String) throws {
        let read = try CheckpointReader().read(document, as: .record)
        #expect(read.description == expected)
        let domain = try #require(read.domain)
        #expect(domain.name == expected)
        // The definition is kept in UTF-8, since that is what it is printed in.
        #expect(
            String(decoding: domain.bytes, as: UTF8.self)
                == "<domain><name>\(expected)</name></domain>")
    }

    @Test(
        "What is valid UTF-8 is UTF-8, whatever encoding it declares",
        arguments: [
            "ISO-8859-1", "latin1", "UTF-16", "utf-16le", "windows-1252", "GBK", "EBCDIC", "UTF-8",
            "US-ASCII", "x",
        ], [[], [0xEF, 0xBB, 0xBF]] as [[UInt8]])
    func contradicted(encoding: String, mark: [UInt8]) throws {
        for text in [Self.wide, "plain"] {
            let document = Self.document(
                "<?xml version='1.0' encoding='\(encoding)'?>", text, .utf8, mark: mark)
            let read = try CheckpointReader().read(document, as: .record)
            #expect(read.description == text)
            #expect(read.domain?.name == text)
        }
    }

    @Test("A definition that is a separate document is read in every encoding")
    func domain() throws {
        let text = "<domain><name>ü</name></domain>"
        let bytes: [UInt8] =
            [0xFF, 0xFE] + [UInt8](text.data(using: .utf16LittleEndian) ?? Data())
        let read = try DomainReader().read(bytes)
        #expect(read.name == "ü")
        #expect(String(decoding: read.bytes, as: UTF8.self) == "<domain><name>ü</name></domain>")
    }

    @Test(
        "What cannot be decoded is refused with its place",
        arguments: [
            (Array("<a>\n<b>".utf8) + [0xFF], 2, 4, "byte 8 (0xFF) is not UTF-8"),
            // A surrogate, a longer form than needed, and half a character.
            (Array("<a>".utf8) + [0xED, 0xA0, 0x80], 1, 4, "byte 4 (0xED) is not UTF-8"),
            (Array("ü".utf8) + [0xC0, 0xAF], 1, 3, "byte 3 (0xC0) is not UTF-8"),
            (Array("<a>".utf8) + [0xE2, 0x82], 1, 4, "byte 4 (0xE2) is not UTF-8"),
            (
                Array("<?xml version='1.0' encoding='ascii'?>".utf8) + [0xE9], 1, 39,
                "byte 39 (0xE9) is not UTF-8"
            ),
            ([0xFF, 0xFE, 0x3C, 0, 0, 0xDC], 1, 2, "byte 5 begins no UTF-16 character"),
            ([0xFE, 0xFF, 0, 0x3C, 0xD8, 0], 1, 2, "byte 5 begins no UTF-16 character"),
            ([0xFF, 0xFE, 0x3C], 1, 1, "ends in half a character, at byte 3"),
            ([0xFF, 0xFE, 0, 0, 0x3C, 0, 0, 0], 1, 1, "UTF-32"),
            ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x3C], 1, 1, "UTF-32"),
            ([0x3C, 0, 0x61, 0], 1, 2, "NUL"),
            (Array("<a/>\n\0<b/>".utf8), 2, 1, "NUL"),
        ])
    func refused(bytes: [UInt8], line: Int, column: Int, message: String) throws {
        let error = try #require(throws: DocumentError.self) {
            _ = try CheckpointReader().read(bytes, as: .record)
        }
        let problem = try #require(error.problems.first)
        #expect(error.problems.count == 1)
        #expect(problem.message.contains(message), "\(problem.message)")
        #expect((problem.line, problem.column) == (line, column), "\(problem)")
        #expect(problem.kind == .malformed)
    }

    @Test(
        "What is not in UTF-8 and declares an encoding that is not read is refused with its name",
        arguments: [
            ("windows-1252", 0x96, "\"windows-1252\""), ("GBK", 0xB1, "\"GBK\""),
            ("UTF-16", 0xFF, "byte order mark"), ("ISO-8859-15", 0xA4, "\"ISO-8859-15\""),
        ] as [(String, UInt8, String)])
    func unknown(encoding: String, byte: UInt8, message: String) throws {
        let start = "<?xml version='1.0' encoding='\(encoding)'?><a>"
        let error = try #require(throws: DocumentError.self) {
            _ = try CheckpointReader().read(Array(start.utf8) + [byte], as: .record)
        }
        #expect(error.problems.count == 1)
        #expect(error.summary.contains(message), "\(error.summary)")
    }

    @Test(
        "A byte order mark alone is an empty document",
        arguments: [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE]])
    func empty(bytes: [UInt8]) throws {
        let error = try #require(throws: DocumentError.self) {
            _ = try CheckpointReader().read(bytes, as: .record)
        }
        #expect(error.problems.map(\.message) == ["the document is empty"])
    }
}
