import Foundation
import TestSupport
import Testing

/// The steps of remedies that are virsh's, run by a real one.
@Suite(.enabled(if: VirshSession.isAvailable || LibvirtPeer.isComparedWith))
struct RemedyPeerTests {
    private static let domain = VirshSession.domain

    @Test("libvirt accepts a checkpoint without a disk, and the deletion of its metadata")
    func steps() throws {
        let folder = try TemporaryFolder("remedies")
        let store = ["--store", folder.path("store.db")]
        func momentlog(_ arguments: String...) throws -> CommandRun {
            try CommandRun.run("momentlog", arguments + store, folder: folder.url)
        }
        let definition = try VirshSession.definition()
        let disk = try #require(
            definition.split(separator: "'").drop { !$0.hasSuffix("<target dev=") }
                .dropFirst().first.map(String.init))
        let document =
            "<domaincheckpoint><name>n1</name><creationTime>1700000000</creationTime>"
            + "<disks><disk name='\(disk)' checkpoint='bitmap' bitmap='n1'/></disks>"
            + definition + "</domaincheckpoint>"
        let file = try folder.write(document, to: "given.xml")
        try #require(try momentlog("import", file, "--domain", Self.domain).status == 0)
        let redefined = try momentlog("redefine", Self.domain, "n1", "--without-disk", disk)
        try #require(redefined.status == 0, "\(redefined.errors)")
        let written = try momentlog(
            "dumpxml", Self.domain, "n1", "--security-info", "--output", "n1.xml")
        try #require(written.status == 0, "\(written.errors)")
        let again = try momentlog("dumpxml", Self.domain, "n1", "--output", "n1.xml")
        #expect(again.status == 1, "an existing file is never overwritten")

        var virsh = VirshSession()
        virsh.add(["checkpoint-create", Self.domain, file, "--redefine"])
        virsh.add(["checkpoint-create", Self.domain, folder.path("n1.xml"), "--redefine"])
        virsh.endPart()
        virsh.add(["checkpoint-dumpxml", Self.domain, "n1", "--no-domain"])
        virsh.endPart()
        virsh.add(["checkpoint-delete", Self.domain, "n1", "--metadata"])
        virsh.add(["checkpoint-list", Self.domain, "--name"])
        virsh.endPart()
        let answers = try virsh.run()
        #expect(answers[0].allSatisfy { $0.contains(" created from ") }, "\(answers[0])")
        #expect(answers[1].contains { $0.contains("<disk name='\(disk)' checkpoint='no'/>") })
        #expect(answers[2] == ["Domain checkpoint n1 deleted"], "\(answers[2])")
    }
}
