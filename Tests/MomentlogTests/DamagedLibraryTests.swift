import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// Libraries as they are found in the field.
struct DamagedLibraryTests {
    /// A folder with three good checkpoints and all kinds of trouble.
    private func damaged(_ fixture: StoreFixture) throws -> String {
        let foreign = CheckpointText.domain("x", digit: "b")
        let path = try fixture.library(
            "vm",
            [
                "a.xml": CheckpointText.document("a", extra: CheckpointText.domain("vm")),
                "b.xml": CheckpointText.document(
                    "b", parent: "a", extra: CheckpointText.domain("vm")),
                "c.xml": CheckpointText.document("other", parent: "b"),
                "broken.xml": "<domaincheckpoint>\n<name>broken</nam>",
                "big.xml": CheckpointText.document(
                    "big",
                    extra: "<description>\(String(repeating: "x", count: 1 << 20))</description>"),
                "doctype.xml": "<!DOCTYPE x>\n" + CheckpointText.document("doctype"),
                "b-again.xml": CheckpointText.document("a", time: 5),
                "foreign.xml": CheckpointText.document("foreign", extra: foreign),
                "name.xml": CheckpointText.document("../up"),
                "README": "hello", "b.xml.new": CheckpointText.document("b"),
                "folder/x.xml": CheckpointText.document("x"), "ORDER": "a\nb\n",
            ])
        try FileManager.default.createSymbolicLink(
            atPath: path + "/lost.xml", withDestinationPath: "/nowhere/at/all")
        return path
    }

    private static let skipped = [
        "b-again.xml: duplicate-name", "big.xml: unreadable-file", "broken.xml: unreadable-file",
        "doctype.xml: unreadable-file", "foreign.xml: foreign-domain",
        "lost.xml: unreadable-file", "name.xml: invalid-name",
    ]

    private func skipped(_ report: ImportReport) -> [String] {
        report.domains[0].skipped.map {
            "\(URL(fileURLWithPath: $0.path).lastPathComponent): \($0.code)"
        }.sorted()
    }

    @Test("All that is sound is imported, and each problem is named with file and reason")
    func imported() async throws {
        let fixture = try await StoreFixture()
        let report = try await fixture.add(damaged(fixture))
        let graph = try await fixture.store.graph(of: "vm")
        // b-again.xml comes before b.xml, but after a.xml.
        #expect(graph.names()?.sorted() == ["a", "b", "other"])
        #expect(graph.checkpoint(named: "a")?.creationTime == 1_700_000_000)
        #expect(skipped(report) == Self.skipped)
        #expect(report.hasProblems)
        #expect(!report.isRefused)
        let warnings = report.domains[0].findings.filter { $0.severity == .warning }
        #expect(warnings.map(\.kind) == [.strayFile, .strayFile, .strayFile, .nameDiffersFromFile])
        let broken = report.domains[0].skipped.first { $0.path.hasSuffix("broken.xml") }
        #expect(broken?.reason.contains("line 2") == true)
        #expect(report.domains[0].findings == report.domains[0].findings.sorted())
    }

    @Test("A strict import imports nothing, not even a store, and reports the same")
    func strict() async throws {
        let fixture = try await StoreFixture()
        let report = try await fixture.add(damaged(fixture), ImportOptions(isStrict: true))
        #expect(skipped(report) == Self.skipped)
        #expect(report.isRefused)
        #expect(try await fixture.store.domains().isEmpty)
        #expect(try fixture.folder.contents.filter { $0.hasPrefix("store") }.isEmpty)
    }

    @Test("A strict import of several domains imports all or none")
    func strictOverDomains() async throws {
        let fixture = try await StoreFixture()
        try fixture.library("lib/good", ["a.xml": CheckpointText.document("a")])
        try fixture.library("lib/sad", ["a.xml": "<domaincheckpoint"])
        let strict = ImportOptions(isStrict: true)
        #expect(try await fixture.add(fixture.folder.path("lib"), strict).isRefused)
        #expect(try await fixture.store.domains().isEmpty)
        try fixture.library("lib/sad", ["a.xml": CheckpointText.document("a")])
        #expect(try await fixture.add(fixture.folder.path("lib"), strict).isRefused == false)
        #expect(try await fixture.store.domains().count == 2)
    }

    @Test("A dry run changes nothing and says what it would do")
    func dryRun() async throws {
        let fixture = try await StoreFixture()
        let report = try await fixture.add(damaged(fixture), ImportOptions(isDryRun: true))
        #expect(report.domains[0].imported.sorted() == ["a", "b", "other"])
        #expect(try fixture.folder.contents.filter { $0.hasPrefix("store") }.isEmpty)
    }

    @Test("A checkpoint that differs is skipped as existing, and redefined on request")
    func differing() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(fixture.library("vm", ["a.xml": CheckpointText.document("a")]))
        let changed = try fixture.library("2/vm", ["a.xml": CheckpointText.document("a", time: 8)])
        let count = try await fixture.eventCount()
        let kept = try await fixture.add(changed)
        #expect(kept.domains[0].skipped.map(\.code) == ["exists"])
        #expect(kept.domains[0].skipped[0].reason.contains("creation time"))
        #expect(try await fixture.eventCount() == count)
        let replaced = try await fixture.add(changed, ImportOptions(replaces: true))
        #expect(replaced.domains[0].replaced == ["a"])
        // Another creation time is another checkpoint.
        #expect(
            replaced.domains[0].findings.filter { $0.severity == .error }.map(\.kind)
                == [.nameReused])
        #expect(try await fixture.store.graph(of: "vm").checkpoint(named: "a")?.creationTime == 8)
    }

    @Test("A cycle of three, a lost parent and two currents are kept and found")
    func faultyGraph() async throws {
        let fixture = try await StoreFixture()
        let current = "<current>1</current>"
        let path = try fixture.library(
            "vm",
            [
                "a.xml": CheckpointText.document("a", parent: "c", time: 1),
                "b.xml": CheckpointText.document("b", parent: "a", time: 2, extra: current),
                "c.xml": CheckpointText.document("c", parent: "b", time: 3),
                "d.xml": CheckpointText.document("d", parent: "lost", time: 4, extra: current),
            ])
        let report = try await fixture.add(path, ImportOptions(domain: "vm"))
        let graph = try await fixture.store.graph(of: "vm")
        #expect(graph.brokenInvariants().isEmpty)
        #expect(graph.names(Listing(.all, order: .topological)) == ["a", "b", "c", "d"])
        let findings = graph.findings(domain: "vm")
        #expect(
            findings.map(\.kind) == [
                .parentCycle, .danglingParent, .multipleCurrent,
                .childOlderThanParent,
            ])
        #expect(findings.map(\.checkpoints) == [["a", "c", "b"], ["d"], ["b", "d"], ["a"]])
        let files: [CheckpointName: String] = [
            "a": "a.xml", "b": "b.xml", "c": "c.xml", "d": "d.xml",
        ]
        #expect(report.domains[0].findings == graph.findings(domain: "vm", files: files))
        #expect(
            report.domains[0].findings.map(\.message) == [
                "3 checkpoints are each other's ancestors: a <- c <- b <- a; 'a' is shown as a"
                    + " root, since it is older (1970-01-01T00:00:01Z) than its parent 'c'"
                    + " (1970-01-01T00:00:03Z); they are in a.xml, c.xml, b.xml",
                "the parent 'lost' of checkpoint 'd' (1970-01-01T00:00:04Z, d.xml) is missing",
                "2 checkpoints claim to be current: 'b' (1970-01-01T00:00:02Z, b.xml), 'd'"
                    + " (1970-01-01T00:00:04Z, d.xml)",
                "checkpoint 'a' (1970-01-01T00:00:01Z, a.xml) is older than its parent 'c'"
                    + " (1970-01-01T00:00:03Z, c.xml)",
            ])
        // The lost one comes back, and its child joins it.
        try await fixture.add(
            fixture.library("2/vm", ["lost.xml": CheckpointText.document("lost", time: 3)]))
        #expect(
            try await fixture.store.graph(of: "vm").names(Listing(.children(of: "lost"))) == ["d"])
    }

    @Test(
        "What lies beside the domains' folders hides none of them",
        arguments: [
            ("x.xml.new", "", Finding.Kind.strayFile), ("README", "read me", .strayFile),
            ("broken.xml", "<domaincheck", .unreadableFile),
        ])
    func strayBesideFolders(name: String, text: String, kind: Finding.Kind) async throws {
        let fixture = try await StoreFixture()
        try fixture.library("lib/vm1", ["a.xml": CheckpointText.document("a")])
        try fixture.library("lib/vm2", ["a.xml": CheckpointText.document("a")])
        try fixture.folder.write(text, to: "lib/" + name)
        let report = try await fixture.add(fixture.folder.path("lib"))
        #expect(try await fixture.store.domains().map(\.name) == ["vm1", "vm2"])
        #expect(report.findings.map(\.kind) == [kind])
        #expect(report.findings.map(\.domain) == [nil])
        #expect(report.hasProblems == (kind == .unreadableFile))
    }

    @Test("Of two files with one name the foreign one does not take the other's place")
    func foreignDuplicate() async throws {
        let fixture = try await StoreFixture()
        let own = CheckpointText.domain("vm")
        let path = try fixture.library(
            "vm",
            [
                "a.xml": CheckpointText.document(
                    "c1", time: 5, extra: CheckpointText.domain("x", digit: "b")),
                "c1.xml": CheckpointText.document("c1", time: 1, extra: own),
                "c2.xml": CheckpointText.document("c2", parent: "c1", time: 2, extra: own),
            ])
        let report = try await fixture.add(path)
        #expect(report.domains[0].skipped.map(\.code) == ["foreign-domain"])
        let graph = try await fixture.store.graph(of: "vm")
        #expect(graph.checkpoint(named: "c1")?.creationTime == 1)
        #expect(!graph.hasErrors)
    }

    @Test("A refused library is reported with its errors")
    func refusedReport() async throws {
        let fixture = try await StoreFixture()
        let path = try fixture.library(
            "vm",
            [
                "a.xml": CheckpointText.document(
                    "a", extra: CheckpointText.domain("x", digit: "a")),
                "b.xml": CheckpointText.document(
                    "b", extra: CheckpointText.domain("y", digit: "b")),
                "broken.xml": "<domaincheckpoint>",
            ])
        let report = try await fixture.add(path)
        #expect(report.isRefused)
        #expect(report.domains[0].filesRead == 3)
        #expect(report.domains[0].skipped.map(\.code) == ["unreadable-file"])
        #expect(report.domains[0].findings.map(\.kind) == [.unreadableFile])
    }

    @Test("A missing path is refused before anything else happens")
    func missingPath() async throws {
        let fixture = try await StoreFixture()
        await #expect {
            try await fixture.add(fixture.folder.path("nowhere"))
        } throws: { error in
            (error as? MomentlogError)?.code == .unreadableFile
        }
    }

    @Test("A folder without checkpoints is refused, and nothing is imported")
    func emptyFolder() async throws {
        let fixture = try await StoreFixture()
        try fixture.library("vm", ["README": "nothing here"])
        await #expect { try await fixture.add(fixture.folder.path("vm")) } throws: {
            ($0 as? MomentlogError)?.code == .unreadableFile
        }
        #expect(try await fixture.store.domains().isEmpty)
    }
}
