import EventLog
import Libvirt
import MomentlogTesting
import Moments
import Synchronization
import TestSupport
import Testing

@testable import Momentlog

/// What the last observation of a domain lets a pull conclude.
struct ObservationTests {
    private let fixture: StoreFixture
    private let host: ScriptedHost
    private static let sketch = "c1@5 c2@6<-c1 c3@7<-c2 c4@8<-c3"
    private static let off = DomainState(isActive: false, isPersistent: true)

    init() async throws {
        fixture = try await StoreFixture()
        host = ScriptedHost([try .init("vm", Self.sketch)])
        try await pull().forEach { _ in }
    }

    private var store: CheckpointStore { fixture.store }

    private func pull(_ options: PullOptions = PullOptions()) async throws -> [PulledDomain] {
        try await store.pull(from: host, options: options, by: StoreFixture.submission)
    }

    private func results(_ pulled: [PulledDomain]) -> [String] {
        pulled.map { "\($0.domain) \($0.result.rawValue)" }
    }

    @Test(
        "A pull after a push that was cut at any call records no deletion", arguments: 0..<40,
        [false, true])
    func cut(call number: Int, isExact: Bool) async throws {
        if isExact { try await store.setCurrent("c2", in: "vm", by: StoreFixture.submission) }
        host.change {
            $0.guests[0].set(isExact ? Self.sketch : "")
            $0.calls = []
        }
        host.follow { _, _, call in
            call >= number ? LibvirtFailure(38, "Cannot recv data: Connection reset") : nil
        }
        _ = try? await store.push("vm", to: host, options: PushOptions(isExact: isExact))
        host.follow { _, _, _ in nil }
        // Only that the current checkpoint is another one may be recorded.
        let pulled = try await pull()
        #expect(!pulled.flatMap(\.events).contains { $0.kind == .checkpointDeleted })
        #expect(try await store.graph(of: "vm").count == 4)
        #expect(try await store.push("vm", to: host).isComplete)
        #expect(try await pull().flatMap(\.events).allSatisfy { $0.kind == .currentSet })
        #expect(try await store.graph(of: "vm").count == 4)
    }

    @Test("What is deleted after a push is recorded as deleted")
    func deletedAfterPush() async throws {
        host.change { $0.guests[0].set("") }
        #expect(try await store.push("vm", to: host).isComplete)
        host.change { $0.guests[0].set("c1@5 c2@6<-c1 c4@8<-c2") }
        #expect(results(try await pull()) == ["vm recorded"])
        #expect(try await store.graph(of: "vm").names() == ["c1", "c2", "c4"])
    }

    @Test("What a push has not given back since a bitmap is broken is lost and not deleted")
    func brokenPush() async throws {
        host.change {
            $0.guests[0].set("")
            $0.guests[0].broken = ["c3"]
        }
        #expect(try await !store.push("vm", to: host).isComplete)
        for _ in 0..<2 {
            let pulled = try await pull()
            #expect(results(pulled) == ["vm lost"])
            #expect(pulled[0].findings.first?.checkpoints == ["c3", "c4"])
            #expect(
                pulled[0].findings.first?.message.contains("did not show them either") == true)
        }
        let accepted = try await pull(PullOptions(acceptsGone: true))
        #expect(results(accepted) == ["vm recorded"])
        #expect(try await store.graph(of: "vm").names() == ["c1", "c2"])
    }

    @Test("A domain that is known by its name alone has observations, too")
    func namedOnly() async throws {
        let library = try fixture.library(
            "lib",
            [
                "c1.xml": CheckpointText.document("c1", time: 5),
                "c2.xml": CheckpointText.document("c2", parent: "c1", time: 6),
            ])
        try await fixture.add(library, ImportOptions(domain: "bare"))
        var guest = try ScriptedHost.Guest("bare", digit: "b", "")
        guest.broken = ["c2"]
        let other = ScriptedHost([guest])
        let store = fixture.store
        let first = try await store.pull(from: other, by: StoreFixture.submission)
        #expect(results(first).contains("bare lost"))
        #expect(try await !store.push("bare", to: other).isComplete)
        let second = try await store.pull(from: other, by: StoreFixture.submission)
        #expect(results(second).contains("bare lost"))
        #expect(try await store.graph(of: "bare").count == 2)
    }

    @Test("What a revert has brought back is not deleted again by the next pull")
    func reverted() async throws {
        let before = try await store.log.size()
        host.change { $0.guests[0].set("c1@5") }
        #expect(results(try await pull()) == ["vm recorded"])
        _ = try await store.revert("vm", to: .sequence(before), by: StoreFixture.submission)
        #expect(results(try await pull()) == ["vm lost"])
        #expect(try await store.graph(of: "vm").count == 4)
        #expect(try await store.push("vm", to: host).isComplete)
        #expect(results(try await pull()) == ["vm unchanged"])
    }

    @Test("A pull reports what was pruned in the record alone, and records it again on request")
    func pruned() async throws {
        var retention = Retention()
        retention.last = 2
        try await store.prune(
            "vm", keeping: retention, zone: .utc, by: StoreFixture.submission)
        #expect(try await store.graph(of: "vm").names() == ["c3", "c4"])
        for _ in 0..<3 {
            let pulled = try await pull()
            #expect(results(pulled) == ["vm unchanged"])
            #expect(pulled[0].findings.map(\.kind) == [.unknownHere])
            #expect(pulled[0].findings[0].checkpoints == ["c1", "c2"])
            #expect(!pulled[0].needsAttention)
        }
        // compare names them, and only them.
        let drift = try await store.compare(["vm"], at: host).drift
        #expect(drift.map { "\($0.kind) \($0.checkpoint ?? "")" } == ["unknown c1", "unknown c2"])
        #expect(drift.allSatisfy { $0.remedies.map(\.action.recordsPruned) == [true] })
        // A push does not give back over it.
        let pushed = try await store.push("vm", to: host)
        #expect(pushed.isConflict && pushed.hasPruned)
        // Others are recorded as ever, and below what the record has.
        host.change { $0.guests[0].set(Self.sketch + " c5@9<-c2 c6@10<-c1") }
        #expect(results(try await pull()) == ["vm recorded"])
        let graph = try await store.graph(of: "vm")
        #expect(graph.names() == ["c3", "c4", "c5", "c6"])
        #expect(graph.parentName(of: "c5") == nil && graph.parentName(of: "c4") == "c3")
        // One that was deleted there, too, is forgotten; one of its name is another.
        host.change { $0.guests[0].set("c1@11 c2@6 c3@7<-c2 c4@8<-c3") }
        let replaced = try await pull()
        #expect(results(replaced) == ["vm recorded"])
        #expect(replaced[0].findings.first { $0.kind == .unknownHere }?.checkpoints == ["c2"])
        #expect(try await store.graph(of: "vm").names() == ["c3", "c4", "c1"])
        let all = try await pull(PullOptions(recordsPruned: true))
        #expect(results(all) == ["vm recorded"] && !all[0].findings.contains(.unknownHere))
        #expect(try await store.graph(of: "vm").parentName(of: "c3") == "c2")
        #expect(results(try await pull()) == ["vm unchanged"])
        #expect(try await store.push("vm", to: host).isComplete)
    }

    @Test("What was pruned before the first observation is left out by the first pull")
    func prunedUnseen() async throws {
        let guest = try ScriptedHost.Guest("fresh", digit: "f", "c1@5 c2@6<-c1")
        try await store.define(
            SourceDocument(
                "<domain><name>fresh</name><uuid>\(guest.listed.uuid)</uuid></domain>"),
            by: StoreFixture.submission)
        for (name, parent) in [("c1", nil), ("c2", "c1")] {
            try await store.record(
                [
                    SourceDocument(
                        CheckpointText.document(name, parent: parent, time: name == "c1" ? 5 : 6))
                ], in: "fresh", by: StoreFixture.submission)
        }
        var retention = Retention()
        retention.last = 1
        try await store.prune(
            "fresh", keeping: retention, zone: .utc, by: StoreFixture.submission)
        #expect(try await store.status(of: ["fresh"])[0].lastObservation == nil)
        let pulled = try await store.pull(
            from: ScriptedHost([guest]), domains: ["fresh"], by: StoreFixture.submission)
        #expect(pulled[0].findings.map(\.kind) == [.unknownHere])
        #expect(try await store.graph(of: "fresh").names() == ["c2"])
        #expect(try await store.status(of: ["fresh"])[0].lastObservation != nil)
    }

    @Test("What a backup tool created before the push is recorded beside what is lost, on request")
    func createdBeforePush() async throws {
        host.change {
            $0.guests[0].set("sat@9")
            $0.guests[0].state = DomainState(isActive: true, isPersistent: false)
        }
        let lost = try await pull()
        #expect(results(lost) == ["vm lost"] && lost[0].commit == nil)
        #expect(
            lost[0].findings[0].message.hasSuffix(
                "nothing was recorded; 1 that libvirt has is not recorded either"))
        // The push is refused; the first remedy says so, and is the whole way.
        #expect(try await store.push("vm", to: host).hasUnknown)
        let cure = lost[0].findings[0].remedies.filter { $0.group == 1 }.map(\.action)
        let uri = host.connection.uri
        #expect(
            cure == [
                .pull(domain: "vm", uri: uri, .besidesLost),
                .push(domain: "vm", uri: uri, isExact: false),
            ])
        let kept = try await pull(PullOptions(keepsLost: true))
        #expect(results(kept) == ["vm lost"] && kept[0].commit != nil)
        #expect(kept[0].findings[0].message.hasSuffix("and they stay recorded"))
        #expect(try await store.graph(of: "vm").names() == ["c1", "c2", "c3", "c4", "sat"])
        #expect(try await pull(PullOptions(keepsLost: true))[0].events == [])
        #expect(try await store.push("vm", to: host).isComplete)
        #expect(results(try await pull()) == ["vm unchanged"])
        #expect(try await store.graph(of: "vm").count == 5)
    }

    @Test("Beside what is lost, a deletion that is certain is recorded on request")
    func deletedBesideLost() async throws {
        host.change {
            $0.guests[0].set("c1@5 c2@6<-c1 c4@8<-c2")
            $0.guests[0].broken = ["c3"]
        }
        #expect(try await !store.push("vm", to: host).isComplete)
        host.change { $0.guests[0].set("c1@5 c4@8<-c1") }
        let lost = try await pull()
        #expect(results(lost) == ["vm lost"])
        #expect(lost[0].findings.map(\.checkpoints) == [["c3"]])
        #expect(lost[0].findings[0].message.hasSuffix("1 deletion is not recorded either"))
        // It is still certain at the next observation.
        #expect(results(try await pull()) == ["vm lost"])
        let kept = try await pull(PullOptions(keepsLost: true))
        #expect(
            kept[0].events.filter { $0.kind == .checkpointDeleted } == [.checkpointDeleted("c2")])
        #expect(try await store.graph(of: "vm").names() == ["c1", "c3", "c4"])
    }

    @Test("A pull that was to record what was pruned, and records nothing, keeps what it knows")
    func prunedAndLost() async throws {
        var retention = Retention()
        retention.last = 2
        try await store.prune(
            "vm", keeping: retention, zone: .utc, by: StoreFixture.submission)
        host.change { $0.guests[0].set("c2@6 sat@9") }
        let lost = try await pull(PullOptions(recordsPruned: true))
        #expect(results(lost) == ["vm lost"])
        let again = try await pull()
        #expect(again[0].findings.map(\.kind) == [.lost, .unknownHere])
        #expect(
            again[0].findings[0].remedies.first?.action
                == .pull(domain: "vm", uri: host.connection.uri, [.besidesLost, .pruned]))
        let kept = try await pull(PullOptions(recordsPruned: true, keepsLost: true))
        #expect(kept[0].events.contains { $0.kind == .checkpointRedefined })
        #expect(try await store.graph(of: "vm").names() == ["c2", "c3", "c4", "sat"])
        #expect(try await store.push("vm", to: host).isComplete)
    }

    private func prune(last: Int) async throws {
        var retention = Retention()
        retention.last = last
        try await store.prune("vm", keeping: retention, zone: .utc, by: StoreFixture.submission)
    }

    @Test("A push that stopped at a broken bitmap can be continued, and is not taken for a move")
    func brokenMiddle() async throws {
        // c3 moved below c1 when c2 was deleted there.
        host.change {
            $0.guests[0].set("c1@5 c3@7<-c1 c4@8<-c3")
            $0.guests[0].broken = ["c3"]
        }
        #expect(try await !store.push("vm", to: host).isComplete)
        for _ in 0..<2 {
            let pulled = try await pull()
            #expect(results(pulled) == ["vm lost"])
            #expect(pulled[0].findings.map(\.kind) == [.unsettled])
            #expect(pulled[0].findings[0].checkpoints == ["c3"])
            #expect(pulled[0].findings[0].remedies.first?.action.name == .push)
        }
        #expect(try await store.graph(of: "vm").parentName(of: "c3") == "c2")
        host.change { $0.guests[0].broken = [] }
        #expect(try await store.push("vm", to: host).isComplete)
        #expect(results(try await pull()) == ["vm unchanged"])
        // A move that comes later is one.
        host.change { $0.guests[0].set("c1@5 c2@6<-c1 c3@7<-c1 c4@8<-c3") }
        #expect(try await store.push("vm", to: host).isConflict)
        #expect(results(try await pull()) == ["vm recorded"])
        #expect(try await store.graph(of: "vm").parentName(of: "c3") == "c1")
    }

    @Test("A prune of a migration's source is refused, and does not make it trusted again")
    func prunedSource() async throws {
        let target = ScriptedHost([try .init("vm", Self.sketch)], host: "there")
        _ = try await store.pull(from: target, by: StoreFixture.submission)
        host.change { $0.guests[0].state = Self.off }
        var retention = Retention()
        retention.last = 1
        var code: MomentlogError.Code?
        do throws(MomentlogError) {
            _ = try await store.prune(
                "vm", keeping: retention, zone: .utc, at: host, by: StoreFixture.submission)
        } catch {
            code = error.code
        }
        #expect(code == .conflict)
        _ = try await store.push("vm", to: host)
        host.change { $0.guests[0].set("c1@5") }
        #expect(results(try await pull()) == ["vm conflict"])
    }

    @Test("What is pruned while a pull is under way is not recorded again by the next one")
    func prunedMeanwhile() async throws {
        // After all was read, and before the observation is stored.
        let observation = try #require(try await store.log.observations().first)
        try await prune(last: 2)
        // The pull that began before it stores what it saw.
        try await store.log.store([observation.key: observation.value])
        let pulled = try await pull()
        #expect(pulled[0].findings.map(\.kind) == [.unknownHere])
        #expect(try await store.graph(of: "vm").count == 2)
    }

    @Test(
        "That a libvirt lists nothing, or another one does, is no reason to forget what was pruned")
    func prunedAndEmpty() async throws {
        try await prune(last: 2)
        host.change { $0.guests[0].set("") }
        #expect(results(try await pull()) == ["vm lost"])
        host.change { $0.guests[0].set(Self.sketch) }
        let again = try await pull()
        #expect(again[0].findings.map(\.kind) == [.unknownHere])
        let target = ScriptedHost([try .init("vm", "c3@7 c4@8<-c3")], host: "there")
        _ = try await store.pull(from: target, by: StoreFixture.submission)
        let back = try await pull()
        #expect(back[0].findings.map(\.kind) == [.unknownHere])
        #expect(try await store.graph(of: "vm").names() == ["c3", "c4"])
        // What is certainly gone is forgotten, so that the notes do not grow.
        host.change { $0.guests[0].set("c3@7 c4@8<-c3") }
        _ = try await pull()
        let stored = try await store.log.observations()
        #expect(stored.values.allSatisfy { $0.pruned.isEmpty })
    }

    @Test("What was pruned, recorded again and deleted is no longer pruned")
    func prunedAndDeleted() async throws {
        try await prune(last: 3)
        try await store.record(
            [SourceDocument(CheckpointText.document("c1", time: 5))], in: "vm",
            by: StoreFixture.submission)
        try await store.delete("c1", from: "vm", by: StoreFixture.submission)
        let pulled = try await pull()
        #expect(!pulled[0].findings.contains(.unknownHere))
        #expect(try await store.graph(of: "vm").contains("c1"))
    }

    @Test("A pruning does not make a fork in libvirt one chain")
    func prunedFork() async throws {
        host.change { $0.guests[0].set("c1@5 c2@6<-c1 x@7<-c1") }
        _ = try await pull(PullOptions(acceptsGone: true))
        try await store.setCurrent("c1", in: "vm", by: StoreFixture.submission)
        var retention = Retention()
        retention.names = ["c1", "x"]
        try await store.prune(
            "vm", keeping: retention, zone: .utc, by: StoreFixture.submission)
        let pulled = try await pull()
        #expect(results(pulled) == ["vm unchanged"])
        #expect(!pulled[0].isCurrentKnown)
        #expect(try await store.graph(of: "vm").current == "c1")
        let drift = try await store.compare(["vm"], at: host).drift
        #expect(drift.map(\.kind) == [.unknown])
    }

    @Test("A file that libvirt lost of what was pruned leaves no dangling parent in the record")
    func prunedAndLostFile() async throws {
        host.change { $0.guests[0].set("c1@5 c2@6<-c1 c3@7<-c2") }
        _ = try await pull()
        var retention = Retention()
        retention.last = 1
        retention.names = ["c1"]
        try await store.prune(
            "vm", keeping: retention, zone: .utc, by: StoreFixture.submission)
        host.change { $0.guests[0].set("c1@5 c3@7<-c2") }
        #expect(results(try await pull()) == ["vm unchanged"])
        #expect(try await store.graph(of: "vm").parentName(of: "c3") == "c1")
        #expect(try await store.findings() == [])
    }

    @Test(
        "A guest with a document that cannot be read or sent does not hide the others",
        arguments: [true, false])
    func oneBadDocument(isTooLarge: Bool) async throws {
        let bad = try ScriptedHost.Guest("bad", digit: "b", "z1@5")
        host.change { $0.guests.append(bad) }
        _ = try await pull()
        host.change { $0.guests[0].set(Self.sketch + " c5@9<-c4") }
        if isTooLarge {
            host.follow { _, call, _ in
                guard call == .document("z1") else { return nil }
                return LibvirtFailure(39, "Unable to encode message payload")
            }
        } else {
            host.change {
                $0.guests[1].documents[0].text = $0.guests[1].documents[0].text
                    .replacing("<creationTime>5</creationTime>", with: "")
            }
        }
        let (drift, unknown) = try await store.compare(at: host)
        #expect(drift.map(\.checkpoint) == ["c5"])
        #expect(unknown.map(\.domain) == ["bad"])
        #expect(unknown.allSatisfy { $0.reason != nil || !$0.findings.isEmpty })
        let pulled = try await pull()
        #expect(results(pulled) == [isTooLarge ? "bad busy" : "bad conflict", "vm recorded"])
    }

    @Test("What differs at a migration's source is not pushed there")
    func comparedSource() async throws {
        let target = ScriptedHost(
            [try .init("vm", Self.sketch + " c5@9<-c4")], host: "there",
            uri: "qemu+ssh://there/system")
        _ = try await store.pull(from: target, by: StoreFixture.submission)
        host.change { $0.guests[0].state = Self.off }
        let drift = try await store.compare(["vm"], at: host).drift
        #expect(drift.map(\.checkpoint) == ["c5"])
        #expect(
            drift.flatMap(\.remedies).map(\.action)
                == [.pull(domain: "vm", uri: "qemu+ssh://there/system", [])])
    }

    @Test("What was deleted or reverted in the record, and not pruned, is recorded again")
    func deletedHere() async throws {
        try await store.delete("c1", from: "vm", by: StoreFixture.submission)
        #expect(results(try await pull()) == ["vm recorded"])
        #expect(try await store.graph(of: "vm").count == 4)
    }

    @Test("What is recorded again after a pruning is not pruned any more")
    func recordedAgain() async throws {
        var retention = Retention()
        retention.last = 3
        try await store.prune(
            "vm", keeping: retention, zone: .utc, by: StoreFixture.submission)
        try await store.record(
            [SourceDocument(CheckpointText.document("c1", time: 5))], in: "vm",
            by: StoreFixture.submission)
        host.change { $0.guests[0].set("c1@5 c2@6 c3@7<-c2 c4@8<-c3") }
        let pulled = try await pull()
        #expect(!pulled[0].findings.contains(.unknownHere))
    }

    @Test("A migration's source is not believed after a pull of the target without changes")
    func unchangedTarget() async throws {
        let target = ScriptedHost([try .init("vm", Self.sketch)], host: "there")
        let pulled = try await store.pull(from: target, by: StoreFixture.submission)
        #expect(results(pulled) == ["vm unchanged"])
        host.change {
            $0.guests[0].set("c1@5 c2@6<-c1")
            $0.guests[0].state = Self.off
        }
        for _ in 0..<2 {
            let stale = try await pull()
            #expect(results(stale) == ["vm conflict"])
            #expect(stale[0].findings.map(\.kind) == [.staleSource])
        }
        // A source that has the same is no evidence that the guest came back.
        host.change { $0.guests[0].set(Self.sketch) }
        #expect(results(try await pull()) == ["vm unchanged"])
        host.change { $0.guests[0].set("c1@5") }
        #expect(results(try await pull()) == ["vm conflict"])
    }

    @Test("Nor is it after a push to the target")
    func pushedTarget() async throws {
        let target = ScriptedHost([try .init("vm", "")], host: "there")
        #expect(try await store.push("vm", to: target).isComplete)
        host.change {
            $0.guests[0].set("c1@5")
            $0.guests[0].state = Self.off
        }
        #expect(results(try await pull()) == ["vm conflict"])
    }

    @Test("The status names what the last observation did not show, until it is there again")
    func status() async throws {
        #expect(try await store.status()[0].lost == [])
        host.change { $0.guests[0].set("") }
        _ = try await pull()
        let lost = try await store.status()[0]
        #expect(lost.lost == ["c1", "c2", "c3", "c4"] && lost.needsAttention)
        #expect(lost.lastObservation?.connection == host.connection)
        #expect(try await store.push("vm", to: host).isComplete)
        let whole = try await store.status(of: ["vm"])[0]
        #expect(whole.lost == [] && !whole.needsAttention)
        #expect(whole.lastObservation?.time ?? .now > lost.lastObservation?.time ?? .now)
    }

    @Test("A dry run and a comparison store no observation")
    func readers() async throws {
        let stored = try await store.log.observations()
        host.change { $0.guests[0].set("c1@5") }
        _ = try await pull(PullOptions(isDryRun: true))
        _ = try await store.compare(at: host)
        _ = try await store.push("vm", to: host, options: PushOptions(isDryRun: true))
        #expect(try await store.log.observations() == stored)
        // So that what was deleted is still known to have been there.
        #expect(results(try await pull()) == ["vm recorded"])
    }

    @Test("An observation that was lost makes what is missing lost")
    func lostObservation() async throws {
        let log = ForgettingLog(MemoryEventLog())
        let store = CheckpointStore(log: log)
        _ = try await store.pull(from: host, by: StoreFixture.submission)
        log.set(isForgetful: true)
        host.change { $0.guests[0].set("c1@5") }
        let pulled = try await store.pull(from: host, by: StoreFixture.submission)
        #expect(results(pulled) == ["vm lost"])
        #expect(pulled[0].findings.first?.message.contains("is not known") == true)
    }

    @Test("A domain whose observation cannot be stored is busy, and what was recorded stays")
    func unstored() async throws {
        let guests = [
            try ScriptedHost.Guest("a", digit: "1", "c1@5"),
            try ScriptedHost.Guest("b", digit: "2", "c1@5"),
        ]
        let host = ScriptedHost(guests)
        let log = ForgettingLog(MemoryEventLog())
        let store = CheckpointStore(log: log)
        _ = try await store.pull(from: host, by: StoreFixture.submission)
        log.set(isBusy: true)
        await #expect(throws: MomentlogError.self) {
            try await store.pull(from: host, by: StoreFixture.submission)
        }
        host.change { $0.guests[0].set("c1@5 c2@6<-c1") }
        let pulled = try await store.pull(from: host, by: StoreFixture.submission)
        #expect(results(pulled) == ["a recorded", "b busy"])
        #expect(pulled[1].reason == "another process holds the store")
    }
}

/// A log that can be too busy to store observations, and can lose them.
private final class ForgettingLog: ForwardingLog {
    let log: any EventLog
    private let faults = Mutex((isBusy: false, isForgetful: false))

    init(_ log: any EventLog) { self.log = log }

    func set(isBusy: Bool = false, isForgetful: Bool = false) {
        faults.withLock { $0 = (isBusy, isForgetful) }
    }

    func observation(of domain: DomainUUID) async throws(MomentlogError) -> DomainObservation? {
        guard !faults.withLock(\.isForgetful) else { return nil }
        return try await log.observation(of: domain)
    }

    func store(_ observations: [DomainUUID: DomainObservation]) async throws(MomentlogError) {
        if faults.withLock(\.isBusy) {
            throw MomentlogError(.busy, "another process holds the store")
        }
        try await log.store(observations)
    }
}

extension [Finding] {
    fileprivate func contains(_ kind: Finding.Kind) -> Bool { contains { $0.kind == kind } }
}

extension Remedy.Action {
    /// Whether a pull records again what was pruned.
    fileprivate var recordsPruned: Bool {
        if case .pull(_, _, let scope) = self { scope == .pruned } else { false }
    }
}
