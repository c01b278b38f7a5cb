import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

struct ExportTests {
    /// A store with a small tree: a, then b and c below it; b is current.
    private func fixture() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        let path = try fixture.library(
            "in/vm",
            [
                "a.xml": CheckpointText.document(
                    "a", time: 1, extra: CheckpointText.domain("vm")),
                "b.xml": CheckpointText.document(
                    "b", parent: "a", time: 2, extra: "<current>1</current>"),
                "c.xml": CheckpointText.document("c", parent: "a", time: 3),
            ])
        try await fixture.add(path)
        return fixture
    }

    private func files(_ path: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
    }

    @Test("The order begins with the path to the current checkpoint")
    func order() async throws {
        let fixture = try await fixture()
        let reports = try await fixture.store.export(["vm"], to: fixture.folder.path("out"))
        #expect(reports.map(\.keepsCurrent) == [true])
        let order = try String(contentsOfFile: fixture.folder.path("out/vm/ORDER"), encoding: .utf8)
        #expect(order == "a\nb\nc\n# current: b\n")
    }

    @Test("A current checkpoint with children cannot be restored, and the report says so")
    func currentWithChildren() async throws {
        let fixture = try await fixture()
        try await fixture.add(
            fixture.library("2/vm", ["d.xml": CheckpointText.document("d", parent: "b")]))
        let reports = try await fixture.store.export(["vm"], to: fixture.folder.path("out"))
        #expect(reports.map(\.current) == ["b"])
        #expect(reports.map(\.keepsCurrent) == [false])
    }

    @Test("A folder that is not empty is refused and left unchanged")
    func refused() async throws {
        let fixture = try await fixture()
        try fixture.folder.write("mine", to: "out/vm/notes")
        await #expect {
            try await fixture.store.export(["vm"], to: fixture.folder.path("out"))
        } throws: { ($0 as? MomentlogError)?.code == .outputRefused }
        #expect(try files(fixture.folder.path("out")) == ["vm", "vm/notes"])
    }

    @Test("Of several domains none appears if one cannot")
    func allOrNone() async throws {
        let fixture = try await fixture()
        try await fixture.add(fixture.library("other", ["a.xml": CheckpointText.document("a")]))
        try fixture.folder.write("mine", to: "out/other/notes")
        await #expect {
            try await fixture.store.export(["vm", "other"], to: fixture.folder.path("out"))
        } throws: { ($0 as? MomentlogError)?.code == .outputRefused }
        #expect(try files(fixture.folder.path("out")) == ["other", "other/notes"])
    }

    @Test("Checkpoints that libvirt will refuse to redefine are reported with their descendants")
    func refusedByLibvirt() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(
            fixture.library(
                "vm",
                [
                    "a.xml": CheckpointText.document("a", time: 1),
                    "b.xml": CheckpointText.document("b", parent: "lost", time: 2),
                    "c.xml": CheckpointText.document("c", parent: "b", time: 3),
                    "d.xml": CheckpointText.document("d", parent: "d", time: 4),
                ]))
        let reports = try await fixture.store.export(["vm"], to: fixture.folder.path("out"))
        #expect(reports.map(\.refusedByLibvirt) == [["b", "c", "d"]])
        #expect(reports.map(\.checkpoints) == [4])
    }

    @Test("Files that appear in the folder during the export stay")
    func filledMeanwhile() async throws {
        let fixture = try await fixture()
        await #expect {
            try await fixture.store.export(["vm"], to: fixture.folder.path("out")) { _ in
                _ = try? fixture.folder.write("mine", to: "out/vm/notes")
            }
        } throws: { ($0 as? MomentlogError)?.code == .outputRefused }
        #expect(try files(fixture.folder.path("out")) == ["vm", "vm/notes"])
    }

    @Test("An empty folder is filled")
    func emptyFolder() async throws {
        let fixture = try await fixture()
        try FileManager.default.createDirectory(
            atPath: fixture.folder.path("out/vm"), withIntermediateDirectories: true)
        try await fixture.store.export(["vm"], to: fixture.folder.path("out"))
        #expect(try files(fixture.folder.path("out/vm")).count == 4)
    }

    @Test(
        "Files are for their owner alone, with or without the definition", arguments: [true, false])
    func modes(includesDomain: Bool) async throws {
        let fixture = try await fixture()
        try await fixture.store.export(
            ["vm"], to: fixture.folder.path("out"),
            options: ExportOptions(includesDomain: includesDomain))
        let file = fixture.folder.path("out/vm/a.xml")
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains("<domain ") == includesDomain)
    }

    @Test("An unknown domain, or a flat export of two, is refused before anything is written")
    func impossible() async throws {
        let fixture = try await fixture()
        let output = fixture.folder.path("out")
        await #expect { try await fixture.store.export(["vm", "no"], to: output) } throws: {
            ($0 as? MomentlogError)?.code == .noDomain
        }
        await #expect {
            try await fixture.store.export(
                ["vm", "vm"], to: output, options: ExportOptions(isFlat: true))
        } throws: { ($0 as? MomentlogError)?.code == .usage }
        for domains: [DomainReference] in [
            ["vm", "vm"], ["vm", "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"],
        ] {
            await #expect { try await fixture.store.export(domains, to: output) } throws: {
                ($0 as? MomentlogError)?.code == .usage
            }
        }
        await #expect { try await fixture.store.export(["vm"], to: "") } throws: {
            ($0 as? MomentlogError)?.code == .usage
        }
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    @Test("A domain whose name is longer than a folder's may be is exported flat only")
    func longName() async throws {
        let fixture = try await StoreFixture()
        let name = String(repeating: "x", count: 256)
        try await fixture.add(
            fixture.library("x", ["a.xml": CheckpointText.document("a")]),
            ImportOptions(domain: DomainReference(name)))
        let output = fixture.folder.path("out")
        await #expect {
            try await fixture.store.export([DomainReference(name)], to: output)
        } throws: {
            ($0 as? MomentlogError)?.code == .outputRefused
        }
        let options = ExportOptions(isFlat: true, replaces: true)
        try await fixture.store.export([DomainReference(name)], to: output, options: options)
        #expect(try files(output) == ["ORDER", "a.xml"])
        let replaced = try await fixture.store.export(
            [DomainReference(name)], to: output, options: options)
        #expect(replaced.first?.replaced?.hasSuffix("/out") == true)
    }

    @Test("What was exported imports as the same checkpoints")
    func roundTrip() async throws {
        let fixture = try await fixture()
        try await fixture.store.export(["vm"], to: fixture.folder.path("out"))
        let report = try await fixture.add(fixture.folder.path("out"))
        #expect(report.domains.map(\.alreadyThere.count) == [3])
        #expect(!report.hasProblems)
        let other = try await StoreFixture()
        try await other.add(fixture.folder.path("out"))
        let graph = try await other.store.graph(of: "vm")
        #expect(
            try await fixture.store.graph(of: "vm").list()?.map(\.checkpoint)
                == graph.list()?.map(\.checkpoint))
    }
}
