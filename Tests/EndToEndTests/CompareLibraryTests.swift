import Foundation
import TestSupport
import Testing

/// The comparison with libvirt's directory of several guests' folders.
struct CompareLibraryTests {
    private let fixture: CommandFixture

    init() throws {
        fixture = try CommandFixture()
        try fixture.define("vm1", digit: "1")
        try fixture.define("vm2", digit: "2")
    }

    /// Writes a checkpoint's file without a definition, as libvirt has it after a redefinition.
    private func write(_ guest: String, _ name: String, time: Int = 100) throws {
        try fixture.folder.write(
            CheckpointText.document(name, time: time), to: "lib/\(guest)/\(name).xml")
    }

    private func record(_ guest: String, _ name: String, time: Int = 100) throws {
        let run = try fixture.run(
            ["record", guest, "-"], input: CheckpointText.document(name, time: time))
        try #require(run.status == 0, "\(run.errors)")
    }

    /// The differences as `DOMAIN NAME DRIFT`, and the remedies.
    private func drift(
        _ arguments: String...
    ) throws -> (status: Int32, rows: [String], remedies: [[String]]) {
        let run = try fixture.run(["compare"] + arguments + ["--with", "lib", "--format", "json"])
        let rows = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
        let items = try #require(rows as? [[String: Any]], "\(run.errors)")
        let remedies = items.flatMap { $0["remedies"] as? [[String: Any]] ?? [] }
        return (
            run.status,
            items.map {
                "\($0["domain"] ?? "") \($0["checkpoint"] as? String ?? "-") \($0["drift"] ?? "")"
            }, remedies.compactMap { $0["argv"] as? [String] }
        )
    }

    @Test("The only guest's folder is not another guest's")
    func otherGuest() throws {
        try record("vm1", "a")
        try write("vm2", "a", time: 200)
        try write("vm2", "z")
        let found = try drift("vm1")
        #expect(found.status == 3 && found.rows == ["vm1 a lost"])
        #expect(!found.remedies.contains { $0.contains("import") })
        // A folder that is named itself belongs to the guest that is named.
        let run = try fixture.run("compare", "vm1", "--with", "lib/vm2")
        #expect(run.status == 3 && run.output.contains("replaced"))
    }

    @Test("A remedy imports the guest's own folder, and leaves no difference")
    func remedies() throws {
        for guest in ["vm1", "vm2"] {
            try record(guest, "a")
            try write(guest, "a")
            try write(guest, "b")
        }
        for domains in [["vm1"], ["--all"]] {
            let found = try fixture.run(["compare"] + domains + ["--with", "lib"])
            #expect(found.status == 3 && found.output.contains("import"), "\(found.output)")
        }
        let remedies = try drift("--all").remedies
        #expect(remedies.count == 2)
        for remedy in remedies {
            let run = try fixture.run(Array(remedy.dropFirst()))
            #expect(run.status == 0, "\(remedy): \(run.errors)")
        }
        #expect(try fixture.output("compare", "--all", "--with", "lib") == "No differences.\n")
    }

    @Test("Guests that are not recorded are differences of the whole, and can be imported")
    func unknownGuest() throws {
        try write("vm3", "a")
        try write("vm3", "b", time: 200)
        #expect(try drift("vm1").rows.isEmpty)
        let found = try drift("--all")
        #expect(found.status == 3 && found.rows == ["vm3 a unknown", "vm3 b unknown"])
        let run = try fixture.run(Array(try #require(found.remedies.first).dropFirst()))
        #expect(run.status == 0, "\(run.errors)")
        #expect(try drift("--all").rows.isEmpty)
    }

    @Test("A file of another guest that cannot be read does not matter; the guest's own does")
    func unreadable() throws {
        try record("vm1", "a")
        try write("vm1", "a")
        try fixture.folder.write("<domaincheckpoint><name>x", to: "lib/vm2/x.xml")
        #expect(try fixture.output("compare", "vm1", "--with", "lib") == "No differences.\n")
        let own = try fixture.run("compare", "vm2", "--with", "lib")
        #expect(own.status == 1 && own.errors.contains("vm2/x.xml"), "\(own.errors)")
        let all = try fixture.run("compare", "--all", "--with", "lib")
        #expect(all.status == 1 && all.errors.contains("vm2/x.xml"), "\(all.errors)")
    }
}
