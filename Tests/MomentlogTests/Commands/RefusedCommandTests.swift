import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

struct RefusedCommandTests {
    private static let by = StoreFixture.submission

    /// A refusal of every kind, on a guest vm1 with c1<-c2, and vm2.
    static let refusals: [(MomentlogError.Code, Instruction)] = [
        (.noDomain, .delete("c1", from: "nosuch", by: by)),
        (.noCheckpoint, .delete("nosuch", from: "vm1", by: by)),
        (.noCheckpoint, .setCurrent("nosuch", in: "vm1", by: by)),
        (.exists, .create(CheckpointRequest(name: "c1"), in: "vm1", by: by)),
        (.invalidXML, .create(CheckpointRequest(name: "a/b"), in: "vm1", by: by)),
        (
            .noSuchDisk,
            .create(CheckpointRequest(disks: [Disk(name: "vdz")]), in: "vm1", by: by)
        ),
        (.exists, .rename("vm1", to: "vm2", by: by)),
        (.usage, .rename("vm1", to: "a/b", by: by)),
        (.hasCheckpoints, .undefine("vm1", by: by)),
        (
            .revisionConflict,
            .delete("c1", from: "vm1", by: Submission(actor: "me", expectedRevision: 1))
        ),
    ]

    @Test("A refused command leaves every byte of the store unchanged", arguments: refusals)
    func bytes(code: MomentlogError.Code, instruction: Instruction) async throws {
        let fixture = try await Self.fixture()
        let before = try fixture.files
        let error = await #expect(throws: MomentlogError.self) {
            try await fixture.store.perform(instruction)
        }
        #expect(error?.code == code)
        #expect(error?.hint != nil)
        #expect(try fixture.files == before)
    }

    @Test(
        "A refused document leaves every byte of the store unchanged",
        arguments: [
            (CheckpointText.document("x", parent: "nosuch"), MomentlogError.Code.parentNotFound),
            (CheckpointText.document("x", parent: "x"), .selfParent),
            (CheckpointText.document("c1", parent: "c2"), .parentCycle),
            (
                CheckpointText.document("x", extra: CheckpointText.guest("vm1", digit: "b")),
                .foreignDomain
            ),
            ("<domaincheckpoint><name>x</name></domaincheckpoint>", .invalidXML),
            ("nonsense", .invalidXML),
        ])
    func documents(document: String, code: MomentlogError.Code) async throws {
        let fixture = try await Self.fixture()
        let before = try fixture.files
        let sound = SourceDocument(CheckpointText.document("sound", parent: "c2"))
        let error = await #expect(throws: MomentlogError.self) {
            try await fixture.store.redefine(
                [sound, SourceDocument(document, from: "x.xml")], in: "vm1", by: Self.by)
        }
        #expect(error?.code == code)
        if code == .invalidXML { #expect(error?.message.hasPrefix("x.xml: line ") == true) }
        #expect(try fixture.files == before)
    }

    @Test("A refused command makes no store")
    func noStore() async throws {
        let folder = try TemporaryFolder("none")
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        let error = await #expect(throws: MomentlogError.self) {
            try await store.create(CheckpointRequest(), in: "vm1", by: Self.by)
        }
        #expect(error?.code == .noDomain)
        await store.close()
        #expect(try folder.contents == [])
    }

    private static func fixture() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1", digit: "a")
        try await fixture.define("vm2", digit: "b")
        for name: CheckpointName in ["c1", "c2"] { try await fixture.create(name) }
        return fixture
    }
}
