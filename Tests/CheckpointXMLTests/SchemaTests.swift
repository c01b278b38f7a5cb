import CheckpointXML
import Foundation
import TestSupport
import Testing

struct SchemaTests {
    @Test("Every checkpoint of the corpus follows the schema", arguments: Fixtures.libraries)
    func corpus(library: Fixtures.Library) throws {
        let schema = try #require(RelaxNG())
        for name in try library.names {
            let file = library.domainFolder.appending(path: name + ".xml")
            #expect(schema.accepts(try Fixtures.bytes(of: file)) == true, "\(file.path)")
        }
    }

    @Test("The reader takes exactly what the schema does", arguments: SchemaCase.all)
    func agreement(one: SchemaCase) throws {
        let schema = try #require(RelaxNG())
        let document = Array("<domaincheckpoint>\(one.content)</domaincheckpoint>".utf8)
        #expect(schema.accepts(document) == one.isValid)
        let isRead = (try? CheckpointReader().read(document, as: .creation)) != nil
        #expect(isRead == one.isValid)
    }
}

/// The content of a document's root, and whether it may be that.
struct SchemaCase: Sendable, CustomTestStringConvertible {
    let content: String
    let isValid: Bool

    var testDescription: String { String(content.prefix(80)) }

    static let all =
        [
            "", "<name>c1</name>", "<name>-x</name>", "<name>a..b.xml.new</name>",
            "<name>\(String(repeating: "n", count: 247))</name>",
            "<description/>", "<description>a\n\t<![CDATA[<b>]]>&amp;</description>",
            "<parent><name>c0</name></parent>", "<parent>\n <name>c0</name><!-- -->\n</parent>",
            "<creationTime>0</creationTime>", "<creationTime>007</creationTime>",
            "<creationTime>9223372036854775807</creationTime>",
            "<current>0</current>", "<current>1</current>",
            "<disks><disk name='vda'/></disks>", "<disks><disk name='/a b'/></disks>",
            "<disks><disk name='ioemu:hda1'/></disks>", "<disks><disk name='C:\\a'/></disks>",
            "<disks><disk bitmap='' checkpoint='bitmap' size='0' name='sda'/></disks>",
            "<disks><disk name='vda' checkpoint='no'/><disk name='vda'/></disks>",
            "<domain/>", "<domain type='x'><a b='c'>d<e/></a></domain>",
            "<domain xmlns:q='u' q:a='b'><q:c/></domain>",
            "<disks><disk name='vda'/></disks><domain/><name>x</name><creationTime>1</creationTime>",
        ].map { SchemaCase(content: $0, isValid: true) }
        + [
            "text", "<x/>", "<name>c1</name><name>c1</name>", "<name/>", "<name> c1</name>",
            "<name>.a</name>", "<name>a/b</name>", "<name>ü</name>", "<name><b/></name>",
            "<name x='y'>c1</name>", "<name>\(String(repeating: "n", count: 248))</name>",
            "<description><b/></description>", "<parent/>", "<parent>c0</parent>",
            "<parent><name>c0</name><name>c0</name></parent>", "<parent><x/></parent>",
            "<creationTime/>", "<creationTime> 12 </creationTime>",
            "<creationTime>+7</creationTime>", "<creationTime>-0</creationTime>",
            "<creationTime>1.5</creationTime>",
            "<creationTime>9223372036854775808</creationTime>",
            "<current>2</current>", "<current> 1</current>", "<current/>",
            "<disks/>", "<disks>text</disks>", "<disks><x/></disks>", "<disks><disk/></disks>",
            "<disks><disk name=''/></disks>", "<disks><disk name='zz'/></disks>",
            "<disks><disk name='vd'/></disks>", "<disks><disk name='/'/></disks>",
            "<disks><disk name='vda' checkpoint='internal'/></disks>",
            "<disks><disk name='vda' checkpoint=' no '/></disks>",
            "<disks><disk name='vda' checkpoint='no' bitmap='x'/></disks>",
            "<disks><disk name='vda' checkpoint='no' size='1'/></disks>",
            "<disks><disk name='vda' size='+1'/></disks>",
            "<disks><disk name='vda' size='18446744073709551616'/></disks>",
            "<disks><disk name='vda' x='y'/></disks>", "<disks><disk name='vda'>t</disk></disks>",
            "<disks><disk name='vda'><x/></disk></disks>",
            "<disks><disk name='vda'/></disks><disks><disk name='vdb'/></disks>",
            "<domain/><domain/>", "<q:domain xmlns:q='u'/>", "<q:name xmlns:q='u'>c1</q:name>",
        ].map { SchemaCase(content: $0, isValid: false) }
}
