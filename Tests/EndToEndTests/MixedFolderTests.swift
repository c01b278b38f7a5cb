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
        // It might be what is missing.
        for domain in ["--all", "vm1"] {
            let compared = try fixture.run("compare", domain, "--with", "lib")
            #expect(compared.status == 1 && compared.errors.contains("lib/a.xml"))
        }
    }

    @Test("Folders that tools name are libvirt's directory also without any definition")
    func directoryName() throws {
        try write("checkpoint/vm1/a.xml", of: nil)
        try write("checkpoint/x.xml", of: nil)
        #expect(try fixture.run("import", "checkpoint").status == 3)
        #expect(try domains() == ["vm1 1"])
    }

    @Test(
        "A copy in a domain's folder is not imported, and is named; no guest is made of its name",
        arguments: [
            ("vm1", "vm1", "old", "vm1", 0), ("vm1", "vm1", "vm1", "vm1", 0),
            ("vm1", "vm1", "old", nil, 0), ("bk", "vm1", "old", "vm1", 0),
            ("bk", "vm1", "vm1", "vm1", 3), ("bk", "vm1", "old", nil, 3),
            ("vm1", nil, "old", nil, 3), ("vm1", nil, "vm1", "vm1", 0),
        ])
    func copy(
        folder: String, own: String?, inner: String, copied: String?, status: Int32
    ) throws {
        try write("\(folder)/a.xml", of: own)
        try write("\(folder)/b.xml", of: own, parent: "a")
        try write("\(folder)/\(inner)/a.xml", of: copied)
        let run = try fixture.run("import", folder)
        #expect(run.status == status, "\(run.output)\(run.errors)")
        #expect((run.output + run.errors).contains("\(folder)/\(inner)"), "\(run.output)")
        #expect(try domains() == ["vm1 2"])
        let again = try fixture.run("import", folder, "--domain", "vm1")
        #expect(again.status == status, "\(again.output)\(again.errors)")
        #expect(try domains() == ["vm1 2"])
    }
}
