import CheckpointXML
import Moments
import Testing

/// Documents from those who mean no good.
struct HostileDocumentTests {
    private static func document(_ content: String, before: String = "") -> String {
        before + "<domaincheckpoint><name>c1</name>\(content)</domaincheckpoint>"
    }

    private static let laughs =
        "<!DOCTYPE d [<!ENTITY a '\(String(repeating: "ha", count: 50))'>"
        + (0..<9).map { level in
            let from = level == 0 ? "a" : "e\(level - 1)"
            return "<!ENTITY e\(level) '\(String(repeating: "&\(from);", count: 10))'>"
        }.joined() + "]>"

    static let refused: [(String, String, String)] = [
        ("billion laughs", document("<description>&e8;</description>", before: laughs), "DOCTYPE"),
        (
            "quadratic blow-up",
            document(
                "<description>\(String(repeating: "&a;", count: 50_000))</description>",
                before: "<!DOCTYPE d [<!ENTITY a '\(String(repeating: "x", count: 50_000))'>]>"),
            "DOCTYPE"
        ),
        (
            "an external entity of a file",
            document(
                "<description>&f;</description>",
                before: "<!DOCTYPE d [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"), "DOCTYPE"
        ),
        (
            "an external entity of a URL",
            document(
                "<description>&u;</description>",
                before: "<!DOCTYPE d [<!ENTITY u SYSTEM 'http://127.0.0.1:9/x'>]>"), "DOCTYPE"
        ),
        (
            "an external DTD",
            document("", before: "<!DOCTYPE d SYSTEM 'http://127.0.0.1:9/x.dtd'>"), "DOCTYPE"
        ),
        (
            "a parameter entity",
            document(
                "",
                before: "<!DOCTYPE d [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>"), "DOCTYPE"
        ),
        ("an entity of nobody", document("<description>&x;</description>"), "'x' not defined"),
        (
            "XInclude",
            document(
                "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='/etc/passwd'/>"),
            "not allowed"
        ),
        (
            "nested 100 000 deep outside of the domain",
            String(repeating: "<a>", count: 100_000), "expecting root element"
        ),
        (
            "nested 100 000 deep inside of the domain",
            document("<domain>" + String(repeating: "<a>", count: 100_000)), "deep"
        ),
        (
            "a name that climbs out of the folder",
            "<domaincheckpoint><name>../../etc/passwd</name></domaincheckpoint>", "first character"
        ),
        (
            "a name of 248 bytes",
            "<domaincheckpoint><name>\(String(repeating: "n", count: 248))</name>"
                + "</domaincheckpoint>", "248 bytes"
        ),
        ("a NUL byte", document("<description>a\0b</description>"), "NUL"),
        ("more than 1 MiB", document(String(repeating: " ", count: 1 << 20)), "1048576"),
        (
            "a control character", document("<description>a\u{1}b</description>"),
            "invalid Char value 1"
        ),
        (
            "a control character as a reference",
            document("<description>a&#1;b</description>"), "invalid"
        ),
    ]

    @Test("Hostile documents are refused", arguments: refused)
    func refuse(what: String, document: String, message: String) throws {
        let error = try #require(throws: DocumentError.self) {
            _ = try CheckpointReader().read(Array(document.utf8), as: .creation)
        }
        let said = error.problems.map(\.message).joined(separator: "; ")
        #expect(said.contains(message), "\(what): \(said.prefix(300))")
    }

    @Test(
        "Unusual but valid documents are accepted",
        arguments: [
            document("<description>\(String(repeating: "x", count: 1_000_000))</description>"),
            document("<domain a='\(String(repeating: "x", count: 1_000_000))'/>"),
            document("<!--\(String(repeating: "x", count: 1_000_000))-->"),
            document(String(repeating: "<!---->", count: 100_000)),
            document("<domain>\(String(repeating: "<a/>", count: 200_000))</domain>"),
            document("<domain>\(String(repeating: "\n", count: 1_000_000))</domain>"),
            document("<description>\u{202E}\u{1F4A3}\u{9B}31m</description>"),
            document("<description>&#x1F4A3;&#13;&#9;</description>"),
        ])
    func held(document: String) throws {
        let bytes = Array(document.utf8)
        let read = try CheckpointReader().read(bytes, as: .creation)
        #expect(read.name == "c1")
        if let domain = read.domain {
            #expect(document.contains(String(decoding: domain.bytes, as: UTF8.self)))
        }
    }

    @Test("65 535 disks are accepted, and one more is refused", arguments: [65_535, 65_536])
    func disks(count: Int) {
        // A document of 1 MiB has no room for as many: it is the limit itself that is tried.
        let disks = (0..<count).map { "<disk name='vd\($0)'/>" }.joined()
        let bytes = Array(Self.document("<disks>\(disks)</disks>").utf8)
        let reader = CheckpointReader(limits: Limits(bytes: bytes.count))
        do {
            let read = try reader.read(bytes, as: .creation)
            #expect(read.disks.count == 65_535 && count == 65_535)
        } catch {
            #expect(count == 65_536)
            #expect(error.summary.contains("more than 65535 disks"))
        }
    }
}
