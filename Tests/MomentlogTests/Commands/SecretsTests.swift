import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

struct SecretsTests {
    private static let by = StoreFixture.submission
    private static let secret = "hunter2"
    private static let graphics = "<devices><graphics type='vnc' passwd='\(secret)'/>"
    private static let guest = CheckpointText.guest("vm1").replacingOccurrences(
        of: "<devices>", with: graphics)
    private static let document = CheckpointText.document("r1", extra: guest)

    /// Whether the store's files hold the secret anywhere.
    private func isLeaked(_ fixture: StoreFixture) throws -> Bool {
        try fixture.files.values.contains { $0.range(of: Data(Self.secret.utf8)) != nil }
    }

    /// Everything that brings a definition in.
    private func recordAll(_ fixture: StoreFixture, stripping: Bool) async throws {
        var define = try Instruction.define(SourceDocument(Self.guest), by: Self.by)
        define.stripsSecrets = stripping
        var create = Instruction.create(CheckpointRequest(name: "c1"), in: "vm1", by: Self.by)
        create.stripsSecrets = stripping
        var redefine = try Instruction.redefine(
            [SourceDocument(Self.document)], in: "vm1", by: Self.by)
        redefine.stripsSecrets = stripping
        for answer in await fixture.store.perform([define, create, redefine]) {
            _ = try answer.get()
        }
        let file = CheckpointText.document("i1", extra: Self.guest)
        let library = try fixture.library("vm1", ["i1.xml": file])
        let report = try await fixture.add(library, ImportOptions(stripsSecrets: stripping))
        #expect(report.domains.map(\.imported) == [["i1"]])
    }

    @Test("A store that strips secrets has none, whichever channel they came through")
    func setting() async throws {
        let fixture = try await StoreFixture()
        #expect(try await fixture.store.settings() == StoreSettings())
        try await fixture.store.changeSettings(
            to: StoreSettings(stripsSecrets: true), by: StoreFixture.submission)
        try await recordAll(fixture, stripping: false)
        #expect(try !isLeaked(fixture))
        // Nothing else is missing.
        let stripped = Self.guest.replacingOccurrences(of: " passwd='\(Self.secret)'", with: "")
        for name: CheckpointName in ["c1", "r1", "i1"] {
            let document = try await fixture.store.document(
                of: name, in: "vm1", parts: .everything)
            #expect(String(decoding: document, as: UTF8.self).contains(stripped), "\(name)")
        }
        let again = try await fixture.reopened()
        #expect(try await again.settings().stripsSecrets)
        await again.close()
    }

    @Test("A command that strips secrets records none")
    func option() async throws {
        let fixture = try await StoreFixture()
        try await recordAll(fixture, stripping: true)
        #expect(try !isLeaked(fixture))
    }

    @Test("A store that does not strip secrets keeps them, and prints them only on request")
    func kept() async throws {
        let fixture = try await StoreFixture()
        try await recordAll(fixture, stripping: false)
        #expect(try isLeaked(fixture))
        for (parts, isComplete) in [
            (CheckpointStore.DocumentParts.everything, true), (.withoutSecrets, false),
        ] {
            let document = try await fixture.store.document(of: "c1", in: "vm1", parts: parts)
            let text = String(decoding: document, as: UTF8.self)
            #expect(text.contains(Self.secret) == isComplete)
        }
    }

    @Test("A checkpoint that is created after the setting was changed has no secret")
    func later() async throws {
        let fixture = try await StoreFixture()
        try await recordAll(fixture, stripping: false)
        try await fixture.store.changeSettings(
            to: StoreSettings(stripsSecrets: true), by: StoreFixture.submission)
        try await fixture.create("c2")
        let document = try await fixture.store.document(of: "c2", in: "vm1", parts: .everything)
        #expect(!String(decoding: document, as: UTF8.self).contains(Self.secret))
    }

    @Test("A setting that another process changes applies to an open store")
    func otherProcess() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm2", digit: "b")
        let other = try await CheckpointStore.open(
            at: fixture.folder.path("store.db"), options: StoreFixture.patient)
        try await other.changeSettings(
            to: StoreSettings(stripsSecrets: true), by: StoreFixture.submission)
        await other.close()
        try await recordAll(fixture, stripping: false)
        #expect(try !isLeaked(fixture))
    }
}
