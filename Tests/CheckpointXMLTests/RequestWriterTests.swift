import CheckpointXML
import Moments
import Testing

struct RequestWriterTests {
    private func text(_ request: CheckpointRequest) -> String {
        String(decoding: RequestWriter().document(of: request), as: UTF8.self)
    }

    @Test("A request that says nothing is an empty document")
    func empty() {
        #expect(text(CheckpointRequest()) == "<domaincheckpoint>\n</domaincheckpoint>\n")
    }

    @Test("A request is printed as virsh prints it")
    func all() {
        let request = CheckpointRequest(
            name: "c1", description: "a<b\n\t\"it's\" & >",
            disks: [
                Disk(name: "vda", mode: .bitmap, bitmap: "x"), Disk(name: "/a,b"),
                Disk(name: "vdb", mode: .no), Disk(name: "vdc", bitmap: ""),
            ])
        #expect(
            text(request) == """
                <domaincheckpoint>
                  <name>c1</name>
                  <description>a&lt;b\n\t&quot;it&apos;s&quot; &amp; &gt;</description>
                  <disks>
                    <disk name='vda' checkpoint='bitmap' bitmap='x'/>
                    <disk name='/a,b' checkpoint='bitmap'/>
                    <disk name='vdb' checkpoint='no'/>
                    <disk name='vdc' checkpoint='bitmap' bitmap=''/>
                  </disks>
                </domaincheckpoint>

                """)
    }

    @Test("Characters that XML cannot hold go, as in libvirt")
    func controlCharacters() throws {
        let request = CheckpointRequest(description: "a\u{1}b\u{0}\u{8}\u{B}\u{C}\u{1F}c\td\r\n")
        #expect(text(request).contains("<description>abc\td&#13;\n</description>"))
    }

    @Test("A document to create from is read as the request that it was written of")
    func roundTrip() throws {
        for request in [
            CheckpointRequest(),
            CheckpointRequest(
                name: "n", description: "CR\r <&>'\"",
                disks: [Disk(name: "vda", bitmap: "<'&'>"), Disk(name: "/a'b", mode: .no)]),
        ] {
            let bytes = RequestWriter().document(of: request)
            #expect(try CheckpointReader().read(bytes, as: .creation).request == request)
        }
    }

    @Test("Parent and creation time have no say in a request")
    func ignored() throws {
        let text =
            "<domaincheckpoint><name>n</name><parent><name>p</name></parent>"
            + "<creationTime>7</creationTime></domaincheckpoint>"
        let document = try CheckpointReader().read(Array(text.utf8), as: .creation)
        #expect(document.request == CheckpointRequest(name: "n"))
    }
}
