import CheckpointXML
import Foundation
import Moments
import TestSupport
import Testing

struct CorpusTests {
    @Test("What libvirt keeps on disk is written back byte for byte", arguments: Fixtures.libraries)
    func filesOnDisk(library: Fixtures.Library) throws {
        for name in try library.names {
            let bytes = try Fixtures.bytes(of: library.domainFolder.appending(path: name + ".xml"))
            let document = try CheckpointReader().read(bytes, as: .record)
            let written = CheckpointWriter(writesFileHeader: true)
                .document(of: try document.checkpoint, domain: document.domain?.bytes)
            #expect(written == bytes, "\(library) \(name)")
        }
    }

    @Test("What libvirt prints is printed byte for byte", arguments: Fixtures.libraries)
    func dumps(library: Fixtures.Library) throws {
        for name in try library.names {
            let bytes = try Fixtures.bytes(of: library.domainFolder.appending(path: name + ".xml"))
            let document = try CheckpointReader().read(bytes, as: .record)
            let checkpoint = try document.checkpoint
            let domain = document.domain?.bytes
            let writer = CheckpointWriter()
            #expect(
                try writer.document(of: checkpoint, domain: domain)
                    == library.dump(of: name, variant: ".secure"))
            #expect(
                try writer.document(of: checkpoint) == library.dump(of: name, variant: ".nodomain"))
            #expect(
                try writer.document(
                    of: checkpoint, domain: domain.map { DomainSecrets.removed(from: $0) })
                    == library.dump(of: name))
        }
    }

    @Test("Passwords and cookies go where libvirt leaves them out", arguments: ["s1", "s2", "s3"])
    func secrets(name: String) throws {
        let folder = Fixtures.corpus.appending(path: "secrets/dumpxml")
        let secure = try Fixtures.bytes(of: folder.appending(path: name + ".secure.xml"))
        let document = try CheckpointReader().read(secure, as: .record)
        let domain = try #require(document.domain)
        let checkpoint = try document.checkpoint
        let writer = CheckpointWriter()
        #expect(writer.document(of: checkpoint, domain: domain.bytes) == secure)
        #expect(
            try writer.document(of: checkpoint, domain: DomainSecrets.removed(from: domain.bytes))
                == Fixtures.bytes(of: folder.appending(path: name + ".xml")))
    }

    @Test("A printed bitmap's size is read and dropped", arguments: Fixtures.libraries)
    func sizes(library: Fixtures.Library) throws {
        for name in try library.names {
            let document = try CheckpointReader()
                .read(library.dump(of: name, variant: ".size"), as: .record)
            #expect(
                try CheckpointWriter().document(of: document.checkpoint)
                    == library.dump(of: name, variant: ".nodomain"))
        }
    }

    @Test("A domain's name and UUID are read from its definition")
    func identity() throws {
        let file = Fixtures.libraries[0].domainFolder.appending(path: "c1.xml")
        let document = try CheckpointReader().read(Fixtures.bytes(of: file), as: .record)
        #expect(document.domain?.name == "lin")
        #expect(
            document.domain?.uuid?.description == "aaaaaaaa-0000-4000-8000-000000000001")
    }
}

extension CheckpointDocument {
    /// The checkpoint that the document is of.
    var checkpoint: Checkpoint {
        get throws {
            Checkpoint(
                name: try #require(name), description: description, parent: parent,
                creationTime: try #require(creationTime), disks: disks)
        }
    }
}
