import EventLog
import Foundation
import Moments
import Synchronization
import TestSupport
import Testing

@testable import Momentlog

/// Imports beside another writer, which acts between any two of their steps.
struct ImportContentionTests {
    /// Whether the other writer acts before or after a call.
    enum Side: CaseIterable, Sendable { case before, after }

    private static let names: [CheckpointName] = ["c1", "c2", "c3"]

    /// A store with two guests, and a library of both.
    private func prepared() async throws -> (StoreFixture, String) {
        let fixture = try await StoreFixture()
        for (name, digit) in [("vm1", "a"), ("vm2", "b")] {
            try await fixture.define(name, digit: Character(digit))
            let guest = CheckpointText.guest(name, digit: Character(digit))
            var documents: [String: String] = [:]
            for (index, checkpoint) in Self.names.enumerated() {
                documents["\(checkpoint).xml"] = CheckpointText.document(
                    checkpoint.text, parent: index == 0 ? nil : Self.names[index - 1].text,
                    extra: guest)
            }
            try fixture.library("all/\(name)", documents)
        }
        return (fixture, fixture.folder.path("all"))
    }

    /// Another opening of the store, which waits for nobody.
    private func rival(_ fixture: StoreFixture) async throws -> CheckpointStore {
        try await CheckpointStore.open(
            at: fixture.folder.path("store.db"),
            options: CheckpointStore.Options(busyTimeout: .zero))
    }

    /// How many calls an import makes that nobody disturbs.
    private func callCount() async throws -> Int {
        let (fixture, path) = try await prepared()
        let log = InterferingLog(fixture.store.log)
        let report = try await CheckpointStore(log: log).importLibraries(
            at: [path], options: ImportOptions(isStrict: true),
            by: StoreFixture.submission)
        #expect(!report.hasProblems)
        #expect(report.domains.map(\.imported) == [Self.names, Self.names])
        await fixture.store.close()
        return log.callCount
    }

    @Test(
        "A strict import appends all or nothing, whenever another writer gets in its way",
        arguments: Side.allCases)
    func strict(side: Side) async throws {
        var outcomes: Set<Bool> = []
        let count = try await callCount()
        for number in 1...count {
            let (fixture, path) = try await prepared()
            let rival = try await rival(fixture)
            let log = InterferingLog(fixture.store.log)
            let act: InterferingLog.Action = { call in
                guard call.number == number else { return }
                _ = try? await rival.create(
                    CheckpointRequest(name: "c3"), in: "vm2", by: StoreFixture.submission)
            }
            if side == .before { log.beforeCall = act } else { log.afterCall = act }
            let report = try await CheckpointStore(log: log).importLibraries(
                at: [path], options: ImportOptions(isStrict: true),
                by: StoreFixture.submission)
            let (one, two) = (
                try await fixture.store.graph(of: "vm1"), try await fixture.store.graph(of: "vm2")
            )
            #expect(report.isRefusedAsStrict == report.hasProblems, "call \(number)")
            if report.isRefusedAsStrict {
                #expect(one.isEmpty, "call \(number)")
                #expect(two.names() == ["c3"], "call \(number)")
                #expect(report.domains.allSatisfy { $0.commit == nil })
            } else {
                #expect(report.domains.map(\.imported) == [Self.names, Self.names])
                #expect(one.count == 3)
                #expect(two.checkpoint(named: "c3")?.parent == "c2", "call \(number)")
            }
            outcomes.insert(report.isRefusedAsStrict)
            await rival.close()
            await fixture.store.close()
        }
        // After its append the other writer is too late.
        #expect(outcomes == (side == .before ? [true] : [true, false]))
    }

    @Test(
        "A strict import appends all or nothing beside a writer that changes a domain between all calls",
        arguments: Side.allCases)
    func strictBesideBusyWriter(side: Side) async throws {
        let count = try await callCount()
        for first in 1...count {
            let (fixture, path) = try await prepared()
            let rival = try await rival(fixture)
            let log = InterferingLog(fixture.store.log)
            let act: InterferingLog.Action = { call in
                guard call.number >= first else { return }
                let isThere = (try? await rival.graph(of: "vm2").contains("c3")) ?? false
                _ =
                    isThere
                    ? try? await rival.delete("c3", from: "vm2", by: StoreFixture.submission)
                    : try? await rival.create(
                        CheckpointRequest(name: "c3"), in: "vm2", by: StoreFixture.submission)
            }
            if side == .before { log.beforeCall = act } else { log.afterCall = act }
            let report = try await CheckpointStore(log: log).importLibraries(
                at: [path], options: ImportOptions(isStrict: true),
                by: StoreFixture.submission)
            let commits = report.domains.compactMap(\.commit)
            if report.isRefusedAsStrict {
                #expect(commits.isEmpty, "from call \(first)")
                #expect(try await fixture.store.graph(of: "vm1").isEmpty, "from call \(first)")
            } else {
                #expect(report.domains.map(\.imported) == [Self.names, Self.names])
                // Nobody was in between.
                #expect(commits.count == 2 && commits[0] + 1 == commits[1], "from call \(first)")
            }
            await rival.close()
            await fixture.store.close()
        }
    }

    @Test(
        "What a strict import finds recorded is recorded when the rest is appended",
        arguments: Side.allCases)
    func recordedAlready(side: Side) async throws {
        for number in 1...10 {
            let (fixture, path) = try await prepared()
            try await fixture.add(path + "/vm1")
            let rival = try await rival(fixture)
            let log = InterferingLog(fixture.store.log)
            let act: InterferingLog.Action = { call in
                guard call.number == number else { return }
                _ = try? await rival.delete("c3", from: "vm1", by: StoreFixture.submission)
            }
            if side == .before { log.beforeCall = act } else { log.afterCall = act }
            let report = try await CheckpointStore(log: log).importLibraries(
                at: [path], options: ImportOptions(isStrict: true),
                by: StoreFixture.submission)
            #expect(!report.hasProblems, "call \(number)")
            let last = try #require(report.domains.compactMap(\.commit).max())
            let end = try #require(try await fixture.lines().last { $0.commit == last }?.sequence)
            for domain in ["vm1", "vm2"] {
                let graph = try await fixture.store.domain(
                    DomainReference(domain), at: .sequence(end)
                ).graph
                #expect(graph.names()?.sorted() == Self.names, "\(domain), call \(number)")
            }
            await rival.close()
            await fixture.store.close()
        }
    }

    @Test("A dry run of a strict import reports the same, and appends nothing")
    func dryRun() async throws {
        let (fixture, path) = try await prepared()
        let count = try await fixture.eventCount()
        let options = ImportOptions(isStrict: true, isDryRun: true)
        let planned = try await fixture.add(path, options)
        #expect(try await fixture.eventCount() == count)
        let report = try await fixture.add(path, ImportOptions(isStrict: true))
        #expect(report.domains.map(\.imported) == planned.domains.map(\.imported))
        #expect(report.domains.map(\.current) == planned.domains.map(\.current))
        #expect(planned.domains.allSatisfy { $0.commit == nil })
        // What was planned is not taken for recorded.
        try await fixture.create("c4", in: "vm1")
        #expect(try await fixture.store.graph(of: "vm1").count == 4)
    }

    @Test("New domains of one import share a transaction", arguments: [false, true])
    func newDomains(isStrict: Bool) async throws {
        let fixture = try await StoreFixture()
        for (name, digit) in zip(["vm1", "vm2", "vm3"], "abc") {
            let guest = CheckpointText.guest(name, digit: digit)
            try fixture.library(
                "all/\(name)", ["c1.xml": CheckpointText.document("c1", extra: guest)])
        }
        let log = InterferingLog(fixture.store.log)
        let report = try await CheckpointStore(log: log).importLibraries(
            at: [fixture.folder.path("all")], options: ImportOptions(isStrict: isStrict),
            by: StoreFixture.submission)
        #expect(report.domains.map(\.commit) == [1, 2, 3])
        #expect(log["append"] == 1)
        for name in ["vm1", "vm2", "vm3"] {
            #expect(try await fixture.store.graph(of: DomainReference(name)).current == "c1")
        }
    }

    @Test("Imports of the same new domains that wait together succeed, and record them once")
    func waitingTogether() async throws {
        let fixture = try await StoreFixture()
        let path = try fixture.library(
            "vm1", ["c1.xml": CheckpointText.document("c1", extra: CheckpointText.guest("vm1"))])
        let log = InterferingLog(fixture.store.log)
        let store = CheckpointStore(log: log)
        log.beforeCall = { call in
            guard call.name == "append", log["append"] == 1 else { return }
            while await store.handler.waitingCount < 2 { await Task.yield() }
        }
        let other = SourceDocument(CheckpointText.guest("other", digit: "b"))
        async let definition = store.define(other, by: StoreFixture.submission)
        while log["append"] == 0 { await Task.yield() }
        let reports = try await withThrowingTaskGroup(of: ImportReport.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    try await store.importLibraries(at: [path], by: StoreFixture.submission)
                }
            }
            return try await group.reduce(into: [ImportReport]()) { $0.append($1) }
        }
        _ = try await definition
        #expect(reports.allSatisfy { !$0.hasProblems })
        #expect(reports.flatMap(\.domains).count { $0.commit != nil } == 1)
        #expect(try await store.graph(of: "vm1").names() == ["c1"])
        #expect(try await fixture.eventCount() == 4)
    }

    @Test("An import continues where another command stopped in the same process")
    func besideCommands() async throws {
        let (fixture, path) = try await prepared()
        try await fixture.create("c0", in: "vm1")
        let report = try await fixture.add(path + "/vm1")
        #expect(report.domains.map(\.imported) == [Self.names])
        try await fixture.create("c4", in: "vm1")
        #expect(try await fixture.store.graph(of: "vm1").count == 5)
        let reopened = try await fixture.reopened()
        #expect(try await reopened.graph(of: "vm1").current == "c4")
        await reopened.close()
    }

    @Test("An import ends though another writer overtakes it each time", arguments: [false, true])
    func overtaken(isStrict: Bool) async throws {
        let (fixture, path) = try await prepared()
        let rival = try await rival(fixture)
        let log = InterferingLog(fixture.store.log)
        log.beforeCall = { call in
            guard call.name == "append" else { return }
            for domain in ["vm1", "vm2"] {
                _ = try? await rival.create(
                    CheckpointRequest(name: "r\(call.number)"), in: DomainReference(domain),
                    by: StoreFixture.submission)
            }
        }
        let report = try await CheckpointStore(log: log).importLibraries(
            at: [path], options: ImportOptions(isStrict: isStrict),
            by: StoreFixture.submission)
        #expect(report.domains.allSatisfy { $0.refusal == nil && $0.commit != nil })
        #expect(report.domains.map(\.imported) == [Self.names, Self.names])
        for domain in ["vm1", "vm2"] {
            let graph = try await fixture.store.graph(of: DomainReference(domain))
            #expect(Self.names.allSatisfy { graph.contains($0) })
            #expect(graph.count > 3)
        }
        await rival.close()
        await fixture.store.close()
    }

    @Test("An unexpected revision is reported at once", arguments: [false, true])
    func expectedRevision(isStrict: Bool) async throws {
        let (fixture, path) = try await prepared()
        let log = InterferingLog(fixture.store.log)
        let error = await #expect(throws: MomentlogError.self) {
            try await CheckpointStore(log: log).importLibraries(
                at: [path + "/vm1"],
                options: ImportOptions(isStrict: isStrict),
                by: Submission(actor: "tester@here", expectedRevision: 7))
        }
        #expect(error?.code == .revisionConflict)
        #expect(error?.message.contains("is at revision 1, not 7") == true)
        #expect(log["replay"] == 1)
        #expect(log["append"] == 0)
        // So is one that became another while the import was under way.
        let rival = try await rival(fixture)
        log.beforeCall = { call in
            guard call.name == "append" else { return }
            _ = try? await rival.create(
                CheckpointRequest(name: "r\(call.number)"), in: "vm1",
                by: StoreFixture.submission)
        }
        let later = await #expect(throws: MomentlogError.self) {
            try await CheckpointStore(log: log).importLibraries(
                at: [path + "/vm1"],
                options: ImportOptions(isStrict: isStrict),
                by: Submission(actor: "tester@here", expectedRevision: 1))
        }
        #expect(later?.code == .revisionConflict)
        #expect(log["append"] == 1)
        await rival.close()
        await fixture.store.close()
    }

    @Test("No secret is recorded if the setting changes during an import")
    func settings() async throws {
        let secret = "hunter2"
        let fixture = try await StoreFixture()
        try await fixture.define("other", digit: "b")
        let guest = CheckpointText.guest("vm1").replacing(
            "<devices>", with: "<devices><graphics type='vnc' passwd='\(secret)'/>")
        let path = try fixture.library(
            "vm1", ["c1.xml": CheckpointText.document("c1", extra: guest)])
        let rival = try await rival(fixture)
        let log = InterferingLog(fixture.store.log)
        log.beforeCall = { call in
            guard call.name == "append" else { return }
            _ = try? await rival.changeSettings(
                to: StoreSettings(stripsSecrets: true), by: StoreFixture.submission)
        }
        let report = try await CheckpointStore(log: log).importLibraries(
            at: [path], by: StoreFixture.submission)
        #expect(report.domains.map(\.imported) == [["c1"]])
        await rival.close()
        await fixture.store.close()
        #expect(try fixture.files.values.allSatisfy { $0.range(of: Data(secret.utf8)) == nil })
    }
}
