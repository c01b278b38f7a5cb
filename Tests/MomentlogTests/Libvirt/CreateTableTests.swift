import Momentlog
import Moments
import TestSupport
import Testing

/// The table of what libvirt does on create, but for the disks.
struct CreateTableTests {
    private static let x = "<name>x</name>"

    static let rows = [
        Row(
            words: "c1, c2, c3 in turn: the parent is the current, the new one becomes current",
            before: Row.created("c1", "c2"), step: .create(Row.document("<name>c3</name>")),
            result: .graph("c1 c2<-c1 c3<-c2 *c3"), checkpoint: "c3", disks: "vda=c3 vdb=c3"),
        Row(
            words: "creationTime given: ours, refused", before: Row.created("c1", "c2"),
            step: .create(Row.document(x + "<creationTime>12</creationTime>"), at: 500),
            result: .refused(.notARequest, "<creationTime> belongs to an existing checkpoint")),
        Row(
            words: "parent given: ours, refused", before: Row.created("c1"),
            step: .create(Row.document(x + "<parent><name>c1</name></parent>")),
            result: .refused(.notARequest, "<parent> belongs to an existing checkpoint")),
        Row(
            words: "a <domain> given: ignored, the domain's own goes in",
            step: .create(Row.document(x + CheckpointText.domain("other", digit: "b"))),
            result: .graph("x *x"), prints: [Row.uuid], printsNot: ["bbbb"]),
        Row(
            words: "no <name>: the creation time in seconds is the name",
            step: .create(Row.document(""), at: 1_700_000_123),
            result: .graph(
                "1700000123 *1700000123"),
            checkpoint: "1700000123", disks: "vda=1700000123 vdb=1700000123"),
        Row(
            words: "name taken", before: Row.created("c1"),
            step: .create(Row.document("<name>c1</name>")),
            result: .refused(.exists, "domain moment c1 already exists")),
        Row(
            words: "two of no name in one second: name taken",
            before: [.create(Row.document(""), at: 7)], step: .create(Row.document(""), at: 7),
            result: .refused(.exists, "domain moment 7 already exists")),
        Row(
            words: "two <name>", step: .create(Row.document(x + x)),
            result: .refused(.invalidXML, "<name> is repeated")),
        Row(
            words: "unknown element", step: .create(Row.document(x + "<state>on</state>")),
            result: .refused(.invalidXML, "<state> is not allowed")),
        Row(
            words: "other root element", step: .create("<domainsnapshot/>"),
            result: .refused(
                .invalidXML,
                "expecting root element of 'domaincheckpoint', not 'domainsnapshot'")),
        Row(
            words: "not XML: with line", step: .create("<domaincheckpoint>\n<name>x"),
            result: .refused(.invalidXML, "line 2, ")),
        Row(
            words: "nothing at all", step: .create(""), result: .refused(.invalidXML, "empty")),
        Row(
            words: "description of 2 MiB: ours, a document over 1 MiB is refused",
            step: .create(described(2 << 20)),
            result: .refused(.invalidXML, "bytes, and 1048576 are allowed")),
        Row(
            words: "a document of 1 MiB and one byte", step: .create(document(of: 1 << 20 + 1)),
            result: .refused(.invalidXML, "has 1048577 bytes, and 1048576 are allowed")),
        Row(
            words: "a document of 1 MiB, whose file is larger by the domain in it",
            step: .create(document(of: 1 << 20)),
            result: .refused(.invalidXML, "bytes, and 1048576 are allowed: libvirt skips")),
        Row(
            words: "a document that leaves its file room for the domain",
            step: .create(document(of: 1 << 20 - 4096)), result: .graph("x *x")),
        Row(
            words: "domain not running: ours, there is no running state",
            step: .create(Row.document(x)), result: .graph("x *x")),
    ]

    /// A document with a description of so many bytes.
    static func described(_ bytes: Int) -> String {
        Row.document(x + "<description>\(String(repeating: "d", count: bytes))</description>")
    }

    /// A document of so many bytes in all.
    static func document(of bytes: Int) -> String {
        described(bytes - described(0).utf8.count)
    }

    @Test("create, row by row", arguments: rows)
    func row(_ row: Row) async throws { try await row.run() }

    @Test(
        "Name with '/', leading '.', empty, spaces, newline, unicode, ':', '%s', '.', '..'",
        arguments: [
            "a/b", ".x", "", " ", "a b", " x", "x ", "a\nb", "ü", "a:b", "%s", ".", "..", "xé",
        ])
    func refusedNames(name: String) async throws {
        try await Row(
            words: name, step: .create(Row.document("<name>\(name)</name>")),
            result: .refused(.invalidXML, "the checkpoint's name ")
        ).run()
    }

    @Test("Names a..b, -x, a.xml, a.xml.new", arguments: ["a..b", "-x", "a.xml", "a.xml.new"])
    func acceptedNames(name: String) async throws {
        try await Row(
            words: name, before: Row.created("c1"),
            step: .create(Row.document("<name>\(name)</name>")),
            result: .graph("c1 \(name)<-c1 *\(name)"), checkpoint: CheckpointName(name),
            disks: "vda=\(name) vdb=\(name)", prints: ["  <name>\(name)</name>\n"]
        ).run()
    }

    @Test("Name of 247 bytes is accepted, of 248 and more refused before anything happens")
    func longNames() async throws {
        let name = String(repeating: "n", count: 247)
        try await Row(
            words: "247", before: Row.created("c1"),
            step: .create(Row.document("<name>\(name)</name>")),
            result: .graph("c1 \(name)<-c1 *\(name)")
        ).run()
        for more in ["n", String(repeating: "n", count: 10_000)] {
            try await Row(
                words: "248 and more", before: Row.created("c1"),
                step: .create(Row.document("<name>\(name + more)</name>")),
                result: .refused(.invalidXML, "has \(247 + more.count) bytes, and 247 are allowed")
            ).run()
        }
    }
}
