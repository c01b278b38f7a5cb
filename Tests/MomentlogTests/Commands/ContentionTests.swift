import EventLog
import Foundation
import Glibc
import MomentlogTesting
import Moments
import TestSupport
import Testing

@testable import Momentlog

/// Several writers on one domain.
struct ContentionTests {
    private static let by = StoreFixture.submission

    /// Has each store create checkpoints one after the other, all at the same time; returns what
    /// was refused.
    private func create(_ count: Int, in stores: [CheckpointStore]) async -> [MomentlogError] {
        await withTaskGroup(of: [Moments.MomentlogError].self) { group in
            for (number, store) in stores.enumerated() {
                group.addTask {
                    var refusals: [MomentlogError] = []
                    for index in 0..<count {
                        do throws(MomentlogError) {
                            try await store.create(
                                CheckpointRequest(name: "c\(number)-\(index)"), in: "vm1",
                                by: Self.by)
                        } catch {
                            refusals.append(error)
                        }
                    }
                    return refusals
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    @Test("Writers on one domain of a file are never refused as busy", arguments: [2, 4, 8])
    func openings(count: Int) async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        var stores: [CheckpointStore] = []
        for _ in 0..<count {
            stores.append(
                try await CheckpointStore.open(
                    at: fixture.folder.path("store.db"), options: StoreFixture.patient))
        }
        let refusals = await create(100, in: stores)
        #expect(refusals.isEmpty, "\(refusals.count): \(refusals.first?.message ?? "")")
        #expect(try await fixture.store.graph(of: "vm1").count == 100 * count)
        for store in stores { await store.close() }
        await fixture.store.close()
    }

    @Test("Writers on one domain of a log in memory are never refused as busy")
    func memory() async throws {
        let log = MemoryEventLog(busyTimeout: .seconds(600))
        let stores = (0..<4).map { _ in CheckpointStore(log: log) }
        try await stores[0].define(SourceDocument(CheckpointText.guest("vm1")), by: Self.by)
        let refusals = await create(100, in: stores)
        #expect(refusals.isEmpty, "\(refusals.count): \(refusals.first?.message ?? "")")
        #expect(try await stores[0].graph(of: "vm1").count == 400)
    }

    @Test("A command that others overtake each time is decided while they wait")
    func overtaken() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let log = InterferingLog(fixture.store.log)
        let rival = try await CheckpointStore.open(
            at: fixture.folder.path("store.db"),
            options: CheckpointStore.Options(busyTimeout: .zero))
        log.beforeCall = { call in
            guard call.name == "append" else { return }
            _ = try? await rival.create(
                CheckpointRequest(name: "r\(call.number)"), in: "vm1", by: Self.by)
        }
        let store = CheckpointStore(log: log)
        try await store.create(CheckpointRequest(name: "ours"), in: "vm1", by: Self.by)
        // It was overtaken as often as it is tried without a turn, and no more.
        let graph = try await fixture.store.graph(of: "vm1")
        #expect(graph.current == "ours")
        #expect(graph.count == 5)
        await rival.close()
        await fixture.store.close()
    }

    @Test("A change of settings that loses every race is made while the others wait")
    func overtakenSettings() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let log = InterferingLog(fixture.store.log)
        let rival = try await CheckpointStore.open(
            at: fixture.folder.path("store.db"),
            options: CheckpointStore.Options(busyTimeout: .zero))
        log.beforeCall = { call in
            guard call.name == "append" else { return }
            let on = try? await rival.settings().stripsSecrets
            _ = try? await rival.changeSettings(
                to: StoreSettings(stripsSecrets: on != true), by: StoreFixture.submission)
        }
        let store = CheckpointStore(log: log)
        let outcome = try await store.changeSettings(
            to: StoreSettings(stripsSecrets: true), by: StoreFixture.submission)
        #expect(outcome.settings.stripsSecrets)
        #expect(try await fixture.store.settings().stripsSecrets)
        await rival.close()
        await fixture.store.close()
    }

    @Test("Callers that wait for another process are refused in time, and not too early")
    func deadlines() async throws {
        // Long beside what other tests, which run at the same time, may hold this one up.
        let timeout = Duration.seconds(15)
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        await fixture.store.close()
        let head = open(fixture.folder.path("store.db"), O_RDWR | O_CLOEXEC)
        defer { close(head) }
        try #require(flock(head, LOCK_EX | LOCK_NB) == 0)
        let store = try await CheckpointStore.open(
            at: fixture.folder.path("store.db"),
            options: CheckpointStore.Options(busyTimeout: timeout))
        let answers = await withTaskGroup(of: (Moments.MomentlogError.Code?, Duration).self) {
            group in
            for index in 0..<20 {
                group.addTask {
                    let clock = ContinuousClock()
                    let start = clock.now
                    do throws(MomentlogError) {
                        try await store.create(
                            CheckpointRequest(name: "c\(index)"), in: "vm1", by: Self.by)
                        return (nil, clock.now - start)
                    } catch {
                        return (error.code, clock.now - start)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 20)
        for (code, waited) in answers {
            #expect(code == .busy)
            #expect(waited >= timeout)
            // A bound on how long it may take is that of the batch: see CommandBatchDeadlineTests.
        }
        // Nothing of it was done, and now it is free.
        flock(head, LOCK_UN)
        try await store.create(CheckpointRequest(name: "c0"), in: "vm1", by: Self.by)
        #expect(try await store.graph(of: "vm1").names() == ["c0"])
        await store.close()
    }

    @Test("An instruction behind many that were carried out waits as long as any")
    func longCall() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let instructions = (0..<600).map {
            Instruction.create(CheckpointRequest(name: "c\($0)"), in: "vm1", by: Self.by)
        }
        let answers = await fixture.store.perform(instructions)
        #expect(
            answers.map(\.summary) == (0..<600).map { "commit \($0 + 2), revision \($0 * 2 + 3)" })
        #expect(await fixture.store.perform([Instruction]()).isEmpty)
        await fixture.store.close()
    }
}
