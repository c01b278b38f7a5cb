import CheckpointXML
import Moments
import Testing

struct DomainReaderTests {
    private func read(
        _ text: String, limits: Limits = Limits()
    ) throws(DocumentError) -> DomainDefinition {
        try DomainReader(limits: limits).read(Array(text.utf8))
    }

    @Test("A definition's name, UUID and disks are read")
    func content() throws {
        let domain = try read(
            """
            <domain type='kvm'>
              <uuid>AAAAAAAA-0000-4000-8000-000000000001</uuid>
              <metadata><name>no</name><uuid>no</uuid></metadata>
              <name>it&apos;s</name>
              <devices><disk><source file='/a'/><target dev='vda'/></disk></devices>
            </domain>
            """)
        #expect(domain.name == "it's")
        #expect(domain.uuid?.description == "aaaaaaaa-0000-4000-8000-000000000001")
        #expect(domain.disks == [DomainDisk(target: "vda", source: "/a")])
    }

    @Test(
        "What libvirt writes into metadata is no reason to refuse it",
        arguments: ["My App", "http://[x", "a b", "\u{E9}", "::", "#"])
    func namespaceThatIsNoURI(uri: String) throws {
        let text =
            "<domain><name>a</name><metadata><k:x xmlns:k=\"\(uri)\">1</k:x></metadata></domain>"
        #expect(String(decoding: try read(text).bytes, as: UTF8.self) == text)
        let checkpoint =
            "<domaincheckpoint><name>c</name><creationTime>1</creationTime>\(text)"
            + "</domaincheckpoint>"
        let document = try CheckpointReader().read(Array(checkpoint.utf8), as: .record)
        #expect(document.domain?.bytes == Array(text.utf8))
    }

    @Test("A disk inside of a name is ignored, and text in nested elements is text")
    func nameWithElements() throws {
        let domain = try read(
            """
            <domain><devices><disk><source file='/a'/><target dev='vda'/></disk></devices>
            <name>a<b>x<d/></b>c<disk><source file='/z'/><target dev='vdz'/></disk></name></domain>
            """)
        #expect(domain.name == "axc")
        #expect(domain.disks.map(\.target) == ["vda"])
    }

    @Test("A definition needs no UUID")
    func withoutUUID() throws {
        #expect(try read("<domain><name>a</name></domain>").uuid == nil)
    }

    @Test("Only the element is kept: no declaration, no comment before or after it")
    func surroundings() throws {
        let element = "<domain><name>a</name></domain>"
        for text in [
            element, "\u{FEFF}" + element + "\n",
            "<?xml version='1.0' encoding='UTF-8'?>\n<!-- <domain> -->\n\(element)\n<!-- > -->\n",
            "\n  \(element)<?p?>",
        ] {
            #expect(try String(decoding: read(text).bytes, as: UTF8.self) == element)
        }
    }

    @Test(
        "An invalid definition is refused with its position",
        arguments: [
            ("<snapshot/>", 1, "expecting root element of 'domain', not 'snapshot'"),
            ("\n<x:domain xmlns:x='u'/>", 2, "not 'domain' in a namespace"),
            ("<domain xmlns='u'><name>a</name></domain>", 1, "in a namespace"),
            ("<!DOCTYPE domain [<!ENTITY a 'b'>]>\n<domain/>", 1, "DOCTYPE"),
            ("<domain><name>&a;</name></domain>", 1, "not defined"),
            ("<domain>\n<name>a</nam></domain>", 2, "tag mismatch"), ("", 1, "empty"),
            ("<domain/>text", 1, "Extra content"), ("<domain/><domain/>", 1, "Extra content"),
        ])
    func refused(text: String, line: Int, part: String) throws {
        let error = #expect(throws: DocumentError.self) { try read(text) }
        let first = try #require(error?.problems.first)
        #expect(error?.problems.count == 1)
        #expect(first.line == line)
        #expect(first.message.contains(part), "\(first.message)")
    }

    @Test(
        "Name and UUID are checked, and all problems are reported at once",
        arguments: [
            ("<domain/>", ["/domain/name"], [1]),
            ("<domain>\n<a><name>a</name></a></domain>", ["/domain/name"], [1]),
            ("<domain>\n<name/></domain>", ["/domain/name"], [2]),
            ("<domain>\n<name> \n </name></domain>", ["/domain/name"], [2]),
            ("<domain>\n<x:name xmlns:x='u'>a</x:name></domain>", ["/domain/name"], [1]),
            ("<domain>\n<name/>\n<name>a</name></domain>", ["/domain/name"], [2]),
            ("<domain><name>a</name>\n<uuid>x</uuid></domain>", ["/domain/uuid"], [2]),
            ("<domain><name>a</name>\n<uuid/></domain>", ["/domain/uuid"], [2]),
            (
                "<domain><name>a</name>\n<uuid>x</uuid>"
                    + "<uuid>aaaaaaaa-0000-4000-8000-000000000001</uuid></domain>",
                ["/domain/uuid"], [2]
            ),
            (
                "<domain>\n<uuid>x</uuid>\n<name/></domain>", ["/domain/uuid", "/domain/name"],
                [2, 3]
            ),
        ])
    func identity(text: String, paths: [String], lines: [Int]) throws {
        let error = #expect(throws: DocumentError.self) { try read(text) }
        #expect(error?.problems.map(\.path) == paths)
        #expect(error?.problems.map(\.line) == lines)
        #expect(error?.problems.allSatisfy { $0.kind == .schema } == true)
    }

    @Test("Limits hold: bytes and depth")
    func limits() throws {
        let text = "<domain><name>a</name><b><c/></b></domain>"
        let size = text.utf8.count
        #expect(throws: Never.self) { try read(text, limits: Limits(bytes: size, depth: 3)) }
        #expect(throws: DocumentError.self) { try read(text, limits: Limits(bytes: size - 1)) }
        #expect(throws: DocumentError.self) { try read(text, limits: Limits(depth: 2)) }
    }
}
