import EventLog
import Foundation
import Momentlog
import Moments
import SQLiteEventLog
import TestSupport
import Testing

/// Values that programs store, as JSON and back.
struct CodableTests {
    private func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private func expectRoundTrip<Value: Codable & Equatable>(_ value: Value) throws {
        let data = Data(try encoded(value).utf8)
        #expect(try JSONDecoder().decode(Value.self, from: data) == value)
    }

    /// The keys of a value, encoded and as the command prints it.
    private func keys(_ text: String) throws -> Set<String> {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return Set(try #require(object as? [String: Any]).keys)
    }

    private func faulty() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        let path = try fixture.library(
            "vm1",
            [
                "a.xml": CheckpointText.document("a", parent: "lost"),
                "b.xml": CheckpointText.document("b", parent: "a"),
            ])
        try await fixture.add(path)
        return fixture
    }

    @Test("Findings come back with their remedies, under the keys that the command prints")
    func findings() async throws {
        let fixture = try await faulty()
        let findings = try await fixture.store.findings()
        #expect(findings.map(\.kind) == [.danglingParent])
        for finding in findings {
            try expectRoundTrip(finding)
            #expect(try keys(encoded(finding)) == keys(JSONItem.finding(finding).text))
        }
        #expect(try encoded(findings[0]).contains(#""finding":"dangling-parent""#))
    }

    @Test("Every remedy's action comes back")
    func remedies() throws {
        let actions: [Remedy.Action] = [
            .importFile(path: nil, domain: .named("vm1"), replaces: true),
            .importFile(path: "/x", domain: .own, replaces: false),
            .record(domain: "a", checkpoint: "b"),
            .pull(domain: "a", uri: "test:///default", [.deletions, .pruned]),
            .push(domain: "a", uri: "u", isExact: true), .redefine(domain: "a", checkpoint: "b"),
            .redefineWithoutDisk(domain: "a", checkpoint: "b", disk: "vda", side: .libvirt),
            .writeDocument(domain: "a", checkpoint: "b", withoutDisk: "vda"),
            .reattach(domain: "a", checkpoint: "b", parent: "c"),
            .acknowledge(domain: "a", checkpoint: "b"), .repair(domain: "a", current: nil),
            .reparent(domain: "a", checkpoint: "b"),
            .inspect(domain: "a", disk: "vda", .runningGuest),
            .inspect(domain: "a", disk: "vda", .imageFile(path: "/p")),
            .rebuildSnapshots(domain: "a"), .restore,
            .removeBitmap(.file(path: "/p", format: "qcow2", isEncrypted: false), bitmap: "b"),
            .removeBitmap(.node("n", domain: "a"), bitmap: "b"),
            .deleteCheckpoint(domain: "a", checkpoint: "b", side: .record),
        ]
        for action in actions {
            try expectRoundTrip(
                Remedy(action, isDestructive: true, precondition: "p", group: 2, order: 3))
        }
    }

    @Test("Outcomes, heads, settings, times and UUIDs come back")
    func values() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let outcome = try await fixture.create("c1")
        try expectRoundTrip(outcome)
        #expect(
            try keys(encoded(outcome))
                == keys(JSONItem.outcome(outcome).text)
                .subtracting(["ok"]).union(["domain", "findings"]))
        let unchanged = try await fixture.store.setCurrent(
            "c1", in: "vm1", by: StoreFixture.submission)
        try expectRoundTrip(unchanged)
        let head = try await fixture.store.head()
        try expectRoundTrip(head)
        #expect(try keys(encoded(head)) == keys(JSONItem.head(head).text))
        try expectRoundTrip(StoreSettings(stripsSecrets: true))
        #expect(try encoded(StoreSettings()) == #"{"stripSecrets":false}"#)
        try expectRoundTrip([Timestamp(microseconds: 1_782_901_800_250_000)])
        #expect(
            try encoded([Timestamp(seconds: 0)]) == #"["1970-01-01T00:00:00.000000Z"]"#)
        try expectRoundTrip([try #require(DomainUUID("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"))])
        for event in try await fixture.lines() { try expectRoundTrip([event]) }
    }

    @Test("The result of a verification comes back with its faults and its coverage")
    func verification() async throws {
        let fixture = try await faulty()
        let head = try await fixture.store.head()
        let sound = try await fixture.store.verify(against: head)
        try expectRoundTrip(sound)
        let other = StoreHead(origin: head.origin, size: 1, root: head.root)
        let altered = try await fixture.store.verify(against: other)
        #expect(!altered.isSound)
        try expectRoundTrip(altered)
        #expect(
            try keys(encoded(altered))
                == keys(JSONItem.verification(altered).text)
                .subtracting(["warnings"]).union(["commits"]))
    }

    @Test(
        "Texts that are no such values are refused",
        arguments: [
            #"{"origin":"o","size":-1,"root":"AA=="}"#, #"{"origin":"o","size":1,"root":"x"}"#,
            #"{"domain":"d","sequence":[2,1],"revision":1,"repeated":false,"findings":[]}"#,
            #"{"domain":"d","sequence":[1],"revision":1,"repeated":false,"findings":[]}"#,
            #"["no line"]"#,
        ])
    func refused(text: String) {
        let data = Data(text.utf8)
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode(StoreHead.self, from: data)
        }
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode(CommandOutcome.self, from: data)
        }
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode([Moments.RecordedEvent].self, from: data)
        }
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode([Moments.Timestamp].self, from: data)
        }
    }
}
