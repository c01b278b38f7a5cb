import EventLog
import Foundation
import Moments
import TestSupport
import Testing

@testable import Momentlog

struct CommandBatchTests {
    private static let by = StoreFixture.submission

    @Test("Instructions together are carried out in order, each as a separate commit")
    func order() async throws {
        let fixture = try await StoreFixture()
        let guest = SourceDocument(CheckpointText.guest("vm1"))
        let answers = await fixture.store.perform([
            .create(CheckpointRequest(name: "early"), in: "vm1", by: Self.by),
            try .define(guest, by: Self.by),
            .create(CheckpointRequest(name: "c1"), in: "vm1", by: Self.by),
            .create(CheckpointRequest(name: "c1"), in: "vm1", by: Self.by),
            try .define(guest, by: Self.by),
            .create(CheckpointRequest(name: "c2"), in: "vm1", by: Self.by),
            .rename("vm1", to: "vm2", by: Self.by),
            .delete("c1", from: "vm1", by: Self.by),
            .delete("c1", from: "vm2", by: Self.by),
            .undefine("vm2", by: Self.by),
            .undefine("vm2", deletingCheckpoints: true, by: Self.by),
            .create(CheckpointRequest(name: "late"), in: "vm2", by: Self.by),
            try .define(guest, by: Self.by),
            .create(CheckpointRequest(name: "c3"), in: "vm1", by: Self.by),
        ])
        #expect(
            answers.map(\.summary) == [
                "no-domain", "commit 1, revision 1", "commit 2, revision 3", "exists",
                "nothing, revision 3", "commit 3, revision 5", "commit 4, revision 6",
                "no-domain", "commit 5, revision 7", "has-checkpoints", "commit 6, revision 10",
                "no-domain", "commit 7, revision 11", "commit 8, revision 13",
            ])
        let graph = try await fixture.store.graph(of: "vm1")
        #expect(graph.names(Listing()) == ["c3"])
    }

    @Test("Many domains are defined together")
    func domains() async throws {
        let fixture = try await StoreFixture()
        var instructions: [Instruction] = []
        for index in 0..<40 {
            let text = "<domain><name>vm\(index)</name></domain>"
            instructions.append(try .define(SourceDocument(text), by: Self.by))
            instructions.append(.rename("vm\(index)", to: "guest\(index)", by: Self.by))
        }
        let answers = await fixture.store.perform(instructions)
        #expect(
            answers.map(\.summary)
                == (0..<40).flatMap { index in
                    ["commit \(index * 2 + 1), revision 1", "commit \(index * 2 + 2), revision 2"]
                })
        let names = try await fixture.store.domains().map(\.name)
        #expect(Set(names) == Set((0..<40).map { "guest\($0)" }))
    }

    @Test("If appending fails, all that rests on it fails, and nothing is kept")
    func failure() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let log = FailingLog(fixture.store.log)
        let store = CheckpointStore(log: log)
        log.failure = MomentlogError(.storage, "the disk is full")
        let instructions: [Instruction] = [
            .delete("c1", from: "vm1", by: Self.by),
            .setCurrent(nil, in: "vm1", by: Self.by),
            .create(CheckpointRequest(name: "c1"), in: "vm1", by: Self.by),
            .create(CheckpointRequest(name: "c2"), in: "vm1", by: Self.by),
            .create(CheckpointRequest(name: "c1"), in: "vm1", by: Self.by),
            .setCurrent("c2", in: "vm1", by: Self.by),
        ]
        let failed = await store.perform(instructions)
        #expect(
            failed.map(\.summary) == [
                "no-checkpoint", "nothing, revision 1", "storage", "storage", "storage", "storage",
            ])
        log.failure = nil
        let answers = await store.perform(instructions)
        #expect(
            answers.map(\.summary) == [
                "no-checkpoint", "nothing, revision 1", "commit 2, revision 3",
                "commit 3, revision 5", "exists", "nothing, revision 5",
            ])
    }

    @Test("A command that others overtake is decided again")
    func overtaken() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        try await fixture.create("c1")
        let log = FailingLog(fixture.store.log)
        let store = CheckpointStore(log: log)
        log.beforeAppend = { try await fixture.create("c2") }
        let outcome = try await store.create(
            CheckpointRequest(name: "c3"), in: "vm1", by: Self.by)
        #expect(outcome.revision == 7)
        #expect(try await store.graph(of: "vm1").checkpoint(named: "c3")?.parent == "c2")
        // Examined again, it may have to be refused.
        log.beforeAppend = { try await fixture.create("c4") }
        let error = await #expect(throws: MomentlogError.self) {
            try await store.create(CheckpointRequest(name: "c4"), in: "vm1", by: Self.by)
        }
        #expect(error?.code == .exists)
        // Nor may what is expected have passed.
        log.beforeAppend = { try await fixture.create("c5") }
        let expecting = Submission(actor: "me", expectedRevision: 9)
        let conflict = await #expect(throws: MomentlogError.self) {
            try await store.create(CheckpointRequest(name: "c6"), in: "vm1", by: expecting)
        }
        #expect(conflict?.code == .revisionConflict)
    }

    @Test("A damaged domain is reported as such, even if the commits before it fail")
    func damagedBehindFailure() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1", digit: "a")
        try await fixture.define("vm2", digit: "b")
        let log = FailingLog(fixture.store.log)
        log.unreadable = try await fixture.store.entry(of: "vm1").id
        log.failure = MomentlogError(.storage, "the disk is full")
        let answers = await CheckpointStore(log: log).perform([
            .create(CheckpointRequest(name: "c1"), in: "vm2", by: Self.by),
            .create(CheckpointRequest(name: "c1"), in: "vm1", by: Self.by),
        ])
        #expect(answers.map(\.summary) == ["storage", "corrupt"])
    }

    @Test("A domain whose log is damaged does not keep back the others")
    func damagedDomain() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1", digit: "a")
        try await fixture.define("vm2", digit: "b")
        let log = FailingLog(fixture.store.log)
        log.unreadable = try await fixture.store.entry(of: "vm1").id
        let store = CheckpointStore(log: log)
        let answers = await store.perform([
            .create(CheckpointRequest(name: "c1"), in: "vm2", by: Self.by),
            .create(CheckpointRequest(name: "c1"), in: "vm1", by: Self.by),
            .create(CheckpointRequest(name: "c2"), in: "vm2", by: Self.by),
        ])
        #expect(
            answers.map(\.summary) == ["commit 3, revision 3", "corrupt", "commit 4, revision 5"])
    }
}

extension Result where Success == CommandOutcome, Failure == MomentlogError {
    var summary: String {
        switch self {
        case .success(let outcome):
            (outcome.commit.map { "commit \($0)" } ?? "nothing") + ", revision \(outcome.revision)"
        case .failure(let error): error.code.rawValue
        }
    }
}
