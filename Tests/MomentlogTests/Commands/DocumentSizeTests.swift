import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

struct DocumentSizeTests {
    private static let by = StoreFixture.submission
    private static let most = 1 << 20

    /// The size of the file that an export writes of a checkpoint.
    private func fileSize(_ name: String, _ fixture: StoreFixture) async throws -> Int {
        let report = try await fixture.store.export(
            ["vm1"], to: fixture.folder.path("out"), options: ExportOptions(replaces: true))
        let file = try #require(report.first).folder + "/\(name).xml"
        return try Data(contentsOf: URL(fileURLWithPath: file)).count
    }

    @Test("A checkpoint is created if its file is of 1 MiB, and refused if of a byte more")
    func creation() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        try await fixture.store.create(
            CheckpointRequest(name: "a", description: "x"), in: "vm1", by: Self.by)
        let rest = Self.most - (try await fileSize("a", fixture)) + 1
        // The next one names its parent as well.
        let parent = "  <parent>\n    <name>a</name>\n  </parent>\n".utf8.count
        let text = String(repeating: "x", count: rest - parent)
        let error = await #expect(throws: MomentlogError.self) {
            try await fixture.store.create(
                CheckpointRequest(name: "b", description: text + "x"), in: "vm1", by: Self.by)
        }
        #expect(error?.code == .invalidXML)
        #expect(error?.message.contains("\(Self.most + 1) bytes") == true)
        try await fixture.store.create(
            CheckpointRequest(name: "b", description: text), in: "vm1", by: Self.by)
        #expect(try await fileSize("b", fixture) == Self.most)
    }

    @Test("A document that its escapes make too large is refused")
    func escapes() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let text = String(repeating: "\"", count: 200_000)
        let document = CheckpointText.document("a", extra: "<description>\(text)</description>")
        let error = await #expect(throws: MomentlogError.self) {
            try await fixture.store.redefine([SourceDocument(document)], in: "vm1", by: Self.by)
        }
        #expect(error?.code == .invalidXML)
        #expect(try await fixture.eventCount() == 1)
    }

    @Test("A document that is accepted is accepted again after it was printed")
    func takenOver() async throws {
        let fixture = try await StoreFixture()
        let padding = "<!--\(String(repeating: "x", count: 700_000))-->"
        let guest = CheckpointText.guest("vm1").replacingOccurrences(
            of: "</domain>", with: padding + "</domain>")
        try await fixture.store.define(SourceDocument(guest), by: Self.by)
        let large = CheckpointRequest(
            name: "a", description: String(repeating: "x", count: 700_000))
        let error = await #expect(throws: MomentlogError.self) {
            try await fixture.store.create(large, in: "vm1", by: Self.by)
        }
        #expect(error?.code == .invalidXML)
        try await fixture.create("b")
        try await fixture.store.export(["vm1"], to: fixture.folder.path("out"))
        let other = try await StoreFixture()
        let report = try await other.add(fixture.folder.path("out"))
        #expect(report.domains.map(\.imported) == [["b"]])
    }

    @Test("The domain's own definition counts, whether or not it has been read before")
    func ownDefinition() async throws {
        let fixture = try await StoreFixture()
        let padding = "<!--\(String(repeating: "x", count: 700_000))-->"
        let guest = CheckpointText.guest("vm1").replacingOccurrences(
            of: "</domain>", with: padding + "</domain>")
        try await fixture.store.define(SourceDocument(guest), by: Self.by)
        let text = String(repeating: "\"", count: 100_000)
        let document = CheckpointText.document(
            "a", extra: "<description>\(text)</description>" + guest)
        let fresh = try await fixture.reopened()
        let error = await #expect(throws: MomentlogError.self) {
            try await fresh.redefine([SourceDocument(document)], in: "vm1", by: Self.by)
        }
        #expect(error?.code == .invalidXML)
        await fresh.close()
    }
}
