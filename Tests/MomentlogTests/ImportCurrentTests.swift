import Momentlog
import Moments
import TestSupport
import Testing

/// Which checkpoint is current after an import.
struct ImportCurrentTests {
    private func document(_ name: String, parent: String? = nil, current: Int? = nil) -> String {
        CheckpointText.document(
            name, parent: parent,
            extra: current.map { "<current>\($0)</current>" } ?? "")
    }

    @Test("One file's claim is used, even against the only leaf")
    func oneClaim() async throws {
        let fixture = try await StoreFixture()
        let report = try await fixture.add(
            fixture.library(
                "vm",
                [
                    "a.xml": document("a", current: 1),
                    "b.xml": document("b", parent: "a", current: 0),
                ]), ImportOptions(domain: "vm"))
        #expect(try await fixture.store.graph(of: "vm").current == "a")
        #expect(report.domains[0].currentSource == .claimed)
        let warned = report.domains[0].findings.map(\.kind)
        #expect(warned == [.libvirtCurrentDiffers])
    }

    @Test("Several claims are kept and reported, and none is current, also after reopening")
    func severalClaims() async throws {
        let fixture = try await StoreFixture()
        let path = try fixture.library(
            "vm",
            [
                "a.xml": document("a", current: 1), "b.xml": document("b", parent: "a", current: 1),
                "c.xml": document("c", parent: "b", current: 0),
            ])
        let report = try await fixture.add(path)
        #expect(report.hasProblems)
        #expect(report.domains[0].currentSource == .unsettled)
        let count = try await fixture.eventCount()
        try await fixture.add(path)
        #expect(try await fixture.eventCount() == count)
        let graph = try await fixture.reopened().graph(of: "vm")
        #expect(graph.current == nil)
        #expect(graph.currentClaims == ["a", "b"])
        let errors = graph.findings(domain: "vm").filter { $0.severity == .error }
        #expect(errors.map(\.kind) == [.multipleCurrent])
        #expect(errors.map(\.checkpoints) == [["a", "b"]])
    }

    @Test("An import with one claim resolves several earlier ones")
    func settled() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(
            fixture.library(
                "vm", ["a.xml": document("a", current: 1), "b.xml": document("b", current: 1)]))
        try await fixture.add(
            fixture.library("2/vm", ["b.xml": document("b", current: 1)]))
        let graph = try await fixture.store.graph(of: "vm")
        #expect(graph.currentClaims.isEmpty)
        #expect(graph.current == "b")
    }

    @Test("Claims against each other are found even if the recorded current is among them")
    func claimsAgainstRecorded() async throws {
        let fixture = try await StoreFixture()
        let names = ["a", "b", "c"]
        func documents(_ claims: [String]) -> [String: String] {
            Dictionary(
                uniqueKeysWithValues: zip(names, [nil] + names.map(Optional.some)).map {
                    ("\($0).xml", document($0, parent: $1, current: claims.contains($0) ? 1 : 0))
                })
        }
        try await fixture.add(fixture.library("vm", documents([])))
        #expect(try await fixture.store.graph(of: "vm").current == "c")
        let report = try await fixture.add(fixture.library("2/vm", documents(["a", "c"])))
        #expect(report.hasProblems)
        #expect(try await fixture.store.graph(of: "vm").currentClaims == ["a", "c"])
        // One claim settles them, and the same claims again are nothing new.
        try await fixture.add(fixture.library("3/vm", documents(["a"])))
        let count = try await fixture.eventCount()
        try await fixture.add(fixture.folder.path("2/vm"))
        #expect(try await fixture.eventCount() == count)
        #expect(try await fixture.store.graph(of: "vm").current == "a")
    }

    @Test("The claim of a file counts even if another file has the same checkpoint's name")
    func claimOfDuplicate() async throws {
        let fixture = try await StoreFixture()
        let report = try await fixture.add(
            fixture.library(
                "vm",
                [
                    "a.xml": document("a", current: 1), "a2.xml": document("a", current: 1),
                    "b.xml": document("b", parent: "a"),
                ]))
        #expect(report.domains[0].findings.map(\.kind).contains(.identicalCopy))
        #expect(!report.hasProblems)
        #expect(report.domains[0].currentSource == .claimed)
        #expect(try await fixture.store.graph(of: "vm").current == "a")
    }

    @Test("A recorded current moves only if a file claims it")
    func recorded() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(fixture.library("vm", ["a.xml": document("a", current: 1)]))
        try await fixture.add(fixture.library("2/vm", ["b.xml": document("b", parent: "a")]))
        #expect(try await fixture.store.graph(of: "vm").current == "a")
        try await fixture.add(
            fixture.library("3/vm", ["c.xml": document("c", parent: "b", current: 1)]))
        #expect(try await fixture.store.graph(of: "vm").current == "c")
    }

    @Test(
        "Without a claim the only leaf below a single root is current, otherwise none",
        arguments: [
            (["a": nil, "b": "a"], "b"), (["a": nil], "a"), (["a": nil, "b": nil], nil),
            (["a": nil, "b": "a", "c": "a"], nil), (["a": "gone"], nil),
        ] as [([String: String?], String?)])
    func libvirtChoice(parents: [String: String?], current: String?) async throws {
        let fixture = try await StoreFixture()
        let documents = parents.map { ("\($0).xml", document($0, parent: $1)) }
        try await fixture.add(
            fixture.library("vm", Dictionary(uniqueKeysWithValues: documents)))
        #expect(try await fixture.store.graph(of: "vm").current?.text == current)
    }
}
