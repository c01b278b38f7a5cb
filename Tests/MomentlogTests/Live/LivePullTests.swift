import EventLog
import Libvirt
import Momentlog
import Moments
import Synchronization
import TestSupport
import Testing

struct LivePullTests {
    private let fixture: StoreFixture

    init() async throws { fixture = try await StoreFixture() }

    private var store: CheckpointStore { fixture.store }

    private func pull(
        _ host: ScriptedHost, _ domains: [DomainReference] = [],
        _ options: PullOptions = PullOptions()
    ) async throws -> [PulledDomain] {
        try await store.pull(
            from: host, domains: domains, options: options, by: StoreFixture.submission)
    }

    private func results(_ pulled: [PulledDomain]) -> [String] {
        pulled.map { "\($0.domain) \($0.result.rawValue)" }
    }

    @Test("A pull records each domain in one commit with its origin, and again nothing")
    func recorded() async throws {
        let host = ScriptedHost([
            try .init("vm", "c1@5 c2@6<-c1"), try .init("other", digit: "b", "x@7"),
            try .init("bare", digit: "c"),
        ])
        let first = try await pull(host)
        #expect(results(first) == ["other recorded", "vm recorded"])
        #expect(first.map(\.commit) == [1, 2])
        #expect(try await store.graph(of: "vm").current == "c2")
        let origins = Mutex<[Origin]>([])
        try await store.readEvents { line throws(MomentlogError) in
            let origin = try line.event().origin
            origins.withLock { $0.append(origin) }
            return true
        }
        #expect(Set(origins.withLock { $0 }) == [host.connection.origin])
        let again = try await pull(host)
        #expect(results(again) == ["other unchanged", "vm unchanged"])
        #expect(again.allSatisfy { $0.commit == nil })
    }

    @Test("16,000 checkpoints of one domain are pulled, and then only what changed")
    func manyCheckpoints() async throws {
        let count = 16_000
        func sketch(without gap: Int? = nil) -> String {
            var last: Int?
            return (0..<count).compactMap { number in
                guard number != gap else { return nil }
                defer { last = number }
                return "c\(number)@\(number + 5)" + (last.map { "<-c\($0)" } ?? "")
            }.joined(separator: " ")
        }
        let host = ScriptedHost([try .init("vm", sketch())])
        let first = try await pull(host)
        #expect(first[0].events.count == count + 2)
        #expect(try await store.graph(of: "vm").current == "c15999")
        #expect(results(try await pull(host)) == ["vm unchanged"])
        host.change { $0.guests[0].set(sketch(without: 8000)) }
        let deleted = try await pull(host)
        #expect(deleted[0].events == [.checkpointDeleted("c8000")])
        #expect(try await store.compare(["vm"], at: host).drift == [])
    }

    @Test("Where all domains are compared, a guest that only libvirt has is unknown, and pulled")
    func unrecordedGuest() async throws {
        let host = ScriptedHost([
            try .init("vm", "c1@5 c2@6<-c1"), try .init("other", digit: "b", "x@7"),
            try .init("bare", digit: "c"),
        ])
        try await pull(host, ["vm"]).forEach { _ in }
        #expect(try await store.compare(["vm"], at: host).drift == [])
        let (drift, unknown) = try await store.compare(at: host)
        #expect(unknown.isEmpty)
        #expect(drift.map(\.domain) == ["other"])
        #expect(drift.map(\.kind) == [.unknown] && drift.map(\.checkpoint) == ["x"])
        #expect(drift.allSatisfy { !$0.remedies.isEmpty })
        try await pull(host, ["other"]).forEach { _ in }
        #expect(try await store.compare(at: host).drift == [])
    }

    @Test("A dry run concludes the same and records nothing")
    func dryRun() async throws {
        let host = ScriptedHost([try .init("vm", "c1@5 c2@6<-c1")])
        let dry = try await pull(host, [], PullOptions(isDryRun: true))
        #expect(results(dry) == ["vm recorded"])
        #expect(try await store.domains() == [])
        #expect(try await pull(host).map(\.events) == dry.map(\.events))
    }

    @Test("A domain that the host does not list stays unchanged, and needs attention if named")
    func notListed() async throws {
        let host = ScriptedHost([try .init("vm", "c1@5")])
        try await pull(host).forEach { _ in }
        host.change { $0.guests = [] }
        let all = try await pull(host)
        #expect(results(all) == ["vm not-listed"])
        #expect(!all[0].needsAttention)
        #expect(try await pull(host, ["vm"])[0].needsAttention)
        #expect(try await store.graph(of: "vm").count == 1)
        await #expect(throws: MomentlogError.self) { try await pull(host, ["nobody"]) }
    }

    @Test(
        "A domain that changes while it is observed is observed again, and then is busy",
        arguments: [(8, 3), (103, 3), (8, 100), (103, 100), (68, 1)])
    func busy(code: Int, failures: Int) async throws {
        let host = ScriptedHost([try .init("vm", "c1@5 c2@6<-c1")])
        let count = Mutex(0)
        host.follow { _, call, _ in
            guard call == .list || code == 103 && call == .document("c2") else { return nil }
            guard call != .list || code != 103 else { return nil }
            let isFailing = count.withLock { count in
                count += 1
                return count <= failures
            }
            return isFailing ? LibvirtFailure(Int32(code), "changed") : nil
        }
        let pulled = try await pull(host)
        let isBusy = failures > 5 || code == 68
        #expect(results(pulled) == [isBusy ? "vm busy" : "vm recorded"])
        #expect(pulled[0].needsAttention == isBusy)
        #expect(try await store.domains().isEmpty == isBusy)
    }

    @Test("A checkpoint that comes between two lists is not missed, and none dangles")
    func changedBetween() async throws {
        let host = ScriptedHost([try .init("vm", "c1@5 c2@6<-c1")])
        let isDone = Mutex(false)
        host.follow { content, call, _ in
            let isFirst = isDone.withLock { isDone in
                defer { isDone = isDone || call == .document("c2") }
                return !isDone
            }
            if call == .document("c2"), isFirst { content.guests[0].set("c2@6 c3@7<-c2") }
            return nil
        }
        #expect(results(try await pull(host)) == ["vm recorded"])
        let graph = try await store.graph(of: "vm")
        #expect(graph.names() == ["c2", "c3"])
        #expect(!graph.hasErrors)
    }

    @Test("A domain that disappears while it is observed is not listed")
    func gone() async throws {
        let host = ScriptedHost([try .init("vm", "c1@5")])
        host.follow { _, call, _ in call == .list ? LibvirtFailure(42, "gone") : nil }
        #expect(results(try await pull(host)) == ["vm not-listed"])
    }

    @Test("A connection that breaks before anything was recorded is an error")
    func brokenAtOnce() async throws {
        let host = ScriptedHost([try .init("a", "c1@5")])
        host.follow { _, call, _ in
            call == .document("c1") ? LibvirtFailure(38, "Connection reset by peer") : nil
        }
        let error = await #expect(throws: MomentlogError.self) { try await pull(host) }
        #expect(error?.code == .unreachable)
        #expect(try await store.domains().isEmpty)
    }

    @Test("If the connection breaks later, recorded domains are reported, and the others are busy")
    func broken() async throws {
        let host = ScriptedHost([
            try .init("a", "c1@5"), try .init("b", digit: "b", "x@7"),
        ])
        host.follow { _, call, _ in
            call == .document("x") ? LibvirtFailure(38, "Connection reset by peer") : nil
        }
        #expect(results(try await pull(host)) == ["a recorded", "b busy"])
        #expect(try await store.domains().map(\.name) == ["a"])
    }

    @Test("Two that pull at once record each change once")
    func twoPullers() async throws {
        let host = ScriptedHost([try .init("vm", "c1@5 c2@6<-c1 c3@7<-c2")])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                let store = store
                group.addTask {
                    try await store.pull(from: host, by: StoreFixture.submission).forEach { _ in }
                }
            }
            try await group.waitForAll()
        }
        let count = Mutex(0)
        try await store.readEvents { _ throws(MomentlogError) in
            count.withLock { $0 += 1 }
            return true
        }
        #expect(count.withLock { $0 } == 5)
    }

    @Test("A transient domain that lost its checkpoints is lost, and accepted only when asked")
    func lost() async throws {
        let host = ScriptedHost([try .init("vm", "c1@5 c2@6<-c1")])
        host.change { $0.guests[0].state = DomainState(isActive: true, isPersistent: false, id: 1) }
        try await pull(host).forEach { _ in }
        host.change { $0.guests[0].documents = [] }
        let pulled = try await pull(host)
        #expect(results(pulled) == ["vm lost"])
        #expect(pulled[0].needsAttention)
        #expect(pulled[0].findings.map(\.kind) == [.lost])
        #expect(try await store.graph(of: "vm").count == 2)
        let accepted = try await pull(host, ["vm"], PullOptions(acceptsGone: true))
        #expect(results(accepted) == ["vm recorded"])
        #expect(try await store.graph(of: "vm").isEmpty)
    }

    @Test("The acceptance of what is missing is limited to what was shown")
    func shownAsGone() async throws {
        let host = ScriptedHost([try .init("vm", "c1@5 c2@6<-c1")])
        host.change { $0.guests[0].state = DomainState(isActive: true, isPersistent: false, id: 1) }
        try await pull(host).forEach { _ in }
        host.change { $0.guests[0].documents = [] }
        let uuid = try #require(DomainUUID(String(repeating: "a", count: 32)))
        for shown: [DomainUUID: Set<CheckpointName>] in [[:], [uuid: ["c1"]]] {
            let refused = try await pull(
                host, ["vm"], PullOptions(acceptsGone: true, shownAsGone: shown))
            #expect(results(refused) == ["vm lost"])
            #expect(refused[0].needsAttention && refused[0].commit == nil)
        }
        var keyed = StoreFixture.submission
        keyed.request = "r1"
        let changed = await #expect(throws: MomentlogError.self) {
            _ = try await store.pull(
                from: host, domains: ["vm"],
                options: PullOptions(acceptsGone: true, shownAsGone: [uuid: ["c1"]]), by: keyed)
        }
        #expect(changed?.code == .revisionConflict)
        #expect(try await store.outcome(ofRequest: "r1") == nil)
        #expect(try await store.graph(of: "vm").count == 2)
        for limit: Set<CheckpointName> in [["c1", "c2", "c3"], ["c1"]] {
            // The second time it is repeated.
            let accepted = try await store.pull(
                from: host, domains: ["vm"],
                options: PullOptions(acceptsGone: true, shownAsGone: [uuid: limit]), by: keyed)
            #expect(results(accepted) == ["vm recorded"])
            #expect(accepted[0].events.count { $0.kind == .checkpointDeleted } == 2)
        }
        #expect(try await store.graph(of: "vm").isEmpty)
    }

    @Test("A reused name is reported as an error by the pull that finds it")
    func nameReused() async throws {
        let host = ScriptedHost([try .init("vm", "c1@5 c2@6<-c1")])
        try await pull(host).forEach { _ in }
        host.change { $0.guests[0].set("c1@9") }
        let pulled = try await pull(host)
        #expect(results(pulled) == ["vm recorded"])
        #expect(pulled[0].needsAttention)
        #expect(pulled[0].findings.map(\.kind) == [.nameReused])
        #expect(try await store.findings(of: ["vm"]).map(\.severity) == [.warning])
        #expect(try await pull(host)[0].needsAttention == false)
    }

    @Test("A guest that was migrated away is not believed on its former host")
    func staleSource() async throws {
        let source = ScriptedHost([try .init("vm", "c1@5 c2@6<-c1")], host: "a")
        try await pull(source).forEach { _ in }
        let target = ScriptedHost([try .init("vm", "c1@5 c2@6<-c1 c3@7<-c2")], host: "b")
        #expect(results(try await pull(target)) == ["vm recorded"])
        source.change { $0.guests[0].state = DomainState(isActive: false, isPersistent: true) }
        let stale = try await pull(source)
        #expect(results(stale) == ["vm conflict"])
        #expect(stale[0].findings.map(\.kind) == [.staleSource])
        #expect(try await store.graph(of: "vm").current == "c3")
    }

    @Test("A document that cannot be read keeps its domain from being recorded")
    func unreadable() async throws {
        let host = ScriptedHost([try .init("vm", "c1@5")])
        host.change {
            $0.guests[0].documents[0] = .init(checkpoint: "c1", text: "<domaincheckpoint>")
        }
        let pulled = try await pull(host)
        #expect(results(pulled) == ["vm conflict"])
        #expect(pulled[0].findings.map(\.kind) == [.unreadableFile])
    }

    @Test("A store that strips secrets records none, and finds no difference in them")
    func strippedSecrets() async throws {
        var guest = try ScriptedHost.Guest("vm", "c1@5")
        let graphics = "<devices><graphics type='vnc' passwd='secret'/></devices>"
        let domain = CheckpointText.domain("vm").replacing(
            "</domain>", with: "\(graphics)</domain>")
        guest.documents[0].text = CheckpointText.document("c1", time: 5, extra: domain)
        let host = ScriptedHost([guest])
        try await store.changeSettings(
            to: StoreSettings(stripsSecrets: true), by: StoreFixture.submission)
        try await pull(host).forEach { _ in }
        let bytes = try await store.document(of: "c1", in: "vm", parts: .everything)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("secret"))
        #expect(results(try await pull(host)) == ["vm unchanged"])
    }

    @Test("A request's identifier and an expected revision need exactly one domain")
    func oneDomain() async throws {
        let host = ScriptedHost([try .init("vm", "c1@5")])
        var submission = StoreFixture.submission
        submission.request = "r1"
        let error = await #expect(throws: MomentlogError.self) {
            try await store.pull(from: host, by: submission)
        }
        #expect(error?.code == .usage)
        _ = try await store.pull(from: host, domains: ["vm"], by: submission)
        host.change { $0.guests[0].set("c1@5 c2@6<-c1") }
        let again = try await store.pull(from: host, domains: ["vm"], by: submission)
        #expect(again[0].commit == 1)
        #expect(try await store.graph(of: "vm").count == 1)
    }
}
