import EventLog
import Momentlog
import Moments
import TestSupport
import Testing

/// Whose checkpoints the files are.
struct ImportIdentityTests {
    private func uuid(_ digit: Character) -> String {
        [8, 4, 4, 4, 12].map { String(repeating: digit, count: $0) }.joined(separator: "-")
    }

    private func document(
        _ name: String, _ domain: String, digit: Character = "a", time: Int = 1
    ) -> String {
        CheckpointText.document(
            name, time: time, extra: CheckpointText.domain(domain, digit: digit))
    }

    @Test("In a folder of folders each folder's name is the domain's if no definition says it")
    func folderOfFolders() async throws {
        let fixture = try await StoreFixture()
        try fixture.library("lib/vm1", ["a.xml": document("a", "other")])
        try fixture.library("lib/vm2", ["a.xml": CheckpointText.document("a")])
        try await fixture.add(fixture.folder.path("lib"))
        let domains = try await fixture.store.domains()
        #expect(domains.map(\.name) == ["other", "vm2"])
        #expect(domains.map(\.uuid?.description) == [uuid("a"), nil])
    }

    @Test("One folder is named by its youngest definition, otherwise by its own name")
    func oneFolder() async throws {
        let fixture = try await StoreFixture()
        try fixture.library(
            "old",
            ["a.xml": document("a", "before", time: 1), "b.xml": document("b", "after", time: 2)])
        try fixture.library("plain", ["a.xml": CheckpointText.document("a")])
        for name in ["old", "plain"] { try await fixture.add(fixture.folder.path(name)) }
        #expect(try await fixture.store.domains().map(\.name) == ["after", "plain"])
    }

    @Test("--domain takes precedence over names in files")
    func named() async throws {
        let fixture = try await StoreFixture()
        let path = try fixture.library("x", ["a.xml": document("a", "vm")]) + "/a.xml"
        try await fixture.add(path, ImportOptions(domain: "mine"))
        #expect(try await fixture.store.domains().map(\.name) == ["mine"])
    }

    @Test("The UUID is that of most files; the others are foreign and skipped")
    func majority() async throws {
        let fixture = try await StoreFixture()
        let path = try fixture.library(
            "vm",
            [
                "a.xml": document("a", "vm", digit: "a"), "b.xml": document("b", "vm", digit: "a"),
                "c.xml": document("c", "vm", digit: "b", time: 9),
                "d.xml": CheckpointText.document("d"),
            ])
        let report = try await fixture.add(path)
        #expect(try await fixture.store.domains().first?.uuid?.description == uuid("a"))
        #expect(try await fixture.store.graph(of: "vm").names()?.sorted() == ["a", "b", "d"])
        #expect(report.domains[0].skipped.map(\.code) == ["foreign-domain"])
        #expect(report.domains[0].findings.map(\.kind).contains(.foreignDomain))
        #expect(report.hasProblems)
    }

    @Test("A tie is refused unless --domain says whose they are", arguments: [nil, "UUID", "vmb"])
    func tie(asked: String?) async throws {
        let fixture = try await StoreFixture()
        let path = try fixture.library(
            "vm",
            [
                "a.xml": document("a", "vma", digit: "a"),
                "b.xml": document("b", "vmb", digit: "b"),
            ])
        let domain = asked == "UUID" ? uuid("b") : asked
        let report = try await fixture.add(
            path, ImportOptions(domain: domain.map { DomainReference($0) }))
        if asked == nil {
            #expect(report.isRefused)
            #expect(report.domains[0].refusal?.code == .foreignDomain)
            #expect(try await fixture.store.domains().isEmpty)
        } else {
            #expect(try await fixture.store.graph(of: "vmb").names() == ["b"])
        }
    }

    @Test("A live domain of that name with another UUID is in the way")
    func nameTaken() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(fixture.library("1", ["a.xml": document("a", "vm", digit: "a")]))
        let report = try await fixture.add(
            fixture.library("2", ["b.xml": document("b", "vm", digit: "b")]))
        #expect(report.isRefused)
        #expect(report.domains[0].refusal?.code == .exists)
        #expect(try await fixture.store.graph(of: "vm").names() == ["a"])
    }

    @Test(
        "A name that is given is not another domain's; a definition's UUID goes before a folder's name",
        arguments: ["asked", "folder"])
    func givenNameTaken(how: String) async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(fixture.library("1", ["a.xml": document("a", "one", digit: "a")]))
        try await fixture.add(fixture.library("2", ["b.xml": document("b", "two", digit: "b")]))
        try fixture.library("lib/one", ["c.xml": document("c", "x", digit: "b")])
        try fixture.library("lib/plain", ["d.xml": CheckpointText.document("d")])
        let report =
            how == "asked"
            ? try await fixture.add(
                fixture.folder.path("lib/one"), ImportOptions(domain: "one"))
            : try await fixture.add(fixture.folder.path("lib"))
        #expect(report.domains.compactMap(\.refusal?.code) == (how == "asked" ? [.exists] : []))
        #expect(try await fixture.store.graph(of: "one").names() == ["a"])
        let names = try await fixture.store.graph(of: "two").names()
        #expect(names == (how == "asked" ? ["b"] : ["b", "c"]))
    }

    @Test("--domain goes before the name of the only folder in libvirt's directory")
    func askedBeforeFolder() async throws {
        let fixture = try await StoreFixture()
        try fixture.library("lib/foo", ["a.xml": CheckpointText.document("a")])
        try await fixture.add(fixture.folder.path("lib"), ImportOptions(domain: "bar"))
        #expect(try await fixture.store.domains().map(\.name) == ["bar"])
    }

    @Test("A file that is skipped says nothing of its domain")
    func skippedSaysNothing() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(fixture.library("vm", ["a.xml": CheckpointText.document("a")]))
        let count = try await fixture.eventCount()
        let report = try await fixture.add(
            fixture.library("2/vm", ["a.xml": document("a", "vm", time: 9)]))
        #expect(report.domains[0].skipped.map(\.code) == ["exists"])
        #expect(try await fixture.eventCount() == count)
        #expect(try await fixture.store.domain("vm").uuid == nil)
    }

    @Test("All of a domain is one commit, in whichever folders and files it lies")
    func oneCommit() async throws {
        let fixture = try await StoreFixture()
        let first = try fixture.library("1", ["b.xml": document("b", "vm", time: 2)])
        let second = try fixture.library(
            "2", ["a.xml": document("a", "vm"), "c.xml": CheckpointText.document("c", parent: "b")])
        let report = try await fixture.store.importLibraries(
            at: [first + "/b.xml", second, second, first + "/b.xml"],
            by: StoreFixture.submission)
        #expect(report.domains.map(\.commit) == [1])
        #expect(report.domains[0].imported.sorted() == ["a", "b", "c"])
        #expect(!report.hasProblems)
    }

    @Test("The same UUID under another name is the same domain, which keeps its name")
    func sameUUID() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(fixture.library("1", ["a.xml": document("a", "vm")]))
        try await fixture.add(fixture.library("2", ["b.xml": document("b", "renamed")]))
        #expect(try await fixture.store.domains().map(\.name) == ["vm"])
        #expect(try await fixture.store.graph(of: "vm").count == 2)
    }

    @Test("A domain known by name alone gets its UUID and definition from a later import")
    func uuidLater() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(fixture.library("vm", ["a.xml": CheckpointText.document("a")]))
        #expect(try await fixture.store.domain("vm").uuid == nil)
        #expect(try await fixture.store.domain("vm").definition == nil)
        try await fixture.add(fixture.library("2", ["b.xml": document("b", "vm")]))
        #expect(try await fixture.store.domain("vm").uuid?.description == uuid("a"))
        #expect(try await fixture.store.domain("vm").definition != nil)
        #expect(try await fixture.store.domain(DomainReference(uuid("a"))).graph.count == 2)
    }

    @Test("The youngest definition becomes the domain's, and a known one stays")
    func definition() async throws {
        let fixture = try await StoreFixture()
        let young = CheckpointText.domain("vm").replacing("</domain>", with: "<x/></domain>")
        let path = try fixture.library(
            "vm",
            [
                "a.xml": document("a", "vm", time: 1),
                "b.xml": CheckpointText.document("b", time: 5, extra: young),
                "c.xml": CheckpointText.document("c", time: 9),
            ])
        try await fixture.add(path)
        let digest = try #require(try await fixture.store.domain("vm").definition)
        #expect(try await fixture.store.definition(digest) == Array(young.utf8))
        try await fixture.add(fixture.library("2", ["d.xml": document("d", "vm", time: 99)]))
        #expect(try await fixture.store.domain("vm").definition == digest)
    }

    @Test("--domain does not go with several domains' folders")
    func severalWithDomain() async throws {
        let fixture = try await StoreFixture()
        try fixture.library("lib/vm1", ["a.xml": CheckpointText.document("a")])
        try fixture.library("lib/vm2", ["a.xml": CheckpointText.document("a")])
        await #expect(throws: MomentlogError.self) {
            try await fixture.add(fixture.folder.path("lib"), ImportOptions(domain: "vm1"))
        }
        #expect(try fixture.folder.contents.contains("store.db") == false)
    }
}
