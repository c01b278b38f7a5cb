import CheckpointXML
import Moments
import TestSupport
import Testing

struct ReaderTests {
    private func read(
        _ text: String, as purpose: CheckpointReader.Purpose = .record, limits: Limits = Limits()
    ) throws(DocumentError) -> CheckpointDocument {
        try CheckpointReader(limits: limits).read(Array(text.utf8), as: purpose)
    }

    @Test("An element whose name begins like a missing one does not hide that that is missing")
    func similarNames() {
        let error = #expect(throws: DocumentError.self) {
            try read(
                "<domaincheckpoint><names/><creationTimes/><disksX/><disks a='b'/></domaincheckpoint>"
            )
        }
        let missing = error?.problems.filter { $0.path == "/domaincheckpoint" }.map(\.message)
        #expect(missing?.count == 2)
        #expect(missing?.contains { $0.contains("<name> is missing") } == true)
        #expect(missing?.contains { $0.contains("missing creationTime") } == true)
        #expect(error?.problems.contains { $0.message.contains("contains no <disk>") } == true)
        #expect(error?.problems.count == 7)
    }

    @Test("The first hundred of many problems are listed, and the others are counted")
    func manyProblems() {
        let error = #expect(throws: DocumentError.self) {
            try read(
                "<domaincheckpoint>\(String(repeating: "<a/>", count: 150))</domaincheckpoint>")
        }
        #expect(error?.problems.count == 100)
        // Name and creation time are missing as well.
        #expect(error?.suppressedCount == 52)
        #expect(error?.summary.hasSuffix("(and 151 more)") == true)
    }

    @Test(
        "Columns count bytes, of what is malformed too",
        arguments: [
            ("<domaincheckpoint><name>ééé</nam>", 37), ("<domaincheckpoint><name>eeeeee</nam>", 37),
            ("<domaincheckpoint>\n<description>éé&", 19),
            ("<domaincheckpoint>\n<description>eeee&", 19),
        ])
    func byteColumns(text: String, column: Int) {
        let error = #expect(throws: DocumentError.self) { try read(text) }
        #expect(error?.problems[0].column == column)
    }

    @Test("A DOCTYPE is reported at its beginning")
    func placeOfDoctype() {
        let error = #expect(throws: DocumentError.self) {
            try read(
                "<?xml version='1.0'?>\n  <!DOCTYPE\n domaincheckpoint [ ]><domaincheckpoint/>")
        }
        #expect(error?.problems[0].line == 2)
        #expect(error?.problems[0].column == 3)
    }

    @Test("Elements may come in any order")
    func anyOrder() throws {
        let document = try read(
            """
            <domaincheckpoint>
              <domain><name>vm</name></domain>
              <disks><disk bitmap='b' checkpoint='bitmap' name='vda'/></disks>
              <parent><name>p</name></parent>
              <creationTime>7</creationTime>
              <description>d</description>
              <name>n</name>
            </domaincheckpoint>
            """)
        #expect(document.name == "n")
        #expect(document.parent == "p")
        #expect(document.creationTime == 7)
        #expect(document.description == "d")
        #expect(document.disks == [Disk(name: "vda", mode: .bitmap, bitmap: "b")])
        #expect(document.domain?.name == "vm")
        #expect(document.isCurrent == nil)
    }

    @Test("The early form's current is read", arguments: [("0", false), ("1", true)])
    func current(text: String, isCurrent: Bool) throws {
        let document = try read(
            CheckpointText.document("a", extra: "<current>\(text)</current>"))
        #expect(document.isCurrent == isCurrent)
    }

    @Test("A document to create from needs neither name nor time")
    func creation() throws {
        let document = try read("<domaincheckpoint/>", as: .creation)
        #expect(document.name == nil)
        #expect(document.creationTime == nil)
        #expect(document.disks.isEmpty)
    }

    @Test("An empty description is read as nil")
    func emptyDescription() throws {
        let document = try read(CheckpointText.document("a", extra: "<description></description>"))
        #expect(document.description == nil)
    }

    @Test(
        "Text is read with its references resolved",
        arguments: [
            ("&lt;&amp;&gt;&quot;&apos;", "<&>\"'"), ("<![CDATA[<a>&b;]]>", "<a>&b;"),
            ("a&#13;b&#10;c&#9;d", "a\rb\nc\td"), ("x<!-- no -->y<?pi no?>z", "xyz"),
            ("über 日本 🐧", "über 日本 🐧"), (" spaces  stay ", " spaces  stay "),
            ("a\r\nb", "a\nb"),
        ])
    func text(written: String, meant: String) throws {
        let document = try read(
            CheckpointText.document("a", extra: "<description>\(written)</description>"))
        #expect(document.description == meant)
    }

    @Test(
        "The domain's bytes are kept unchanged",
        arguments: [
            "<domain/>", "<domain />", "<domain a='>' b=\"/>\"></domain >",
            "<domain\n  type = 'x'\n>\n  <!-- </domain> --><![CDATA[</domain>]]>\n  </domain>",
            "<domain xmlns:q='u' q:a='1'><q:b><domain>in</domain></q:b>&amp;</domain>",
            "<domain>ü \u{1F427}</domain>", "<domain><name>a</name><?domain </domain>?></domain>",
        ])
    func domainBytes(domain: String) throws {
        let text = "<!-- <domain> -->\n" + CheckpointText.document("a", extra: " \(domain)\n")
        let document = try read(text)
        #expect(document.domain.map { String(decoding: $0.bytes, as: UTF8.self) } == domain)
    }

    @Test("The domain's bytes are the same behind a byte order mark and in a long document")
    func domainBytesElsewhere() throws {
        let domain = "<domain><name>vm</name></domain>"
        for before in ["\u{FEFF}", "\u{FEFF}<?xml version='1.0' encoding='UTF-8'?>\n"] {
            let document = try read(before + CheckpointText.document("a", extra: domain))
            #expect(document.domain?.bytes == Array(domain.utf8))
        }
        let padding = String(repeating: "<!-- ü -->\n", count: 20_000)
        let long = "<domain>" + padding + "</domain>"
        let document = try read(
            CheckpointText.document("a", extra: "<description>\(padding)</description>" + long))
        #expect(document.domain?.bytes == Array(long.utf8))
    }

    @Test(
        "What is not allowed is refused with its place",
        arguments: [
            ("<domaincheckpoint>\n  <name>a</nam>", 2, "tag mismatch"),
            ("<snapshot/>", 1, "expecting root element of 'domaincheckpoint', not 'snapshot'"),
            ("", 1, "empty"), ("hello", 1, "expected"), ("<domaincheckpoint>", 1, "Premature end"),
            ("<!DOCTYPE d SYSTEM 'file:///etc/passwd'><domaincheckpoint/>", 1, "DOCTYPE"),
            ("<domaincheckpoint>\n\n<foo/></domaincheckpoint>", 3, "<foo> is not allowed"),
            ("<domaincheckpoint a='1'/>", 1, "no attribute 'a'"),
            (
                "<domaincheckpoint xmlns:a='b'>\n<domain><a:x/></domain></domaincheckpoint>", 2,
                "declare it on <domain>"
            ),
            ("<d:domaincheckpoint xmlns:d='b'/>", 1, "expecting root element"),
            ("<domaincheckpoint>text</domaincheckpoint>", 1, "text where only elements"),
            (
                "<domaincheckpoint>\n<name>a</name>\n<name>b</name></domaincheckpoint>", 3,
                "repeated"
            ),
            ("<domaincheckpoint><disks/></domaincheckpoint>", 1, "contains no <disk>"),
            ("<domaincheckpoint><parent/></domaincheckpoint>", 1, "contains no <name>"),
            ("<domaincheckpoint>\n<name>../../etc/passwd</name></domaincheckpoint>", 2, "name"),
            ("<domaincheckpoint><name/></domaincheckpoint>", 1, "name is empty"),
            ("<domaincheckpoint><name>a<b/></name></domaincheckpoint>", 1, "<b> is not allowed"),
            ("<domaincheckpoint><description>&undefined;</description>", 1, "undefined"),
            ("<domaincheckpoint><current>2</current></domaincheckpoint>", 1, "0 or 1"),
            ("<domaincheckpoint><name>a\u{0}</name></domaincheckpoint>", 1, ""),
            ("<domaincheckpoint><name>a\u{1}</name></domaincheckpoint>", 1, "Char"),
        ])
    func refused(text: String, line: Int, part: String) throws {
        let error = #expect(throws: DocumentError.self) {
            try read(text, as: .creation)
        }
        let first = try #require(error?.problems.first)
        #expect(first.line == line)
        #expect(first.message.contains(part), "\(first.message)")
    }

    @Test(
        "A creation time is whole seconds since 1970",
        arguments: [
            "-5", "-0", "abc", "1.5", "", "9223372036854775808", "+5", " 5", " 12 ", "5\n", "0x5",
        ])
    func impossibleTimes(time: String) {
        #expect(throws: DocumentError.self) {
            try read("<domaincheckpoint><creationTime>\(time)</creationTime></domaincheckpoint>")
        }
    }

    @Test(
        "Time 0, the last second of 63 bits and times with zeros before them are times",
        arguments: [("0", 0), ("9223372036854775807", .max), ("007", 7), ("00", 0)])
    func possibleTimes(time: String, seconds: Int64) throws {
        let document = try read(
            "<domaincheckpoint><name>a</name><creationTime>\(time)</creationTime></domaincheckpoint>"
        )
        #expect(document.creationTime?.seconds == seconds)
    }

    @Test("A name is not trimmed", arguments: [" n ", "n ", "n\n", "&#10;n"])
    func paddedName(name: String) throws {
        let error = #expect(throws: DocumentError.self) {
            try read("<domaincheckpoint><name>\(name)</name></domaincheckpoint>", as: .creation)
        }
        #expect(error?.problems.map(\.kind) == [.name])
    }

    @Test(
        "A disk's attributes are checked",
        arguments: [
            ("<disk/>", "no attribute 'name'"), ("<disk name=''/>", "name is empty"),
            ("<disk name='vda' checkpoint='internal'/>", "'no' or 'bitmap'"),
            ("<disk name='vda' checkpoint='no' bitmap='b'/>", "has no bitmap"),
            ("<disk name='vda' checkpoint='no' size='1'/>", "no size"),
            ("<disk name='nvme0'/>", "is not a disk's name"),
            ("<disk name='vda' size='x'/>", "not a number of bytes"),
            ("<disk name='vda' foo='x'/>", "no attribute 'foo'"),
            ("<disk name='vda'><x/></disk>", "<x> is not allowed"),
        ])
    func disks(disk: String, part: String) throws {
        let error = #expect(throws: DocumentError.self) {
            try read(CheckpointText.document("a", disks: "<disks>\(disk)</disks>"))
        }
        #expect(error?.problems.first?.message.contains(part) == true)
    }

    @Test("All problems of a well-formed document are reported with their paths")
    func allProblems() throws {
        let error = #expect(throws: DocumentError.self) {
            try read(
                """
                <domaincheckpoint>
                  <creationTime>x</creationTime>
                  <disks>
                    <disk name='vda'/>
                    <disk name='vdb' checkpoint='maybe'/>
                  </disks>
                  <foo/>
                </domaincheckpoint>
                """)
        }
        #expect(
            error?.problems.map(\.path) == [
                "/domaincheckpoint", "/domaincheckpoint/creationTime",
                "/domaincheckpoint/disks/disk[2]/@checkpoint", "/domaincheckpoint/foo",
            ])
        #expect(error?.problems.map(\.line) == [1, 2, 5, 7])
    }

    @Test("Limits hold: bytes, depth, disks")
    func limits() throws {
        let text = CheckpointText.document("a", extra: "<domain><a><b/></a></domain>")
        let size = text.utf8.count
        #expect(throws: Never.self) { try read(text, limits: Limits(bytes: size, depth: 4)) }
        #expect(throws: DocumentError.self) { try read(text, limits: Limits(bytes: size - 1)) }
        #expect(throws: DocumentError.self) { try read(text, limits: Limits(depth: 3)) }
        #expect(throws: DocumentError.self) { try read(text, limits: Limits(disks: 0)) }
    }

    @Test("Deep nesting is refused, not followed")
    func deepNesting() {
        let deep = String(repeating: "<a>", count: 100_000)
        #expect(throws: DocumentError.self) { try read("<domaincheckpoint><domain>" + deep) }
    }

    @Test("An unused namespace may be declared anywhere, as in libvirt")
    func unusedNamespaces() throws {
        let document = try read(
            """
            <domaincheckpoint xmlns:a='b'><name xmlns=''>n</name><disks xmlns:c='d'>\
            <disk name='vda' xmlns:e='f'/></disks><creationTime xmlns:g='h'>1</creationTime>\
            <domain xmlns:a='own'><a:x/></domain></domaincheckpoint>
            """)
        #expect(document.name == "n")
        #expect(document.domain?.bytes == Array("<domain xmlns:a='own'><a:x/></domain>".utf8))
    }

    @Test("A namespace that only the domain uses may be declared there alone")
    func namespaces() throws {
        let domain = "<domain xmlns='urn:x' xmlns:q='urn:q'><q:commandline/></domain>"
        // In a namespace it is no <domain> of libvirt's.
        #expect(throws: DocumentError.self) {
            try read(CheckpointText.document("a", extra: domain))
        }
        let own = "<domain xmlns:q='urn:q'><q:commandline/></domain>"
        let document = try read(CheckpointText.document("a", extra: own))
        #expect(document.domain?.bytes == Array(own.utf8))
    }

    @Test("A reader with a lower limit refuses longer names", arguments: [(8, true), (9, false)])
    func nameLimit(count: Int, isTaken: Bool) {
        let name = String(repeating: "n", count: count)
        let text = "<domaincheckpoint><name>\(name)</name></domaincheckpoint>"
        let reader = CheckpointReader(limits: Limits(nameBytes: 8))
        do {
            _ = try reader.read(Array(text.utf8), as: .creation)
            #expect(isTaken)
        } catch {
            #expect(!isTaken)
            #expect(error.summary.contains("has 9 bytes, and 8 are allowed"))
        }
    }
}
