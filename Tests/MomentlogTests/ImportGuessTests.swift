import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// Files that do not say which domain they belong to.
struct ImportGuessTests {
    private func kinds(_ report: ImportReport) -> [Finding.Kind] {
        (report.findings + report.domains.flatMap(\.findings)).map(\.kind)
    }

    @Test("The name of the folder that was named itself is a guess, and the report warns of it")
    func guessed() async throws {
        for isFile in [false, true] {
            let fixture = try await StoreFixture()
            let folder = try fixture.library(
                "in/vm1", ["a.xml": CheckpointText.document("a")])
            let report = try await fixture.add(isFile ? folder + "/a.xml" : folder)
            #expect(kinds(report) == [.guessedDomain])
            #expect(!report.hasProblems)
            #expect(try await fixture.store.domains().map(\.name) == ["vm1"])
        }
    }

    @Test("It is no guess in libvirt's directory, with a definition, or with a name that is given")
    func notGuessed() async throws {
        let fixture = try await StoreFixture()
        try fixture.library("any name/vm1", ["a.xml": CheckpointText.document("a")])
        #expect(kinds(try await fixture.add(fixture.folder.path("any name"))) == [])
        let defined = CheckpointText.document("a", extra: CheckpointText.domain("vm2"))
        #expect(kinds(try await fixture.add(fixture.library("x", ["a.xml": defined]))) == [])
        let plain = try fixture.library("y", ["a.xml": CheckpointText.document("a")])
        #expect(kinds(try await fixture.add(plain, ImportOptions(domain: "vm3"))) == [])
        #expect(try await fixture.store.domains().map(\.name) == ["vm1", "vm2", "vm3"])
    }

    @Test(
        "Names that tools give to folders of checkpoints are never a domain's",
        arguments: ["checkpoints", "checkpoint", "tmp"], ["folder", "file", "layout"])
    func impossible(name: String, how: String) async throws {
        let fixture = try await StoreFixture()
        let folder = try fixture.library(
            "in/\(name)", ["a.xml": CheckpointText.document("a")])
        let path =
            switch how {
            case "folder": folder
            case "file": folder + "/a.xml"
            default: fixture.folder.path("in")
            }
        let report = try await fixture.add(path)
        #expect(report.isRefused)
        #expect(report.domains.map(\.refusal?.code) == [.noDomain])
        #expect(try await fixture.store.domains().isEmpty)
        try await fixture.add(path, ImportOptions(domain: "vm1"))
        #expect(try await fixture.store.domains().map(\.name) == ["vm1"])
    }

    @Test("Files of another guest are not added to a domain that is known by a guessed name only")
    func secondGuest() async throws {
        for isTogether in [false, true] {
            let fixture = try await StoreFixture()
            let paths = try ["36", "37"].map { number in
                try fixture.library(
                    "ds/\(number)/data",
                    ["cp.xml": CheckpointText.document("one-\(number)-0")]) + "/cp.xml"
            }
            var refusals: [MomentlogError.Code?] = []
            for group in isTogether ? [paths] : paths.map({ [$0] }) {
                let report = try await fixture.store.importLibraries(
                    at: group, by: StoreFixture.submission)
                refusals += report.domains.map(\.refusal?.code)
            }
            #expect(refusals.compactMap { $0 } == [.noDomain])
            #expect(try await fixture.store.graph(of: "data").names() == ["one-36-0"])
        }
    }

    @Test("The same guest's files are: the same checkpoint, its child or its parent ties them")
    func sameGuest() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(
            fixture.library("1/vm", ["b.xml": CheckpointText.document("b", parent: "a", time: 2)]))
        let next =
            [
                ["c": "b"], ["a": nil, "x": nil], ["b": "a", "y": nil],
            ] as [[String: String?]]
        for (index, parents) in next.enumerated() {
            let times = ["a": 1, "b": 2, "c": 3, "x": 4, "y": 5]
            let report = try await fixture.add(
                fixture.library(
                    "\(index + 2)/vm",
                    Dictionary(
                        uniqueKeysWithValues: parents.map { name, parent in
                            (
                                name + ".xml",
                                CheckpointText.document(
                                    name, parent: parent, time: times[name] ?? 0)
                            )
                        })))
            #expect(report.domains.allSatisfy { $0.refusal == nil })
        }
        #expect(
            try await fixture.store.graph(of: "vm").names()?.sorted() == ["a", "b", "c", "x", "y"])
    }

    @Test("A checkpoint of the same name and another time shows that it is another guest")
    func contradiction() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(
            fixture.library("1/vm", ["a.xml": CheckpointText.document("a", time: 1)]))
        let report = try await fixture.add(
            fixture.library(
                "2/vm",
                [
                    "a.xml": CheckpointText.document("a", time: 7),
                    "b.xml": CheckpointText.document("b", parent: "a", time: 8),
                ]))
        #expect(report.domains.map(\.refusal?.code) == [.noDomain])
        #expect(try await fixture.store.graph(of: "vm").names() == ["a"])
    }

    @Test(
        "A name that no domain can have is refused, given or found",
        arguments: ["/var/lib/vm", ".", "..", " ", "", "a\tb", "a\u{1B}[0m"])
    func names(name: String) async throws {
        let fixture = try await StoreFixture()
        let path = try fixture.library("vm", ["a.xml": CheckpointText.document("a")])
        await #expect {
            try await fixture.add(path, ImportOptions(domain: DomainReference(name)))
        } throws: {
            ($0 as? MomentlogError)?.code == .usage
        }
        let written = name.replacing("\t", with: "&#9;")
        if !name.isEmpty && !name.contains("\u{1B}") {
            let report = try await fixture.add(
                fixture.library(
                    "2/vm",
                    [
                        "a.xml": CheckpointText.document("a"),
                        "b.xml": CheckpointText.document(
                            "b", extra: CheckpointText.domain(written)),
                    ]), ImportOptions(domain: "vm"))
            #expect(report.domains.flatMap(\.skipped).map(\.code) == ["invalid-name"])
            #expect(try await fixture.store.graph(of: "vm").names() == ["a"])
        }
    }
}
