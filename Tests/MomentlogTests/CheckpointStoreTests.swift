import EventLog
import Foundation
import Momentlog
import Moments
import Synchronization
import TestSupport
import Testing

struct CheckpointStoreTests {
    private func fixture() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        try await fixture.add(Fixtures.libraries[0].checkpointFolder.path)
        return fixture
    }

    @Test(
        "A domain answers to its name and its UUID",
        arguments: [
            "lin", "aaaaaaaa-0000-4000-8000-000000000001", "AAAAAAAA000040008000000000000001",
        ])
    func names(domain: String) async throws {
        let fixture = try await fixture()
        #expect(try await fixture.store.domain(DomainReference(domain)).name == "lin")
    }

    @Test("A missing domain or checkpoint is refused with its code")
    func missing() async throws {
        let fixture = try await fixture()
        await #expect { try await fixture.store.graph(of: "no") } throws: {
            ($0 as? MomentlogError)?.code == .noDomain
        }
        await #expect { try await fixture.store.document(of: "no", in: "lin") } throws: {
            ($0 as? MomentlogError)?.code == .noCheckpoint
        }
    }

    @Test("The log lists each event with actor and origin, in order or reversed")
    func events() async throws {
        let fixture = try await fixture()
        let events = Mutex<[RecordedEvent]>([])
        try await fixture.store.readEvents(EventFilter(domain: "lin")) {
            (line) throws(MomentlogError) in
            let event = try line.event()
            events.withLock { $0.append(event) }
            return true
        }
        let read = events.withLock { $0 }
        #expect(read.map(\.sequence) == Array(1...7))
        #expect(read.map(\.event.kind).first == .domainDefined)
        #expect(read.last?.event == .currentSet("c5"))
        #expect(Set(read.map(\.provenance.actor)) == ["tester@here"])
        guard case .importedFile(name: "c1.xml", sha256: let digest) = read[1].origin else {
            Issue.record("the origin is \(read[1].origin)")
            return
        }
        #expect(digest.count == 64)
        let last = Mutex(0)
        try await fixture.store.readEvents(EventFilter(isReversed: true, limit: 1)) {
            (line) throws(MomentlogError) in
            let event = try line.event()
            last.withLock { $0 = event.sequence }
            return true
        }
        #expect(last.withLock { $0 } == 7)
    }

    @Test("A closed store refuses to be used")
    func closed() async throws {
        let fixture = try await fixture()
        await fixture.store.close()
        await fixture.store.close()
        await #expect { try await fixture.store.domains() } throws: {
            ($0 as? MomentlogError)?.code == .storage
        }
    }

    @Test("Two stores on one file see each other's changes")
    func shared() async throws {
        let fixture = try await fixture()
        let other = try await CheckpointStore.open(
            at: fixture.folder.path("store.db"), options: StoreFixture.patient)
        try await other.importLibraries(
            at: [Fixtures.libraries[2].checkpointFolder.path], by: StoreFixture.submission)
        #expect(try await fixture.store.graph(of: "branch").count == 9)
        await other.close()
    }

    @Test("Imports into one domain from two stores at once are both there, whole")
    func concurrent() async throws {
        let fixture = try await fixture()
        let path = fixture.folder.path("store.db")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<6 {
                let library = try fixture.library(
                    "many/\(index)/vm", ["n\(index).xml": CheckpointText.document("n\(index)")])
                group.addTask {
                    let store = try await CheckpointStore.open(
                        at: path, options: StoreFixture.patient)
                    try await store.importLibraries(
                        at: [library], options: ImportOptions(domain: "vm"),
                        by: StoreFixture.submission)
                    await store.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(try await fixture.store.graph(of: "vm").count == 6)
    }

    @Test("Bitmaps that are not named get the checkpoint's name, as libvirt fills it in")
    func bitmapNames() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(fixture.library("vm", ["a.xml": CheckpointText.document("a")]))
        let disks = try await fixture.store.graph(of: "vm").checkpoint(named: "a")?.disks
        #expect(disks == [Disk(name: "vda", mode: .bitmap, bitmap: "a")])
    }

    @Test("An entry of one store is refused by another, which has a domain of the same number")
    func foreignEntry() async throws {
        let (one, two) = (try await StoreFixture(), try await StoreFixture())
        try await one.define("vm1")
        try await two.define("other", digit: "b")
        let entry = try #require(try await one.store.domains().first)
        let error = await #expect(throws: MomentlogError.self) {
            try await two.store.domain(entry)
        }
        #expect(error?.code == .usage)
        #expect(error?.message == "the domain's identifier is of another store")
        #expect(try await one.store.domain(entry).name == "vm1")
        await one.store.close()
        await two.store.close()
    }
}
