import Libvirt
import Momentlog
import Moments
import TestSupport
import Testing

struct LivePushTests {
    private let fixture: StoreFixture
    private let host: ScriptedHost
    private static let sketch = "c1@5 c2@6<-c1 c3@7<-c2 c4@8<-c3"

    init() async throws {
        fixture = try await StoreFixture()
        host = ScriptedHost([try .init("vm", Self.sketch)])
        try await store.pull(from: host, by: StoreFixture.submission).forEach { _ in }
    }

    private var store: CheckpointStore { fixture.store }

    private func push(_ options: PushOptions = PushOptions()) async throws -> PushReport {
        try await store.push("vm", to: host, options: options)
    }

    private func words(_ report: PushReport) -> String {
        report.checkpoints.map { "\($0.checkpoint) \($0.result.rawValue)" }
            .joined(separator: ", ")
    }

    @Test("Lost checkpoints are restored, and a repeated push makes no call that writes")
    func givenBack() async throws {
        host.change { $0.guests[0].documents = [] }
        let report = try await push()
        #expect(words(report) == "c1 pushed, c2 pushed, c3 pushed, c4 pushed")
        #expect(report.isComplete && report.keepsCurrent && report.isValidated)
        let before = host.calls.count
        #expect(try await push().isComplete)
        #expect(!host.calls[before...].contains { $0.isWrite })
        let pulled = try await store.pull(from: host, by: StoreFixture.submission)
        #expect(pulled.map(\.result) == [.unchanged])
    }

    @Test("A dry run makes no call that writes")
    func dryRun() async throws {
        host.change { $0.guests[0].documents = [] }
        let report = try await push(PushOptions(isDryRun: true))
        #expect(words(report) == "c1 not-tried, c2 not-tried, c3 not-tried, c4 not-tried")
        #expect(!host.calls.contains { $0.isWrite })
    }

    @Test("Of a lost middle it and all below it are redefined")
    func lostMiddle() async throws {
        host.change { $0.guests[0].set("c1@5 c3@7<-c2 c4@8<-c3") }
        let report = try await push()
        #expect(words(report) == "c1 unchanged, c2 pushed, c3 pushed, c4 pushed")
    }

    @Test(
        "What contradicts the record is a conflict, and nothing is changed",
        arguments: ["c1@5 x@9<-c1", "c1@5 c2@99<-c1", "c1@5 c2@6"])
    func conflict(sketch: String) async throws {
        host.change { $0.guests[0].set(sketch) }
        let report = try await push()
        #expect(report.isConflict && !report.isComplete)
        #expect(!host.calls.contains { $0.isWrite })
        let isUnknown = sketch.contains("x@9")
        let replaced = try await push(PushOptions(replaces: true))
        // What the record does not have is never replaced.
        #expect(replaced.isConflict == isUnknown)
        #expect(replaced.isComplete == !isUnknown)
    }

    @Test("It stops at the first broken bitmap, and names disk and bitmap")
    func broken() async throws {
        host.change {
            $0.guests[0].documents = []
            $0.guests[0].broken = ["c2", "c3"]
        }
        let report = try await push()
        #expect(words(report) == "c1 pushed, c2 broken, c3 not-tried, c4 not-tried")
        #expect(report.checkpoints[1].disk == "vda")
        #expect(report.checkpoints[1].bitmap == "c2")
        #expect(!report.isComplete)
        let unvalidated = try await push(PushOptions(validates: false))
        #expect(words(unvalidated) == "c1 unchanged, c2 pushed, c3 pushed, c4 pushed")
        #expect(!unvalidated.isValidated)
    }

    @Test("A guest that is off is not validated")
    func off() async throws {
        host.change {
            $0.guests[0].documents = []
            $0.guests[0].broken = ["c1"]
            $0.guests[0].state = DomainState(isActive: false, isPersistent: true)
        }
        let report = try await push()
        #expect(report.isComplete && !report.isValidated)
    }

    @Test(
        "A push that is interrupted at any call can be repeated until it is complete",
        arguments: 0..<26)
    func cut(call number: Int) async throws {
        host.change {
            $0.guests[0].documents = []
            $0.calls = []
        }
        host.follow { _, _, call in
            call == number ? LibvirtFailure(38, "Cannot recv data: Connection reset by peer") : nil
        }
        do {
            #expect(try await push().isComplete)
        } catch let error as MomentlogError {
            let hasWritten = host.calls.contains { $0.isWrite }
            #expect(error.code == (hasWritten ? .outcomeUnknown : .unreachable))
        }
        host.follow { _, _, _ in nil }
        #expect(try await push().isComplete)
        let pulled = try await store.pull(from: host, by: StoreFixture.submission)
        #expect(pulled.map(\.result) == [.unchanged])
    }

    @Test("A guest that does not answer is busy")
    func busy() async throws {
        host.change { $0.guests[0].documents = [] }
        host.follow { _, call, _ in
            call == .redefine("c2") ? LibvirtFailure(68, "cannot acquire state change lock") : nil
        }
        let report = try await push()
        #expect(report.busy != nil)
        #expect(words(report) == "c1 pushed, c2 refused, c3 not-tried, c4 not-tried")
    }

    @Test("What libvirt says that it did and did not do is not reported as done")
    func lie() async throws {
        host.change {
            $0.guests[0].set("c1@5 c2@6<-c1 c3@7<-c2")
            $0.isLying = true
        }
        let report = try await push()
        #expect(words(report) == "c1 unchanged, c2 unchanged, c3 unchanged, c4 refused")
        #expect(!report.isComplete)
    }

    @Test(
        "With exact current the placeholder is removed afterwards, also one of an interrupted export"
    )
    func exact() async throws {
        try await store.setCurrent("c2", in: "vm", by: StoreFixture.submission)
        host.change {
            $0.guests[0].set("momentlog-push@1 c1@5")
        }
        let report = try await push(PushOptions(isExact: true))
        #expect(report.isComplete && report.keepsCurrent)
        let writes = host.calls.filter(\.isWrite)
        #expect(writes.last == .redefine("c2"))
        #expect(writes.dropLast().last == .deleteMetadata("momentlog-push"))
        let drift = try await store.compare(["vm"], at: host).drift
        #expect(drift.filter { $0.kind != .current } == [])
    }

    @Test("With --exact-current nothing is deleted if a bitmap is broken")
    func exactBroken() async throws {
        try await store.setCurrent("c1", in: "vm", by: StoreFixture.submission)
        _ = try await push()
        host.change { $0.guests[0].broken = ["c1"] }
        let before = host.calls.count
        let report = try await push(PushOptions(isExact: true))
        #expect(!report.isComplete)
        #expect(report.checkpoints.contains { $0.result == .broken && $0.checkpoint == "c1" })
        let writes = host.calls[before...].filter(\.isWrite)
        #expect(!writes.contains { if case .deleteMetadata = $0 { true } else { false } })
    }

    @Test("A checkpoint that only has the placeholder's name is as any other")
    func namesake() async throws {
        host.change { $0.guests[0].set("c1@5 momentlog-push@9<-c1") }
        let report = try await push()
        #expect(report.isConflict)
        #expect(!host.calls.contains { $0.isWrite })
    }

    @Test("A push is refused for a read-only connection, an unknown and an unlisted domain")
    func refused() async throws {
        let reading = ScriptedHost([try .init("vm", Self.sketch)], isReadOnly: true)
        var error = await #expect(throws: MomentlogError.self) {
            try await store.push("vm", to: reading)
        }
        #expect(error?.code == .readOnly)
        error = await #expect(throws: MomentlogError.self) {
            try await store.push("nobody", to: host)
        }
        #expect(error?.code == .noDomain)
        host.change { $0.guests = [] }
        error = await #expect(throws: MomentlogError.self) { try await push() }
        #expect(error?.code == .noDomain)
        #expect(error?.hint?.contains("define or start it") == true)
    }
}
