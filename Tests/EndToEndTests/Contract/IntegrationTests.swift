import Foundation
import Glibc
import Momentlog
import TestSupport
import Testing

struct IntegrationTests {
    private static func page(_ name: String) throws -> String {
        try String(
            contentsOf: Fixtures.repository.appending(
                path: "Sources/Momentlog/Momentlog.docc/\(name).md"), encoding: .utf8)
    }

    /// Writes the article's script, and documents of the checkpoints c1 and c2.
    private func fixture() throws -> CommandFixture {
        let fixture = try CommandFixture()
        try fixture.define()
        let page = try Self.page("Integration")
        let block = try #require(page.firstMatch(of: /```sh\n(?<script>[^`]+)```/))
        #expect(block.script.split(separator: "\n").count <= 32)
        try fixture.folder.write(String(block.script), to: "record-checkpoints")
        try fixture.folder.write(CheckpointText.document("c1", time: 100), to: "c1.xml")
        try fixture.folder.write(
            CheckpointText.document("c2", parent: "c1", time: 200), to: "c2.xml")
        return fixture
    }

    private func run(_ arguments: String..., in fixture: CommandFixture) throws -> CommandRun {
        var environment = fixture.environment
        environment["BUSY_TIMEOUT"] = "0"
        environment["RETRY_SECONDS"] = "0"
        environment["SCRIPT_PATH"] = CommandRun.products.path + ":/usr/bin:/bin"
        return try CommandRun.run(
            "/bin/sh",
            ["-c", #"PATH="$SCRIPT_PATH" exec sh record-checkpoints "$@""#, "sh"] + arguments,
            environment: environment, folder: fixture.folder.url)
    }

    @Test("The article's script records each checkpoint once, however often it is run")
    func once() throws {
        let fixture = try fixture()
        let first = try run("vm", "job-1", "c1.xml", "c2.xml", in: fixture)
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output == "c1: revision 3\nc2: revision 5\n")
        let state = try fixture.state()
        let again = try run("vm", "job-1", "c1.xml", "c2.xml", in: fixture)
        #expect(again.status == 0 && again.output == first.output, "\(again.errors)")
        #expect(try fixture.state() == state)
    }

    @Test("The article's script reports reused names, and why a checkpoint was refused")
    func answers() throws {
        let fixture = try fixture()
        #expect(try run("vm", "job-1", "c1.xml", in: fixture).status == 0)
        try fixture.folder.write(CheckpointText.document("c1", time: 300), to: "c1.xml")
        let reused = try run("vm", "job-2", "c1.xml", in: fixture)
        #expect(reused.output == "c1: name-reused\n", "\(reused.errors)")
        let refused = try run("nosuch", "job-3", "c2.xml", in: fixture)
        #expect(refused.status == 1)
        #expect(refused.errors.hasPrefix("no-domain: "), "\(refused.errors)")
    }

    @Test("The article's script tries again while the store is busy, and then ends with 75")
    func busy() throws {
        let fixture = try fixture()
        let descriptor = open(fixture.folder.path("store.db"), O_RDWR | O_CLOEXEC)
        try #require(descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        defer { close(descriptor) }
        #expect(try run("vm", "job-1", "c1.xml", in: fixture).status == 75)
    }

    @Test("The article on exit status has every error code, and no other")
    func codes() throws {
        let page = try Self.page("ExitStatus")
        let table = try #require(page.range(of: "## Error codes"))
        let listed = page[table.upperBound...].split(separator: "\n")
            .filter { $0.hasPrefix("| `") }
            .flatMap { $0.split(separator: "|")[0].matches(of: /`([a-z-]+)`/).map { String($0.1) } }
        let source = try String(
            contentsOf: Fixtures.repository.appending(path: "Sources/Moments/MomentlogError.swift"),
            encoding: .utf8)
        let known = source.matches(of: /= Code\("([a-z-]+)"\)/).map { String($0.1) }
        #expect(known.count > 30)
        #expect(listed.sorted() == known.sorted())
    }
}
