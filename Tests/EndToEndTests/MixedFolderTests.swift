import Foundation
import TestSupport
import Testing

/// Checkpoints beside folders with checkpoints: libvirt's directory with a stray file, or a
/// domain's folder with an older copy.
struct MixedFolderTests {
    private let fixture: CommandFixture

    init() throws { fixture = try CommandFixture() }

    private func write(
        _ place: String, of guest: String?, digit: Character = "1", parent: String? = nil
    ) throws {
        let name = String(place.split(separator: "/").last?.dropLast(4) ?? "")
        try fixture.folder.write(
            CheckpointText.document(
                name, parent: parent,
                extra: guest.map { CheckpointText.guest($0, digit: digit) } ?? ""),
            to: place)
    }

    private func domains() throws -> [String] {
        let domains = try #require(try fixture.json("domains") as? [[String: Any]])
        return domains.map { "\($0["name"] ?? "") \($0["checkpoints"] ?? "")" }
    }

    @Test(
        "A file beside guests' folders is skipped, and the folders are imported",
        arguments: ["vm1", nil])
    func strayFile(guest: String?) throws {
        try write("lib/vm1/a.xml", of: "vm1")
        try write("lib/vm1/b.xml", of: "vm1", parent: "a")
        try write("lib/vm2/a.xml", of: "vm2", digit: "2")
        try write("lib/a.xml", of: guest)
        let strict = try fixture.run("import", "lib", "--strict")
        #expect(strict.status == 1 && (strict.output + strict.errors).contains("a.xml"))
        #expect(try fixture.run("log").output.isEmpty)
        let run = try fixture.run("import", "lib")
        #expect(run.status == 3, "\(run.output)\(run.errors)")
        #expect((run.output + run.errors).contains("a.xml"))
        #expect(try domains() == ["vm1 2", "vm2 1"])
        #expect(try fixture.output("compare", "--all", "--with", "lib") == "No differences.\n")
    }

    @Test("Folders without definitions are guests' if several are there, or one has its name")
    func withoutDefinitions() throws {
        try write("lib/vm1/a.xml", of: nil)
        try write("lib/vm2/a.xml", of: nil)
        try write("lib/x.xml", of: nil)
        #expect(try fixture.run("import", "lib").status == 3)
        #expect(try domains() == ["vm1 1", "vm2 1"])
        try write("other/vm3/a.xml", of: nil)
        try write("other/x.xml", of: "vm3", digit: "3")
        #expect(try fixture.run("import", "other").status == 3)
        #expect(try domains() == ["vm1 1", "vm2 1", "vm3 1"])
    }

    @Test("An older copy in a domain's folder is not imported, and is named")
    func olderCopy() throws {
        try write("vm1/a.xml", of: "vm1")
        try write("vm1/b.xml", of: "vm1", parent: "a")
        try write("vm1/old/a.xml", of: "vm1")
        let run = try fixture.run("import", "vm1")
        #expect((run.output + run.errors).contains("vm1/old"), "\(run.output)\(run.errors)")
        #expect(try domains() == ["vm1 2"])
    }
}
