import Momentlog
import Moments
import TestSupport
import Testing

struct CompareTests {
    private let fixture: StoreFixture

    init() async throws {
        fixture = try await StoreFixture()
        try fixture.library(
            "lib/vm",
            ["c1.xml": Self.document("c1"), "c2.xml": Self.document("c2", parent: "c1", time: 6)])
        try await fixture.add(fixture.folder.path("lib"))
    }

    private static func document(
        _ name: String, parent: String? = nil, time: Int = 5
    ) -> String {
        CheckpointText.document(
            name, parent: parent, time: time, extra: CheckpointText.domain("vm"))
    }

    private func drift(_ files: [String: String], _ domains: [DomainReference] = ["vm"])
        async throws
        -> [String]
    {
        let path = try fixture.library("other/vm", files)
        return try await fixture.store.compare(domains, with: path).map {
            "\($0.kind.rawValue) \($0.checkpoint ?? "-")"
        }
    }

    @Test("The folder that was imported has no differences")
    func equal() async throws {
        for domains: [DomainReference] in [["vm"], []] {
            let drift = try await fixture.store.compare(domains, with: fixture.folder.path("lib"))
            #expect(drift == [])
        }
    }

    @Test("A folder in which a backup tool reused a name differs")
    func reused() async throws {
        #expect(
            try await drift(["c1.xml": Self.document("c1", time: 99)])
                == ["replaced c1", "lost c2"])
    }

    @Test("Checkpoints only in the folder are unknown, and missing ones are lost")
    func both() async throws {
        #expect(
            try await drift([
                "c1.xml": Self.document("c1"),
                "c3.xml": Self.document("c3", parent: "c1", time: 7),
            ]) == ["lost c2", "unknown c3"])
    }

    @Test("A file that cannot be read, or is another domain's, is no reason to call it lost")
    func unreadable() async throws {
        for text in ["<domaincheckpoint>", CheckpointText.document("c2")] {
            let path = try fixture.library(
                "bad/vm", ["c1.xml": Self.document("c1"), "c2.xml": text])
            if text == "<domaincheckpoint>" {
                await #expect(throws: MomentlogError.self) {
                    try await fixture.store.compare(["vm"], with: path)
                }
            }
        }
        let foreign = CheckpointText.document(
            "c2", time: 6, extra: CheckpointText.domain("vm", digit: "b"))
        let path = try fixture.library(
            "foreign/vm",
            ["c1.xml": Self.document("c1"), "c0.xml": Self.document("c0"), "c2.xml": foreign])
        await #expect(throws: MomentlogError.self) {
            try await fixture.store.compare(["vm"], with: path)
        }
    }

    @Test("A missing path, or one without checkpoints, is refused")
    func nothing() async throws {
        await #expect(throws: MomentlogError.self) {
            try await fixture.store.compare(["vm"], with: fixture.folder.path("none"))
        }
        try fixture.folder.write("x", to: "empty/readme.txt")
        await #expect(throws: MomentlogError.self) {
            try await fixture.store.compare(["vm"], with: fixture.folder.path("empty"))
        }
        await #expect(throws: MomentlogError.self) {
            try await fixture.store.compare(["nobody"], with: fixture.folder.path("lib"))
        }
    }
}
