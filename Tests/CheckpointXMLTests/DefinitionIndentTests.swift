import CheckpointXML
import Foundation
import TestSupport
import Testing

struct DefinitionIndentTests {
    /// What becomes of white space and markup that stand in a definition behind its
    /// name.
    private func moved(_ inner: String) throws -> String {
        let head = "<domain><name>a</name>"
        let domain = try DomainReader().read(Array("\(head)\(inner)</domain>".utf8))
        let text = String(decoding: domain.bytes, as: UTF8.self)
        return String(text.dropFirst(head.count).dropLast("</domain>".count))
    }

    @Test(
        "Lines that begin between elements move two spaces right",
        arguments: [
            ("\n", "\n  "), ("\n  <a/>\n", "\n    <a/>\n  "), ("\n\t<a/>\n", "\n  \t<a/>\n  "),
            ("\r\n <a/>\r\n", "\r\n   <a/>\r\n  "), ("<a/>  \n<b/>", "<a/>  \n  <b/>"),
            ("<a>\n<b>\n<c/>\n</b>\n</a>", "<a>\n  <b>\n  <c/>\n  </b>\n  </a>"),
            (
                "<a b='\n&gt;/>' c = \"'\n\">\n<d\n/>\n</a\n>",
                "<a b='\n&gt;/>' c = \"'\n\">\n  <d\n/>\n  </a\n>"
            ),
            ("<a b='/'>\n<c/></a>", "<a b='/'>\n  <c/></a>"),
            ("<x:a xmlns:x='u'>\n<x:b/></x:a>", "<x:a xmlns:x='u'>\n  <x:b/></x:a>"),
        ])
    func elements(before: String, after: String) throws {
        #expect(try moved(before) == after)
    }

    @Test("Empty lines get no spaces, lines of white space do")
    func emptyLines() throws {
        #expect(try moved("\n\n\r\n\n <a/>") == "\n\n\r\n\n   <a/>")
        #expect(try moved("\n \n<a/>") == "\n   \n  <a/>")
    }

    @Test(
        "Text is not touched, nor is white space beside text or without an element",
        arguments: [
            "<a>one\n  two\n</a>", "<a>\n</a>", "<a>\n\n  </a>", "<a>\n <b/>\n text</a>",
            "<a>text\n <b/>\n</a>", "<a>\n <b/>\n&#32;</a>", "<a>\n&amp;\n<b/></a>",
            "<a><![CDATA[\n ]]>\n<b/></a>", "<a>\n<b/><![CDATA[]]></a>",
            "<a><![CDATA[<b>\n</b>]]></a>", "<a>\nü\n<b/></a>",
        ])
    func text(inner: String) throws {
        #expect(try moved(inner) == inner)
    }

    @Test("An element's text holds its own lines back, not those inside its elements")
    func mixed() throws {
        #expect(
            try moved("<a>text\n<b>\n<c/>\n</b>\n</a>\n<d/>")
                == "<a>text\n<b>\n  <c/>\n  </b>\n</a>\n  <d/>")
        #expect(
            try moved("<a>\n<b>text\n</b>\n</a>") == "<a>\n  <b>text\n</b>\n  </a>")
    }

    @Test(
        "Comments and processing instructions move, and their own lines do not",
        arguments: [
            ("<a>\n<!-- b\nc -->\n</a>", "<a>\n  <!-- b\nc -->\n  </a>"),
            ("<a>\n<?b\nc?>\n</a>", "<a>\n  <?b\nc?>\n  </a>"),
            ("\n<!-- <a> ' \n-->\n<b/>", "\n  <!-- <a> ' \n-->\n  <b/>"),
            ("\n<?p > ' <a>\n ?>\n<b/>", "\n  <?p > ' <a>\n ?>\n  <b/>"),
            ("\n<!--\n--><!---->\n<b/>", "\n  <!--\n--><!---->\n  <b/>"),
        ])
    func comments(before: String, after: String) throws {
        #expect(try moved(before) == after)
    }

    @Test("A definition that libvirt prints alone is indented to its form in a checkpoint")
    func peer() throws {
        // Printed by libvirt 9.0's test driver, which formats metadata itself.
        let dump = """
            <domain type='test'>
              <name>d</name>
              <description>a
              b

            c
            &lt;x&gt;
            </description>
              <metadata>
                <x:m xmlns:x="u">
                  <x:a>
                    <!-- c
            d -->
                  </x:a>
                  <x:b><![CDATA[ 
             ]]><x:c/></x:b>
                  <x:d>text
            <x:e><x:f/></x:e>
            </x:d>
                  <x:g>
              </x:g>
                  <x:h v="1&#10;2"/>
                </x:m>
              </metadata>
              <memory unit='KiB'>1024</memory>
            </domain>
            """
        let inCheckpoint = """
            <domain type='test'>
                <name>d</name>
                <description>a
              b

            c
            &lt;x&gt;
            </description>
                <metadata>
                  <x:m xmlns:x="u">
                    <x:a>
                      <!-- c
            d -->
                    </x:a>
                    <x:b><![CDATA[ 
             ]]><x:c/></x:b>
                    <x:d>text
            <x:e><x:f/></x:e>
            </x:d>
                    <x:g>
              </x:g>
                    <x:h v="1&#10;2"/>
                  </x:m>
                </metadata>
                <memory unit='KiB'>1024</memory>
              </domain>
            """
        let domain = try DomainReader().read(Array((dump + "\n").utf8))
        #expect(String(decoding: domain.bytes, as: UTF8.self) == inCheckpoint)
    }

    @Test(
        "A definition of the corpus that is unindented and indented again is unchanged",
        arguments: Fixtures.libraries)
    func corpus(library: Fixtures.Library) throws {
        var compared = 0
        for name in try library.names {
            let bytes = try Fixtures.bytes(of: library.domainFolder.appending(path: name + ".xml"))
            // A checkpoint that was redefined without a definition has none.
            guard let domain = try CheckpointReader().read(bytes, as: .record).domain else {
                continue
            }
            compared += 1
            // No text of these definitions holds a line break, so every line can go left.
            let alone = String(decoding: domain.bytes, as: UTF8.self)
                .replacing("\n  ", with: "\n")
            #expect(alone.utf8.count < domain.bytes.count)
            let read = try DomainReader().read(Array("<!-- x -->\n\(alone)\n".utf8))
            #expect(read == domain, "\(library) \(name)")
        }
        #expect(compared > 0)
    }

    /// What takes time quadratic in it would take hours here.
    @Test("A long definition is moved as a short one")
    func long() throws {
        let count = 40_000
        let before = "\n<a>\n<b/></a><!-- -->\n\n\n"
        let after = "\n  <a>\n  <b/></a><!-- -->\n\n\n"
        #expect(
            try moved(String(repeating: before, count: count))
                == String(repeating: after, count: count) + "  ")
    }
}
