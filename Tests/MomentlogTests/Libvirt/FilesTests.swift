import CheckpointXML
import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// How libvirt's files are read.
struct FilesTests {
    private static let header = CheckpointWriter.fileHeader

    @Test("Each file begins with a comment that warns of changes, which reading passes over")
    func header() async throws {
        let fixture = try await StoreFixture()
        let text = Self.header + CheckpointText.document("a", extra: Row.guest)
        let report = try await fixture.add(fixture.library("vm1", ["a.xml": text]))
        #expect(!report.hasProblems)
        #expect(try await fixture.store.graph(of: "vm1").sketch == "a *a")
    }

    @Test("Keyed by the domain's name: the folder's name is the domain's if no <domain> says it")
    func folderName() async throws {
        let fixture = try await StoreFixture()
        try fixture.library(
            "lib/new-name", ["a.xml": CheckpointText.document("a", extra: Row.guest)])
        try fixture.library("lib/second", ["b.xml": CheckpointText.document("b")])
        try await fixture.add(fixture.folder.path("lib"))
        #expect(try await fixture.store.domains().map(\.name) == ["second", "vm1"])
        let text = String(
            decoding: try await fixture.store.document(
                of: "a", in: "vm1", parts: .everything), as: UTF8.self)
        #expect(text.contains("<name>vm1</name>"))
    }

    @Test(
        "Every directory entry is read whatever its suffix",
        arguments: ["a", "a.bak", "a.xml~", "a.XML", ".a.xml"])
    func suffixes(file: String) async throws {
        let fixture = try await StoreFixture()
        let report = try await fixture.add(
            fixture.library("vm1", [file: CheckpointText.document("a")]))
        #expect(try await fixture.store.graph(of: "vm1").sketch == "a *a")
        #expect(!report.hasProblems)
    }

    @Test("The name comes from the XML, not the file, and the report says that they differ")
    func fileName() async throws {
        let fixture = try await StoreFixture()
        let report = try await fixture.add(
            fixture.library("vm1", ["b.xml": CheckpointText.document("a")]),
            ImportOptions(domain: "vm1"))
        #expect(try await fixture.store.graph(of: "vm1").sketch == "a *a")
        #expect(report.domains[0].findings.map(\.kind) == [.nameDiffersFromFile])
    }

    @Test(
        "A file over 1 MiB, unreadable or malformed is skipped: ours, and reported",
        arguments: [
            (CreateTableTests.document(of: 1 << 20 + 1), "1048577 bytes, and 1048576"),
            ("<domaincheckpoint><name>x</name>", "line 1, "),
            (Row.document("<name>x</name>"), "missing creationTime"),
            ("", "empty"),
        ])
    func skipped(text: String, reason: String) async throws {
        let fixture = try await StoreFixture()
        let report = try await fixture.add(
            fixture.library("vm1", ["a.xml": CheckpointText.document("a"), "x.xml": text]),
            ImportOptions(domain: "vm1"))
        #expect(report.domains[0].skipped.map(\.code) == ["unreadable-file"])
        #expect(report.domains[0].skipped[0].reason.contains(reason))
        #expect(report.domains[0].findings.map(\.kind) == [.unreadableFile])
        #expect(try await fixture.store.graph(of: "vm1").sketch == "a *a")
    }

    @Test("A file of 1 MiB is read")
    func largest() async throws {
        let fixture = try await StoreFixture()
        let frame = CheckpointText.document("a", extra: "<description></description>")
        let text = String(repeating: "d", count: 1 << 20 - frame.utf8.count)
        let report = try await fixture.add(
            fixture.library(
                "vm1",
                [
                    "a.xml": CheckpointText.document(
                        "a", extra: "<description>\(text)</description>")
                ]))
        #expect(!report.hasProblems)
        let graph = try await fixture.store.graph(of: "vm1")
        #expect(graph.checkpoint(named: "a")?.description == text)
    }

    /// Files as name and parent, and the graph that follows: a parent that is kept, though
    /// it is missing, stands behind its arrow.
    static let graphs: [(words: String, [(String, String?)], String, [Finding.Kind])] = [
        ("one root and no fork: the only leaf", [("a", nil), ("b", "a")], "a b<-a *b", []),
        ("a fork: none", [("a", nil), ("b", "a"), ("c", "a")], "a b<-a c<-a *-", []),
        ("two roots: none", [("a", nil), ("b", nil)], "a b *-", []),
        (
            "a missing parent: below the root, none is current; ours, its name is kept",
            [("a", nil), ("b", "lost")], "a b<-lost *-", [.danglingParent]
        ),
        (
            "a cycle: below the root, none is current; ours, always cut at the same link",
            [("a", "c"), ("b", "a"), ("c", "b")], "a<-c b<-a c<-b *-", [.parentCycle]
        ),
    ]

    @Test("current is stored nowhere: after a load", arguments: graphs)
    func current(
        words: String, files: [(String, String?)], sketch: String, kinds: [Moments.Finding.Kind]
    ) async throws {
        let fixture = try await StoreFixture()
        for (index, (name, parent)) in files.enumerated() {
            try fixture.folder.write(
                CheckpointText.document(name, parent: parent, time: 100 + index),
                to: "vm1/\(name).xml")
        }
        let report = try await fixture.add(fixture.folder.path("vm1"))
        #expect(try await fixture.store.graph(of: "vm1").sketch == sketch, "\(words)")
        let errors = report.domains[0].findings.filter { $0.severity == .error }
        #expect(errors.map(\.kind) == kinds)
    }
}
