import CheckpointXML
import Moments
import Testing

struct WriterTests {
    private func text(_ checkpoint: Checkpoint, domain: [UInt8]? = nil) -> String {
        String(decoding: CheckpointWriter().document(of: checkpoint, domain: domain), as: UTF8.self)
    }

    @Test("The smallest checkpoint is its name and time")
    func smallest() {
        #expect(
            text(Checkpoint(name: "a", creationTime: 0)) == """
                <domaincheckpoint>
                  <name>a</name>
                  <creationTime>0</creationTime>
                </domaincheckpoint>

                """)
    }

    @Test("All parts have libvirt's order, indent and quotes")
    func allParts() {
        let checkpoint = Checkpoint(
            name: "b", description: "it's \"<&>\"\tok\r\n", parent: "a", creationTime: 17,
            disks: [
                Disk(name: "vda", mode: .bitmap, bitmap: "b"), Disk(name: "vdb", mode: .no),
                Disk(name: "/x/'y'", mode: .bitmap),
            ])
        #expect(
            text(checkpoint, domain: Array("<domain/>".utf8)) == """
                <domaincheckpoint>
                  <name>b</name>
                  <description>it&apos;s &quot;&lt;&amp;&gt;&quot;\tok&#13;\n</description>
                  <parent>
                    <name>a</name>
                  </parent>
                  <creationTime>17</creationTime>
                  <disks>
                    <disk name='vda' checkpoint='bitmap' bitmap='b'/>
                    <disk name='vdb' checkpoint='no'/>
                    <disk name='/x/&apos;y&apos;' checkpoint='bitmap'/>
                  </disks>
                  <domain/>
                </domaincheckpoint>

                """)
    }

    @Test("What is written is read back the same")
    func roundTrip() throws {
        let checkpoint = Checkpoint(
            name: "c", description: "CR\r LF\n tab\t <&>'\" 🐧 \u{85}\u{2028}", parent: "b.1",
            creationTime: CreationTime(seconds: .max),
            disks: [
                Disk(name: "sda", mode: .bitmap, bitmap: "<'&'>"),
                Disk(name: "/a\tb", mode: .bitmap, bitmap: "CR\r LF\n tab\t  two"),
            ])
        let bytes = CheckpointWriter(writesFileHeader: true).document(of: checkpoint)
        let document = try CheckpointReader().read(bytes, as: .record)
        #expect(document.description == checkpoint.description)
        #expect(document.disks == checkpoint.disks)
        #expect(document.parent == checkpoint.parent)
        #expect(document.creationTime == checkpoint.creationTime)
    }
}

struct DomainSecretsTests {
    @Test(
        "Stripping secrets removes nothing else",
        arguments: [
            ("<domain/>", "<domain/>"),
            (
                "<domain><devices><graphics passwd='x' type='vnc'/></devices></domain>",
                "<domain><devices><graphics type='vnc'/></devices></domain>"
            ),
            (
                "<domain><devices><graphics a='passwd=\"y\"' passwd = \"'x'\"\n b='>'/></devices></domain>",
                "<domain><devices><graphics a='passwd=\"y\"'\n b='>'/></devices></domain>"
            ),
            (
                "<domain><devices><graphics passwdValidTo='t' connected='keep'/></devices></domain>",
                "<domain><devices><graphics passwdValidTo='t' connected='keep'/></devices></domain>"
            ),
            (
                "<domain><metadata><graphics passwd='x'/></metadata></domain>",
                "<domain><metadata><graphics passwd='x'/></metadata></domain>"
            ),
            (
                "<domain><devices><disk><source>\n  <host/>\n  <cookies>\n    <cookie name='a'>b"
                    + "</cookie>\n  </cookies>\n</source></disk></devices></domain>",
                "<domain><devices><disk><source>\n  <host/>\n</source></disk></devices></domain>"
            ),
            (
                "<domain><metadata><a><devices><graphics passwd='1'/></devices><disk><source>"
                    + "<cookies>1</cookies></source></disk></a></metadata></domain>",
                "<domain><metadata><a><devices><graphics passwd='1'/></devices><disk><source>"
                    + "<cookies>1</cookies></source></disk></a></metadata></domain>"
            ),
            (
                "<domain><devices><graphics passwd='1'/><graphics passwd='2'/></devices></domain>",
                "<domain><devices><graphics/><graphics/></devices></domain>"
            ),
            (
                "<domain><os><nvram><source><cookies/> </source></nvram><source><cookies/>"
                    + "</source></os></domain>",
                "<domain><os><nvram><source> </source></nvram><source><cookies/>"
                    + "</source></os></domain>"
            ),
            (
                "<domain><devices><disk><source><cookies><source><cookies><a/></cookies>"
                    + "</source><cookie>s</cookie></cookies></source></disk></devices></domain>",
                "<domain><devices><disk><source></source></disk></devices></domain>"
            ),
            (
                "<x:domain xmlns:x='u'><x:devices><x:graphics x:passwd='1' passwdx='2'/>"
                    + "</x:devices></x:domain>",
                "<x:domain xmlns:x='u'><x:devices><x:graphics passwdx='2'/>"
                    + "</x:devices></x:domain>"
            ),
        ])
    func removed(definition: String, expected: String) {
        let kept = DomainSecrets.removed(from: Array(definition.utf8))
        #expect(String(decoding: kept, as: UTF8.self) == expected)
    }

    @Test("Of what cannot be parsed nothing is printed")
    func unparsable() {
        #expect(DomainSecrets.removed(from: Array("<domain passwd='x'".utf8)).isEmpty)
    }
}
