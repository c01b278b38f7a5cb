import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

struct NameTests {
    private static let by = StoreFixture.submission

    private func guest(_ name: String, _ digit: Character? = nil) -> SourceDocument {
        SourceDocument(
            digit.map { CheckpointText.guest(name, digit: $0) }
                ?? "<domain><name>\(name)</name></domain>")
    }

    @Test("Names with other bytes are different names, even if they look the same")
    func bytes() async throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        let fixture = try await StoreFixture()
        try await fixture.store.define(guest(composed, "a"), by: Self.by)
        try await fixture.store.define(guest(decomposed, "b"), by: Self.by)
        #expect(try await fixture.store.domains().count == 2)
        for (name, digit) in [(composed, "a"), (decomposed, "b")] {
            let uuid = try await fixture.store.domain(DomainReference(name)).uuid?.description
            #expect(uuid?.hasPrefix(digit) == true)
        }
        try await fixture.store.undefine(DomainReference(decomposed), by: Self.by)
        let outcome = try await fixture.store.rename(
            DomainReference(composed), to: decomposed, by: Self.by)
        #expect(outcome.commit != nil)
        #expect(Array(outcome.domain.text.utf8) == Array(decomposed.utf8))
    }

    @Test("Which past domain continues does not depend on cached domains")
    func pastNames() async throws {
        func instructions() throws -> [Instruction] {
            [
                try .define(guest("a"), by: Self.by), .undefine("a", by: Self.by),
                try .define(guest("b"), by: Self.by), .rename("b", to: "a", by: Self.by),
                .rename("a", to: "b", by: Self.by), try .define(guest("a"), by: Self.by),
            ]
        }
        let together = try await StoreFixture()
        let answers = await together.store.perform(try instructions())
        let apart = try await StoreFixture()
        var revisions: [Int] = []
        for instruction in try instructions() {
            let store = try await CheckpointStore.open(at: apart.folder.path("store.db"))
            revisions.append(try await store.perform(instruction).revision)
            await store.close()
        }
        #expect(try answers.map { try $0.get().revision } == revisions)
        #expect(revisions == [1, 2, 1, 2, 3, 3])
    }

    @Test(
        "Documents whose domain is ambiguous are refused",
        arguments: [
            Submission(actor: ""), Submission(actor: " "), Submission(actor: "a\u{1B}[0m"),
            Submission(actor: "a", request: ""), Submission(actor: "a", request: "a\nb"),
            Submission(actor: "a", reason: "b\0c"),
        ])
    func provenance(submission: Submission) async throws {
        let fixture = try await StoreFixture()
        let error = await #expect(throws: MomentlogError.self) {
            try await fixture.store.define(guest("vm1"), by: submission)
        }
        #expect(error?.code == .usage)
        let refused = await #expect(throws: MomentlogError.self) {
            try await fixture.store.importLibraries(
                at: [Fixtures.libraries[0].checkpointFolder.path],
                by: submission)
        }
        #expect(refused?.code == .usage)
        #expect(try fixture.folder.contents.isEmpty)
    }

    @Test("A domain named like another's UUID is listed as itself")
    func uuidAsName() async throws {
        let fixture = try await StoreFixture()
        try await fixture.store.define(guest("vm1", "a"), by: Self.by)
        let uuid = try #require(try await fixture.store.domain("vm1").uuid).description
        try await fixture.store.define(guest(uuid, "b"), by: Self.by)
        var names: [String] = []
        for entry in try await fixture.store.domains() {
            names.append(try await fixture.store.domain(entry).name)
        }
        #expect(Set(names) == ["vm1", uuid])
    }
}
