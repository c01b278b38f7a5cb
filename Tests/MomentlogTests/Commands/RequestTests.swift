import Foundation
import Moments
import Synchronization
import TestSupport
import Testing

@testable import Momentlog

/// Requests that come more than once.
struct RequestTests {
    private static func by(_ request: String?, actor: String = "tester@here") -> Submission {
        Submission(actor: actor, request: request)
    }

    /// A store with `vm1` and the chain c1, c2.
    private func prepared() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        try await fixture.create("c1")
        try await fixture.create("c2")
        return fixture
    }

    /// An image of vda with the bitmaps of three checkpoints.
    private static func images(_ path: String = "/a") throws -> ImageReport {
        var report = ImageReport()
        let bitmaps = ["c1", "c2", "c3"].map { DirtyBitmap(name: $0) }
        try report.add(ImageChain(DiskImage(path: path, bitmaps: bitmaps)), of: "vda")
        return report
    }

    /// Every kind of command, as it would be given twice; what is in the way the second time
    /// must not matter.
    private static func instructions(_ request: String) throws -> [Instruction] {
        let by = by(request)
        let document = SourceDocument(CheckpointText.document("c3", parent: "c2"))
        var timed = Instruction.create(CheckpointRequest(), in: "vm1", by: by)
        timed.creationTime = 7
        var validated = try Instruction.redefine([document], in: "vm1", by: by)
        validated.validation = try images()
        return [
            .create(CheckpointRequest(name: "new", description: "d"), in: "vm1", by: by), timed,
            .create(CheckpointRequest(), in: "vm1", by: by),
            try .redefine([document], in: "vm1", by: by),
            .delete("c1", from: "vm1", by: by),
            .delete("c1", including: .children, from: "vm1", by: by),
            .delete("c1", including: .childrenOnly, from: "vm1", by: by),
            .delete(["c1", "c2"], from: "vm1", by: by),
            try .record([document], in: "vm1", makingCurrent: "c1", by: by),
            .setCurrent("c1", in: "vm1", by: by), .setCurrent(nil, in: "vm1", by: by),
            try .define(SourceDocument(CheckpointText.guest("other", digit: "b")), by: by),
            try .define(SourceDocument(CheckpointText.domain("vm1")), by: by),
            .rename("vm1", to: "vm2", by: by), .undefine("vm1", deletingCheckpoints: true, by: by),
            // Nothing is appended by these.
            .setCurrent("c2", in: "vm1", by: by),
            try .define(SourceDocument(CheckpointText.guest("vm1")), by: by),
            .rename("vm1", to: "vm1", by: by), .repair(in: "vm1", by: by),
            .observe(try images(), in: "vm1", by: by),
            .observe(ImageReport(), at: 7, in: "vm1", by: by),
            validated,
        ]
    }

    @Test(
        "A request that comes again is answered as at first, after a restart too",
        arguments: 0..<20)
    func again(kind: Int) async throws {
        let fixture = try await prepared()
        let instruction = try Self.instructions("r1")[kind]
        let first = try await fixture.store.perform(instruction)
        let count = try await fixture.eventCount()
        // Who asks, why, and at what revision does not count.
        var repeated = instruction
        repeated.submission = Submission(
            actor: "other@there", reason: "again", request: "r1", expectedRevision: 1)
        #expect(try await fixture.store.perform(repeated) == first)
        // What was done since is not undone.
        _ = try? await fixture.store.setCurrent("c1", in: "vm1", by: Self.by(nil))
        let between = try await fixture.eventCount()
        #expect(try await fixture.store.perform(instruction) == first)
        let other = try await CheckpointStore.open(
            at: fixture.folder.path("store.db"), options: StoreFixture.patient)
        #expect(try await other.perform(instruction) == first)
        await other.close()
        let reopened = try await fixture.reopened()
        #expect(try await reopened.perform(instruction) == first)
        let after = fixture.with(reopened)
        #expect(try await after.eventCount() == between)
        #expect(between - count <= 1)
        await reopened.close()
    }

    @Test("A different request with the same key is a conflict")
    func conflict() async throws {
        for (index, first) in try Self.instructions("r1").enumerated() {
            let fixture = try await prepared()
            _ = try await fixture.store.perform(first)
            let count = try await fixture.eventCount()
            for (other, second) in try Self.instructions("r1").enumerated() where other != index {
                let error = await #expect(throws: MomentlogError.self) {
                    try await fixture.store.perform(second)
                }
                #expect(error?.code == .requestConflict, "\(index), \(other)")
            }
            #expect(try await fixture.eventCount() == count)
            await fixture.store.close()
        }
    }

    @Test("Arguments that differ in anything are others")
    func fingerprints() throws {
        let by = Self.by("r")
        func create(_ request: CheckpointRequest, _ domain: String = "vm1") -> Instruction {
            .create(request, in: DomainReference(domain), by: by)
        }
        func redefine(_ documents: String...) throws -> Instruction {
            try .redefine(documents.map { SourceDocument($0) }, in: "vm1", by: by)
        }
        var timed = create(CheckpointRequest())
        timed.creationTime = 0
        var validated = try redefine(CheckpointText.document("a"))
        validated.validation = ImageReport()
        let instructions = [
            create(CheckpointRequest()), timed, create(CheckpointRequest(), "vm2"),
            create(CheckpointRequest(name: "\u{E9}")), create(CheckpointRequest(name: "e\u{301}")),
            create(CheckpointRequest(description: "\u{E9}")),
            create(CheckpointRequest(disks: [Disk(name: "vda")])),
            create(CheckpointRequest(disks: [Disk(name: "vda", mode: .no)])),
            create(CheckpointRequest(disks: [Disk(name: "vda", bitmap: "")])),
            create(CheckpointRequest(disks: [Disk(name: "vda", bitmap: "b")])),
            create(CheckpointRequest(disks: [Disk(name: "vda"), Disk(name: "vdb")])),
            create(CheckpointRequest(disks: [Disk(name: "vdb"), Disk(name: "vda")])),
            try redefine(CheckpointText.document("a")), try redefine(CheckpointText.document("b")),
            try redefine(CheckpointText.document("a"), CheckpointText.document("b")),
            try redefine(CheckpointText.document("a", parent: "b")),
            try redefine(CheckpointText.document("a", time: 1)),
            try redefine(CheckpointText.document("a", disks: "")),
            try redefine(CheckpointText.document("a", extra: "<current>0</current>")),
            try redefine(CheckpointText.document("a", extra: "<current>1</current>")),
            try redefine(CheckpointText.document("a", extra: "<description>d</description>")),
            try redefine(CheckpointText.document("a", extra: CheckpointText.domain("vm1"))),
            try redefine(CheckpointText.document("a", extra: CheckpointText.guest("vm1"))),
            .repair(in: "vm1", by: by), .repair(Repair(current: "a"), in: "vm1", by: by),
            .repair(Repair(parents: ["a": "b"]), in: "vm1", by: by),
            .repair(Repair(parents: ["b": "a"]), in: "vm1", by: by),
            .repair(Repair(parents: ["a": "b", "c": "d"]), in: "vm1", by: by),
            .observe(try Self.images(), in: "vm1", by: by),
            .observe(try Self.images(), at: 7, in: "vm1", by: by),
            .observe(try Self.images("/b"), in: "vm1", by: by),
            .observe(ImageReport(), in: "vm1", by: by), validated,
        ]
        #expect(Set(instructions.map(\.fingerprint)).count == instructions.count)
    }

    @Test("A refusal is not remembered: the request may come again with success")
    func refusal() async throws {
        let fixture = try await prepared()
        let create = Instruction.create(
            CheckpointRequest(name: "c1"), in: "vm1", by: Self.by("r1"))
        await #expect(throws: MomentlogError.self) { try await fixture.store.perform(create) }
        try await fixture.store.delete("c1", from: "vm1", by: Self.by(nil))
        let first = try await fixture.store.perform(create)
        #expect(first.commit != nil)
        #expect(try await fixture.store.perform(create) == first)
        await fixture.store.close()
    }

    @Test("Requests that come together are answered as if one after the other")
    func together() async throws {
        let fixture = try await prepared()
        let count = try await fixture.eventCount()
        let create = Instruction.create(CheckpointRequest(name: "x"), in: "vm1", by: Self.by("r1"))
        let none = Instruction.setCurrent("x", in: "vm1", by: Self.by("r2"))
        let other = Instruction.create(CheckpointRequest(name: "y"), in: "vm1", by: Self.by("r1"))
        // Equal to Swift, but not of the same bytes.
        let accents = ["\u{E9}", "e\u{301}"].map {
            Instruction.create(
                CheckpointRequest(name: "x\($0.utf8.count)"), in: "vm1", by: Self.by($0))
        }
        let answers = await fixture.store.perform(
            [create, create, none, other, none, create] + accents + accents)
        #expect(
            answers.map(\.summary) == [
                "commit 4, revision 7", "commit 4, revision 7", "nothing, revision 7",
                "request-conflict", "nothing, revision 7", "commit 4, revision 7",
                "commit 5, revision 9", "commit 6, revision 11", "commit 5, revision 9",
                "commit 6, revision 11",
            ])
        #expect(try await fixture.eventCount() == count + 6)
        await fixture.store.close()
    }

    @Test(
        "A request that another process carries out meanwhile is answered as there",
        arguments: 0..<16, [false, true])
    func meanwhile(kind: Int, beforeDeciding: Bool) async throws {
        let fixture = try await prepared()
        let instruction = try Self.instructions("r1")[kind]
        let failing = FailingLog(fixture.store.log)
        let store = CheckpointStore(log: failing)
        let theirs = Mutex<CommandOutcome?>(nil)
        let others: @Sendable () async throws -> Void = {
            let outcome = try await fixture.store.perform(instruction)
            theirs.withLock { $0 = outcome }
        }
        if beforeDeciding {
            failing.afterRequests = others
        } else {
            failing.beforeAppend = others
        }
        let ours = try await store.perform(instruction)
        #expect(ours == theirs.withLock { $0 })
        await fixture.store.close()
    }

    @Test("One request that many send at once, in two openings, is carried out once")
    func race() async throws {
        let fixture = try await prepared()
        let other = try await CheckpointStore.open(
            at: fixture.folder.path("store.db"), options: StoreFixture.patient)
        let count = try await fixture.eventCount()
        let stores = [fixture.store, other]
        let outcomes = try await withThrowingTaskGroup(of: CommandOutcome.self) { group in
            for index in 0..<40 {
                let store = stores[index % 2]
                group.addTask {
                    try await store.create(
                        CheckpointRequest(name: "n\(index / 20)"), in: "vm1",
                        by: Self.by("r\(index / 20)"))
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(outcomes.count == 2)
        #expect(try await fixture.eventCount() == count + 4)
        await other.close()
        await fixture.store.close()
    }

    @Test(
        "A request whose outcome was unknown is carried out once when it comes again",
        arguments: [false, true])
    func unknownOutcome(isThere: Bool) async throws {
        let fixture = try await prepared()
        let count = try await fixture.eventCount()
        let failing = FailingLog(fixture.store.log)
        let store = CheckpointStore(log: failing)
        let create = Instruction.create(CheckpointRequest(name: "x"), in: "vm1", by: Self.by("r1"))
        let failure = MomentlogError(.outcomeUnknown, "the disk has gone")
        if isThere { failing.lateFailure = failure } else { failing.failure = failure }
        let error = await #expect(throws: MomentlogError.self) { try await store.perform(create) }
        #expect(error?.code == .outcomeUnknown)
        let reopened = try await fixture.reopened()
        let first = try await reopened.perform(create)
        #expect(first.sequences == count + 1...count + 2)
        #expect(try await reopened.perform(create) == first)
        #expect(try await fixture.with(reopened).eventCount() == count + 2)
        await reopened.close()
    }

    @Test("If its record cannot be stored, a request that appends nothing fails")
    func failedKeeping() async throws {
        let fixture = try await prepared()
        let failing = FailingLog(fixture.store.log)
        failing.failure = MomentlogError(.storage, "no space")
        let store = CheckpointStore(log: failing)
        let answers = await store.perform([
            .setCurrent("c2", in: "vm1", by: Self.by(nil)),
            .setCurrent("c2", in: "vm1", by: Self.by("r1")),
        ])
        #expect(answers.map(\.summary) == ["nothing, revision 5", "storage"])
        await fixture.store.close()
    }

    @Test("The arguments of a request in an earlier store are unknown")
    func earlier() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(
            at: Fixtures.repository.appending(path: "Tests/Fixtures/stores/schema-2.db"),
            to: folder.url.appending(path: "store.db"))
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        let text = CheckpointText.domain("extra")
        for request in ["first", "second"] {
            let error = await #expect(throws: MomentlogError.self) {
                try await store.define(SourceDocument(text), by: Self.by(request))
            }
            #expect(error?.code == .requestConflict)
            #expect(error?.message.contains("earlier momentlog") == true)
        }
        let outcome = try await store.define(SourceDocument(text), by: Self.by("third"))
        #expect(outcome.commit == nil)
        await store.close()
    }

    @Test("A hash of what is secret is not kept either")
    func secrets() async throws {
        let fixture = try await StoreFixture()
        let definitions = ["one", "two"].map {
            CheckpointText.domain("vm1").replacing(
                "</domain>",
                with: "<devices><graphics type='vnc' passwd='\($0)'/></devices></domain>")
        }
        var answers: [CommandOutcome] = []
        for definition in definitions {
            var define = try Instruction.define(
                SourceDocument(definition), by: Self.by("r1"))
            define.stripsSecrets = true
            answers.append(try await fixture.store.perform(define))
        }
        // They differ in nothing but the secret.
        #expect(answers[0] == answers[1])
        await fixture.store.close()
    }
}
