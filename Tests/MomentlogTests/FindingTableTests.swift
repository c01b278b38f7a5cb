import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// For each finding the smallest library that has it, and its near miss that does not.
struct FindingTableTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var kind: Finding.Kind
        /// The files that have it: name and document.
        var files: [String: String]
        /// The checkpoints at fault.
        var checkpoints: [CheckpointName]
        /// A part of what is said of it.
        var message: String
        /// The same but for one thing, in which nothing is found.
        var nearMiss: [String: String]

        init(
            _ kind: Finding.Kind, _ files: [String: String], _ checkpoints: [CheckpointName] = [],
            _ message: String, nearMiss: [String: String]
        ) {
            self.kind = kind
            self.files = files
            self.checkpoints = checkpoints
            self.message = message
            self.nearMiss = nearMiss
        }

        var testDescription: String { kind.rawValue }
    }

    private static func document(
        _ name: String, _ parent: String? = nil, time: Int = 5, extra: String = "",
        disks: String = "<disk name='vda' checkpoint='bitmap'/>"
    ) -> String {
        CheckpointText.document(
            name, parent: parent, time: time, extra: extra, disks: "<disks>\(disks)</disks>")
    }

    private static let claim = "<current>1</current>"
    private static let own = CheckpointText.domain("vm", digit: "a")
    private static let other = CheckpointText.domain("vm", digit: "b")

    static let rows = [
        Row(
            .selfParent, ["a.xml": document("a", "a")], ["a"],
            "checkpoint 'a' (a.xml) names itself as its parent",
            nearMiss: ["a.xml": document("a")]),
        Row(
            .parentCycle, ["a.xml": document("a", "b"), "b.xml": document("b", "a")], ["a", "b"],
            "2 checkpoints are each other's ancestors: a <- b <- a; 'a' is shown as a root, the"
                + " smallest name of those created at the same time (1970-01-01T00:00:05Z); they"
                + " are in a.xml, b.xml",
            nearMiss: ["a.xml": document("a", "b"), "b.xml": document("b")]),
        Row(
            .danglingParent, ["a.xml": document("a", "x")], ["a"],
            "the parent 'x' of checkpoint 'a' (1970-01-01T00:00:05Z, a.xml) is missing",
            nearMiss: ["a.xml": document("a", "x"), "x.xml": document("x")]),
        Row(
            .multipleCurrent,
            ["a.xml": document("a", extra: claim), "b.xml": document("b", extra: claim)],
            ["a", "b"],
            "2 checkpoints claim to be current: 'a' (1970-01-01T00:00:05Z, a.xml), 'b'"
                + " (1970-01-01T00:00:05Z, b.xml)",
            nearMiss: [
                "a.xml": document("a", extra: "<current>0</current>"),
                "b.xml": document("b", "a", extra: claim),
            ]),
        Row(
            .duplicateName,
            ["a.xml": document("a"), "a.xml.copy": document("a", time: 6)], ["a"],
            "a.xml.copy: checkpoint 'a' (1970-01-01T00:00:06Z) is in",
            nearMiss: ["a.xml": document("a"), "b.xml": document("b", "a", time: 6)]),
        Row(
            .foreignDomain,
            [
                "a.xml": document("a", extra: own), "b.xml": document("b", extra: own),
                "c.xml": document("c", extra: other),
            ], ["c"],
            "c.xml: definition for checkpoint 'c' must use uuid aaaaaaaa-",
            nearMiss: [
                "a.xml": document("a", extra: own), "b.xml": document("b", extra: own),
                "c.xml": document("c", extra: own),
            ]),
        Row(
            .unreadableFile, ["a.xml": document("a"), "b.xml": "<domaincheckpoint>\n</x>"], [],
            "b.xml: line 2",
            nearMiss: ["a.xml": document("a"), "b.xml": document("b", "a")]),
        Row(
            .invalidName, ["a.xml": document("a"), "b.xml": document(".b")], [], "b.xml: line 1",
            nearMiss: ["a.xml": document("a"), "b..xml": document("b.", "a")]),
        Row(
            .strayFile, ["a.xml": document("a"), "a.xml.new": document("a")], [],
            "a.xml.new: the leftover of an interrupted write",
            nearMiss: ["a.xml": document("a"), "ORDER": "a\n"]),
        Row(
            .nameDiffersFromFile, ["b.xml": document("a")], ["a"],
            "b.xml holds checkpoint 'a', whose file is a.xml",
            nearMiss: ["a.xml": document("a")]),
        Row(
            .duplicateDisk,
            ["a.xml": document("a", disks: "<disk name='vda'/><disk name='vda'/>")], ["a"],
            "checkpoint 'a' (a.xml) names disk 'vda' twice",
            nearMiss: ["a.xml": document("a", disks: "<disk name='vda'/><disk name='vdb'/>")]),
        Row(
            .bitmapNameDiffers, ["a.xml": document("a", disks: "<disk name='vda' bitmap='b'/>")],
            ["a"], "the bitmap of checkpoint 'a' (a.xml) has another name on 'vda'",
            nearMiss: ["a.xml": document("a", disks: "<disk name='vda' bitmap='a'/>")]),
        Row(
            .childOlderThanParent,
            ["a.xml": document("a", time: 6), "b.xml": document("b", "a", time: 5)], ["b"],
            "checkpoint 'b' (1970-01-01T00:00:05Z, b.xml) is older than its parent 'a'"
                + " (1970-01-01T00:00:06Z, a.xml)",
            nearMiss: ["a.xml": document("a", time: 5), "b.xml": document("b", "a", time: 5)]),
        Row(
            .libvirtCurrentDiffers,
            ["a.xml": document("a", extra: claim), "b.xml": document("b", "a")], ["a", "b"],
            "the recorded current is 'a'; libvirt would take 'b' at its next start, so that an"
                + " export's files alone would lose the recorded one",
            nearMiss: ["a.xml": document("a"), "b.xml": document("b", "a", extra: claim)]),
        Row(
            .identicalCopy, ["a.xml": document("a"), "a.xml.copy": document("a")], ["a"],
            "a.xml.copy: checkpoint 'a' is the same as in",
            nearMiss: ["a.xml": document("a"), "b.xml": document("b", "a")]),
    ]

    @Test("The table has every finding that an import can have")
    func complete() {
        // Those that no library alone has are in tests of their own.
        let others: [Finding.Kind] = [
            .nameReused, .detachedByRepair, .missingFromLibrary, .guessedDomain, .clockAhead,
            .lost, .otherDomain, .nameTaken, .staleSource, .unknownHere,
            .unsettled,
        ]
        #expect(Self.rows.map(\.kind) == Finding.Kind.allCases.filter { !others.contains($0) })
    }

    @Test(
        "A library has the finding and no other, the same in a dry run; its near miss has none",
        arguments: rows)
    func row(row: Row) async throws {
        for isDryRun in [true, false] {
            let fixture = try await StoreFixture()
            let options = ImportOptions(isDryRun: isDryRun)
            try fixture.library("lib/vm", row.files)
            let report = try await fixture.add(fixture.folder.path("lib"), options)
            let findings = report.findings + report.domains.flatMap(\.findings)
            #expect(findings.map(\.kind) == [row.kind])
            #expect(findings.first?.checkpoints == row.checkpoints)
            #expect(findings.first?.message.contains(row.message) == true, "\(findings)")
            #expect(findings.first?.domain == "vm")
            #expect(report.hasProblems == (row.kind.severity == .error))
            let near = try await StoreFixture()
            try near.library("lib/vm", row.nearMiss)
            let clean = try await near.add(near.folder.path("lib"), options)
            #expect(clean.findings + clean.domains.flatMap(\.findings) == [])
            #expect(!clean.hasProblems)
            await fixture.store.close()
            await near.store.close()
        }
    }

    @Test("What was found is the same whichever way the files are named, and in any order")
    func order() async throws {
        let fixture = try await StoreFixture()
        // Many of one name, in folders of their own.
        for row in Self.rows { try fixture.library("lib/\(row.kind.rawValue)", row.files) }
        let names = Self.rows.flatMap { row in row.files.keys.map { "\(row.kind.rawValue)/\($0)" } }
        var expected: [Finding]?
        var generator = SplitMix64(seed: 3)
        for _ in 0..<10 {
            let paths = names.shuffled(using: &generator).map { fixture.folder.path("lib/\($0)") }
            let report = try await fixture.store.importLibraries(
                at: paths, options: ImportOptions(domain: "vm", isDryRun: true),
                by: StoreFixture.submission)
            let findings = report.domains.flatMap(\.findings)
            #expect(findings.count > 10)
            #expect(findings == findings.sorted())
            #expect(findings == expected ?? findings)
            expected = findings
        }
    }
}
