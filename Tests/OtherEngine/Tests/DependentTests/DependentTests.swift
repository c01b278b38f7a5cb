import Foundation
import GuestList
import Momentlog
import Testing

@testable import Dependent

/// A program that depends on the package and imports `Momentlog` alone.
struct DependentTests {
    private static let guest = """
        <domain type='kvm'><name>vm1</name>\
        <uuid>aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa</uuid><devices><disk type='file' device='disk'>\
        <driver name='qemu' type='qcow2'/><source file='/x.qcow2'/><target dev='vda'/></disk>\
        </devices></domain>
        """

    private static func checkpoint(_ name: String, parent: String? = nil, time: Int) -> String {
        let parent = parent.map { "<parent><name>\($0)</name></parent>" } ?? ""
        return "<domaincheckpoint><name>\(name)</name>\(parent)<creationTime>\(time)</creationTime>"
            + "<disks><disk name='vda' checkpoint='bitmap' bitmap='\(name)'/></disks>"
            + "</domaincheckpoint>"
    }

    @Test("A program with its own Event, Command, Domain and Disk uses a store")
    func ownNames() async throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "dependent-\(UUID()).db").path
        defer {
            for suffix in ["", ".head", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
        }
        let journal = try await BackupJournal(path: path)
        try await journal.define(Self.guest)
        let first = Self.checkpoint("c1", time: 100)
        #expect(try await !journal.record(first, of: "vm1", request: "1"))
        #expect(try await journal.record(first, of: "vm1", request: "1"))
        _ = try await journal.record(
            Self.checkpoint("c2", parent: "c1", time: 200), of: "vm1", request: "2")
        #expect(await journal.code(askingFor: "vm2") == .noDomain)
        #expect(await journal.code(askingFor: "vm1") == nil)
        #expect(try await journal.eventCount() == 5)
        #expect(try await journal.lines(limit: 5).count == 5)
        await #expect(throws: QuotaExceeded()) { try await journal.lines(limit: 2) }
        #expect(try await journal.events(of: "vm1") == [Event(text: "c1"), Event(text: "c2")])
        let now = try await journal.checkpoints(of: "vm1", on: Date(timeIntervalSinceNow: 60))
        #expect(now.names == ["c1", "c2"] && now.current == "c2")
        let head = try await journal.head()
        #expect(try await journal.delete(["c1", "c2"], of: "vm1") == 3)
        #expect(try await journal.isSound(since: head))
        #expect(try await journal.findings() == Data("[]".utf8))
        await journal.close()
        #expect(
            try await knownGuests(path, among: ["vm0", "vm1"]) == [
                "/var/lib/libvirt/images/vm1.qcow2 0"
            ])
    }
}
