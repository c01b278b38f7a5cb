import EventLog
import Moments
import TestSupport
import Testing

@testable import Momentlog

/// A command finds its domain without reading all others.
struct KnownDomainTests {
    private static let by = StoreFixture.submission

    private static func guest(_ name: String, _ uuid: String? = nil) -> SourceDocument {
        let uuid = uuid.map { "<uuid>\($0)</uuid>" } ?? ""
        return SourceDocument("<domain><name>\(name)</name>\(uuid)</domain>")
    }

    private static let uuids = (0..<3).map { "00000000-0000-0000-0000-00000000000\($0)" }

    @Test("Every kind of command asks for the domains that it names, and for no others.")
    func oneByOne() async throws {
        let fixture = try await StoreFixture()
        for (number, uuid) in Self.uuids.enumerated() {
            try await fixture.store.define(Self.guest("vm\(number)", uuid), by: Self.by)
        }
        let log = CountingLog(fixture.store.log)
        let store = CheckpointStore(log: log)
        let xml = CheckpointText.document("c1", extra: "")
        try await store.record([SourceDocument(xml)], in: "vm0", by: Self.by)
        try await store.setCurrent(nil, in: DomainReference(Self.uuids[0]), by: Self.by)
        try await store.rename("vm1", to: "vm3", by: Self.by)
        try await store.define(Self.guest("vm2", Self.uuids[2]), by: Self.by)
        try await store.delete("c1", from: "vm0", by: Self.by)
        try await store.undefine("vm3", by: Self.by)
        #expect(log["domains"] == 0)
        #expect(try await store.domains().map(\.name) == ["vm0", "vm2"])
    }

    @Test("A name that a pending command gave away or took is not asked for again.")
    func withinABatch() async throws {
        let fixture = try await StoreFixture()
        try await fixture.store.define(Self.guest("vm0", Self.uuids[0]), by: Self.by)
        let answers = await fixture.store.perform([
            .rename(DomainReference(Self.uuids[0]), to: "vm1", by: Self.by),
            try .define(Self.guest("vm0", Self.uuids[1]), by: Self.by),
            .rename("vm1", to: "vm2", by: Self.by),
            .undefine("vm2", by: Self.by),
            try .define(Self.guest("vm2", Self.uuids[0]), by: Self.by),
            .undefine("vm1", by: Self.by),
        ])
        let failures = answers.map { answer -> MomentlogError.Code? in
            guard case .failure(let error) = answer else { return nil }
            return error.code
        }
        #expect(failures == [nil, nil, nil, nil, nil, .noDomain])
        let domains = try await fixture.store.domains()
        #expect(domains.map(\.name).sorted() == ["vm0", "vm2"])
        #expect(domains.first { $0.name == "vm2" }?.uuid?.description == Self.uuids[0])
    }

    @Test("Many commands at once read the list of domains once.")
    func many() async throws {
        let fixture = try await StoreFixture()
        let log = CountingLog(fixture.store.log)
        let store = CheckpointStore(log: log)
        let answers = await store.perform(
            try (0..<100).map { try .define(Self.guest("vm\($0)"), by: Self.by) })
        #expect(answers.allSatisfy { (try? $0.get()) != nil })
        #expect(log["domains"] == 1 && log["domains named"] == 0)
        #expect(try await store.domains().count == 100)
    }
}
