import Foundation
import TestSupport
import Testing

/// An import with a request identifier, and with a condition.
struct ImportRequestTests {
    private func fixture() throws -> (CommandFixture, String) {
        let fixture = try CommandFixture()
        return (fixture, try fixture.library("vm", ["c1": nil, "c2": "c1"]))
    }

    private func report(_ fixture: CommandFixture, _ arguments: String...) throws -> [String: Any] {
        let run = try fixture.run(["import", "--format", "json"] + arguments)
        let whole = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
        let domains = (whole as? [String: Any])?["domains"] as? [[String: Any]]
        return try #require(domains?.first, "\(run.errors)")
    }

    @Test("A repeated import is answered with its first commit, and nothing is done again")
    func repeated() throws {
        let (fixture, path) = try fixture()
        let first = try report(fixture, path, "--request-id", "r1", "--actor", "one")
        #expect(first["commit"] as? Int == 1)
        #expect(first["repeated"] as? Bool == false)
        // Though it would have something to do.
        _ = try fixture.output("delete", "vm", "c2")
        let before = try fixture.state()
        let again = try report(fixture, path, "--request-id", "r1", "--actor", "another")
        #expect(again["commit"] as? Int == 1)
        #expect(again["repeated"] as? Bool == true)
        #expect((again["imported"] as? [Any])?.isEmpty == true)
        let said = try fixture.output("import", path, "--request-id", "r1")
        #expect(said.contains("The request was carried out before. Nothing was done now."))
        #expect(try fixture.state() == before)
        // Without its name it is another import.
        #expect(try report(fixture, path)["commit"] as? Int == 3)
    }

    @Test("An import that found nothing to do is remembered, too")
    func nothingToDo() throws {
        let (fixture, path) = try fixture()
        _ = try report(fixture, path)
        let first = try report(fixture, path, "--request-id", "r1")
        #expect(first["commit"] is NSNull)
        _ = try fixture.output("delete", "vm", "c2")
        let again = try report(fixture, path, "--request-id", "r1")
        #expect(again["commit"] is NSNull)
        #expect(again["repeated"] as? Bool == true)
        #expect(try fixture.output("list", "vm", "--format", "jsonl").contains("c2") == false)
    }

    @Test("Another import under the same name is a conflict, and so is another command")
    func conflict() throws {
        let (fixture, path) = try fixture()
        _ = try report(fixture, path, "--request-id", "r1")
        let other = try fixture.library("other", ["c3": nil])
        let before = try fixture.state()
        for arguments in [
            ["import", other, "--domain", "vm", "--request-id", "r1"],
            ["import", path, "--replace", "--request-id", "r1"],
            ["delete", "vm", "c2", "--request-id", "r1"],
        ] {
            let run = try fixture.run(arguments)
            #expect(run.status == 1, "\(arguments)")
            #expect(run.errors.contains("was carried out before, and asked for"), "\(run.errors)")
        }
        #expect(try fixture.state() == before)
    }

    @Test(
        "An expected revision is compared with the domain's", arguments: [(0, 1), (2, 1), (4, 0)])
    func expected(revision: Int, status: Int) throws {
        let (fixture, path) = try fixture()
        _ = try report(fixture, path)
        let more = try fixture.library("more", ["c3": "c2"])
        let run = try fixture.run(
            ["import", more, "--domain", "vm", "--expect-revision", "\(revision)"])
        #expect(run.status == Int32(status), "\(run.errors)")
        #expect(run.errors.contains("is at revision 4, not") == (status == 1))
        let (new, _) = try self.fixture()
        let path2 = try new.library("vm", ["c1": nil])
        #expect(try new.run(["import", path2, "--expect-revision", "0"]).status == 0)
    }

    @Test(
        "Of several domains there is no one request",
        arguments: ["--request-id", "--expect-revision"])
    func several(option: String) throws {
        let (fixture, _) = try fixture()
        for name in ["a", "b"] { _ = try fixture.library("all/\(name)", ["c1": nil]) }
        let run = try fixture.run(["import", fixture.folder.path("all"), option, "7"])
        #expect(run.status == 64)
        #expect(run.errors.contains("import one domain at a time"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.path("store.db")))
    }
}
