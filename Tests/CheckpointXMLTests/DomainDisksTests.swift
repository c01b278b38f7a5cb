import CheckpointXML
import Foundation
import Moments
import TestSupport
import Testing

struct DomainDisksTests {
    private func disks(_ devices: String) throws -> [DomainDisk] {
        try DomainReader().read(Array("<domain><name>vm</name>\(devices)</domain>".utf8)).disks
    }

    @Test("A disk is what libvirt takes it for", arguments: DiskCase.all)
    func disk(_ disk: DiskCase) throws {
        #expect(try disks("<devices>\(disk.xml)</devices>") == [disk.expected])
    }

    @Test(
        "Disks without a name, and elements that are not disks of the domain, are skipped",
        arguments: [
            "<devices><disk><source file='/a'/></disk></devices>",
            "<devices><disk><source file='/a'/><target dev=''/></disk></devices>",
            "<devices><disk><source file='/a'/><target bus='virtio'/></disk></devices>",
            "<devices><x:disk xmlns:x='u'><target dev='vda'/></x:disk></devices>",
            "<x:devices xmlns:x='u'><disk><target dev='vda'/></disk></x:devices>",
            "<metadata><disk><target dev='vda'/></disk></metadata>",
            "<disk><target dev='vda'/></disk>",
            "<a><devices><disk><target dev='vda'/></disk></devices></a>",
            "<devices><a><disk><target dev='vda'/></disk></a></devices>",
            "<devices><interface><source dev='e'/><target dev='vnet0'/></interface></devices>",
            "<devices><disk><a><target dev='vda'/></a></disk></devices>",
            "<devices/>",
        ])
    func leftOut(xml: String) throws {
        #expect(try disks(xml).isEmpty)
    }

    @Test(
        "Disks are ordered by bus and target, as libvirt lists them",
        arguments: [
            ("vda vdb", "vda vdb"), ("vdb vda", "vda vdb"), ("vda hda vdb", "vda vdb hda"),
            ("hdb vdz vdaa vda hda", "hda hdb vda vdz vdaa"), ("sdb sda1 sda", "sda1 sda sdb"),
            ("vdb:ide sda:ide hda", "sda hda vdb"), ("odd vda", "odd vda"),
            ("vda fda hda sda xvda ubda vdb fdb", "vda vdb fda fdb hda sda xvda ubda"),
        ])
    func busOrder(given: String, expected: String) throws {
        func names(_ text: String) -> [String] {
            text.split(separator: " ").map { String($0.split(separator: ":")[0]) }
        }
        let xml = given.split(separator: " ").map { disk in
            let parts = disk.split(separator: ":")
            let bus = parts.count > 1 ? " bus='\(parts[1])'" : ""
            return "<disk><source file='/a'/><target dev='\(parts[0])'\(bus)/></disk>"
        }
        let found = try disks("<devices>\(xml.joined())</devices>")
        #expect(found.map(\.target) == names(expected))
    }

    @Test("A disk never gets the attributes of another one")
    func order() throws {
        let found = try disks(
            """
            <devices>
              <disk device='cdrom'><driver type='raw'/><target dev='hdc'/><readonly/></disk>
              <interface><source dev='eth0'/><target dev='vnet0'/></interface>
              <disk><source file='/b'/><target dev='vdb'/></disk>
            </devices>
            <devices>
              <disk><driver type='qcow2'/><source file='/a'/><target dev='vda'/></disk>
            </devices>
            """)
        #expect(
            found == [
                DomainDisk(target: "hdc", isReadOnly: true, isEmpty: true),
                DomainDisk(target: "vda", source: "/a", format: "qcow2"),
                DomainDisk(target: "vdb", source: "/b"),
            ])
    }

    @Test("A definition's disks are those of libvirt's checkpoint", arguments: Fixtures.libraries)
    func corpus(library: Fixtures.Library) throws {
        var compared = 0
        for name in try library.names {
            let bytes = try Fixtures.bytes(of: library.domainFolder.appending(path: name + ".xml"))
            let document = try CheckpointReader().read(bytes, as: .record)
            // A checkpoint that was redefined without a definition has none.
            guard let disks = document.domain?.disks else { continue }
            compared += 1
            #expect(!disks.isEmpty)
            #expect(disks.map(\.target) == document.disks.map(\.name), "\(library) \(name)")
        }
        #expect(compared > 0)
    }

    @Test("Secret or not, libvirt's disks are found", arguments: ["s1", "s2", "s3"])
    func secretCorpus(name: String) throws {
        for variant in ["", ".secure"] {
            let file = Fixtures.corpus.appending(path: "secrets/dumpxml/\(name)\(variant).xml")
            let document = try CheckpointReader().read(Fixtures.bytes(of: file), as: .record)
            let disks = try #require(document.domain).disks
            #expect(!disks.isEmpty)
            #expect(disks.map(\.target) == document.disks.map(\.name))
        }
    }
}
