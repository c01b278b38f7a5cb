import CheckpointXML
import Moments
import TestSupport
import Testing

struct RoundTripTests {
    private static let definitions = [
        "<domain/>", "<domain type='kvm' xmlns:q=\"urn:q\"><q:a b='&quot;'/></domain>",
        "<domain>\n  <!-- <a> & ' -->\n  <![CDATA[<&>]]>\r\n\t<a\n b = \"c\" />x</domain>",
        "<domain><name>vm</name><?pi a?><uuid>not one</uuid><b>&#13;&#xA;&lt;</b></domain>",
    ]

    @Test(
        "A written checkpoint is read back equal, and written again with the same bytes",
        arguments: Seeds.all)
    func anything(seed: UInt64) throws {
        var random = RandomCheckpoint(seed: seed)
        for round in 0..<400 {
            let checkpoint = random.checkpoint()
            let domain = random.definition(among: Self.definitions)
            let place: Comment = "seed \(seed), round \(round): \(checkpoint)"
            let writer = CheckpointWriter(writesFileHeader: round.isMultiple(of: 2))
            let written = writer.document(of: checkpoint, domain: domain)
            let read = try CheckpointReader().read(written, as: .record)
            let again = Checkpoint(
                name: try #require(read.name, place), description: read.description,
                parent: read.parent, creationTime: try #require(read.creationTime, place),
                disks: read.disks)
            try #require(again == checkpoint, place)
            // Texts are equal to Swift in all their normal forms; bytes are not.
            try #require(
                again.description.map { Array($0.utf8) }
                    == checkpoint.description.map { Array($0.utf8) }, place)
            try #require(read.domain?.bytes == domain, place)
            try #require(writer.document(of: again, domain: read.domain?.bytes) == written, place)
        }
    }

    @Test("An empty description is read back as nil")
    func emptyDescription() throws {
        let checkpoint = Checkpoint(name: "c1", description: "", creationTime: 0)
        #expect(checkpoint.description == nil)
        let written = CheckpointWriter().document(of: checkpoint)
        #expect(!String(decoding: written, as: UTF8.self).contains("description"))
        for empty in [
            "<description/>", "<description></description>",
            "<description><!-- -->"
                + "</description>",
        ] {
            let text = "<domaincheckpoint><name>c1</name>\(empty)</domaincheckpoint>"
            let read = try CheckpointReader().read(Array(text.utf8), as: .creation)
            #expect(read.description == nil)
        }
    }
}
