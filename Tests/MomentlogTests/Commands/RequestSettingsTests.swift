import EventLog
import Foundation
import Moments
import TestSupport
import Testing

@testable import Momentlog

/// Requests that come again after the store's settings were changed.
struct RequestSettingsTests {
    private static let secret = "hunter2"

    private static func guest(_ secret: String) -> String {
        CheckpointText.guest("vm1").replacing(
            "<devices>", with: "<devices><graphics type='vnc' passwd='\(secret)'/>")
    }

    /// The commands that bring a definition in, with a secret or another.
    private static func instruction(_ kind: Int, _ secret: String) throws -> Instruction {
        let by = Submission(actor: "tester@here", request: "r1")
        let document = SourceDocument(
            CheckpointText.document("c1", extra: guest(secret)))
        return switch kind {
        case 0: try .define(SourceDocument(guest(secret)), by: by)
        case 1: try .redefine([document], in: "vm1", by: by)
        default: try .record([document], in: "vm1", by: by)
        }
    }

    private func set(_ strips: Bool, _ fixture: StoreFixture) async throws {
        try await fixture.store.changeSettings(
            to: StoreSettings(stripsSecrets: strips), by: StoreFixture.submission)
    }

    /// What the store keeps of the request.
    private func kept(_ fixture: StoreFixture) async throws -> [UInt8] {
        try #require(try await fixture.store.log.requests(["r1"]).first).fingerprint
    }

    @Test(
        "A request that comes again is the same under another setting", arguments: 0..<3,
        [false, true])
    func again(kind: Int, strips: Bool) async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let instruction = try Self.instruction(kind, Self.secret)
        try await set(strips, fixture)
        let first = try await fixture.store.perform(instruction)
        #expect(first.commit != nil)
        let count = try await fixture.eventCount()
        try await set(!strips, fixture)
        #expect(try await fixture.store.perform(instruction) == first)
        // Two of one batch as well.
        #expect(
            await fixture.store.perform([instruction, instruction]).map { try? $0.get() }
                == [first, first])
        try await set(strips, fixture)
        #expect(try await fixture.store.perform(instruction) == first)
        #expect(try await fixture.eventCount() == count + 2)
        await fixture.store.close()
    }

    @Test("A different request with the same key is a conflict under any setting", arguments: 0..<3)
    func conflict(kind: Int) async throws {
        for strips in [false, true] {
            let fixture = try await StoreFixture()
            try await fixture.define("vm1")
            try await set(strips, fixture)
            _ = try await fixture.store.perform(try Self.instruction(kind, Self.secret))
            for now in [strips, !strips] {
                try await set(now, fixture)
                let other = try Self.instruction((kind + 1) % 3, Self.secret)
                let error = await #expect(throws: MomentlogError.self) {
                    try await fixture.store.perform(other)
                }
                #expect(error?.code == .requestConflict)
                // Another secret is another request, where it is known what it was.
                let secret = try Self.instruction(kind, "other")
                let answer = await fixture.store.perform([secret])
                #expect(answer.map(\.summary).contains("request-conflict") == !strips)
            }
            await fixture.store.close()
        }
    }

    @Test("Not even a hash of a stripped secret is stored", arguments: 0..<3)
    func keptFingerprint(kind: Int) async throws {
        let instruction = try Self.instruction(kind, Self.secret)
        for (strips, expected) in [
            (false, instruction.fingerprint), (true, instruction.withoutSecrets().fingerprint),
        ] {
            let fixture = try await StoreFixture()
            try await fixture.define("vm1")
            try await set(strips, fixture)
            _ = try await fixture.store.perform(instruction)
            #expect(try await kept(fixture) == expected)
            await fixture.store.close()
        }
        #expect(instruction.fingerprint != instruction.withoutSecrets().fingerprint)
    }

    @Test("An import that comes again is the same under another setting", arguments: [false, true])
    func importedAgain(strips: Bool) async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("other", digit: "b")
        let path = try fixture.library(
            "vm1", ["c1.xml": CheckpointText.document("c1", extra: Self.guest(Self.secret))])
        var submission = StoreFixture.submission
        submission.request = "r1"
        func report() async throws -> ImportReport.DomainReport {
            try #require(
                try await fixture.store.importLibraries(at: [path], by: submission)
                    .domains.first)
        }
        try await set(strips, fixture)
        let first = try await report()
        try await set(!strips, fixture)
        let again = try await report()
        #expect(first.commit != nil && again.commit == first.commit)
        #expect(again.isRepeated && !first.isRepeated)
        // A file that differs is another import, in its secret alone as well.
        try fixture.library(
            "vm1", ["c1.xml": CheckpointText.document("c1", extra: Self.guest("other"))])
        let error = await #expect(throws: MomentlogError.self) { try await report() }
        #expect(error?.code == .requestConflict)
        await fixture.store.close()
    }

    @Test("What is kept of a request never changes, so that those of earlier builds are known")
    func stableForm() throws {
        let by = Submission(actor: "tester@here", request: "r1")
        let fingerprint = Instruction.setCurrent("c1", in: "vm1", by: by).fingerprint
        let text = #"{"domain":"vm1","at":null,"command":"set-current","name":"c1"}"#
        #expect(fingerprint == DefinitionDigest(of: Array(text.utf8)).bytes)
    }
}
