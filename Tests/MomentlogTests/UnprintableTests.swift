import CheckpointXML
import Momentlog
import Moments
import TestSupport
import Testing

/// Characters that XML cannot hold.
struct UnprintableTests {
    private static let characters = ["\u{0}", "\u{1}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"]

    @Test("What XML cannot hold is refused, and leaves nothing behind", arguments: characters)
    func refused(character: String) async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let before = try await fixture.eventCount()
        for request in [
            CheckpointRequest(name: "a", description: "x\(character)"),
            CheckpointRequest(name: "a", disks: [Disk(name: "/\(character)", mode: .bitmap)]),
            CheckpointRequest(
                name: "a", disks: [Disk(name: "vda", mode: .bitmap, bitmap: character)]),
        ] {
            let error = await #expect(throws: MomentlogError.self) {
                try await fixture.store.create(
                    request, in: "vm1", by: StoreFixture.submission)
            }
            #expect(error?.code == .invalidXML)
            #expect(error?.message.contains("that XML cannot hold") == true)
            let domain = try await fixture.store.domain("vm1")
            let redefined = Checkpoint(
                name: "a", description: request.description, creationTime: 1, disks: request.disks)
            let second = #expect(throws: MomentlogError.self) {
                try decide(
                    .redefine([Redefinition(redefined)]), for: domain,
                    in: DecisionContext(creationTime: 1))
            }
            #expect(second?.code == .invalidXML)
        }
        #expect(try await fixture.eventCount() == before)
        await fixture.store.close()
    }

    @Test(
        "Every other text is recorded and printed so that it can be read back",
        arguments: [
            "\r", "\n", "\t", "\r\n", "\u{7F}", "\u{85}", "\u{2028}", "\u{FFFD}", "\u{10FFFF}",
        ])
    func recorded(character: String) async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let description = "x\(character)y"
        try await fixture.store.create(
            CheckpointRequest(name: "a", description: description), in: "vm1",
            by: StoreFixture.submission)
        let document = try await fixture.store.document(of: "a", in: "vm1")
        let read = try CheckpointReader().read(document, as: .record)
        #expect(read.description.map { Array($0.utf8) } == Array(description.utf8))
        await fixture.store.close()
    }
}
