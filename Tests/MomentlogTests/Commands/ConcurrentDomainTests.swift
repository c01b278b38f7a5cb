import Moments
import TestSupport
import Testing

@testable import Momentlog

/// Many callers, many domains.
struct ConcurrentDomainTests {
    private static let by = StoreFixture.submission

    /// What one caller does to one domain, in turn.
    private static func script(_ domain: String, seed: UInt64) throws -> [Instruction] {
        var random = RandomInstructions(seed: seed)
        let guest = SourceDocument("<domain><name>\(domain)</name></domain>")
        var instructions = [try Instruction.define(guest, by: by)]
        for _ in 0..<40 {
            let name: CheckpointName = "c\(Int.random(in: 0..<6, using: &random.generator))"
            let parent = "c\(Int.random(in: 0..<6, using: &random.generator))"
            switch Int.random(in: 0..<5, using: &random.generator) {
            case 0...2:
                let record = Row.record(name.text, random.isChosen(1, of: 2) ? parent : nil)
                instructions.append(
                    try .redefine([SourceDocument(record)], in: DomainReference(domain), by: by))
            case 3:
                instructions.append(
                    .delete(
                        name, including: random.isChosen(1, of: 3) ? .children : .checkpoint,
                        from: DomainReference(domain), by: by))
            default: instructions.append(.setCurrent(name, in: DomainReference(domain), by: by))
            }
        }
        return instructions
    }

    @Test(
        "Many tasks on many domains come to what each would come to alone", arguments: Seeds.few)
    func domains(seed: UInt64) async throws {
        let (together, alone) = (try await StoreFixture(), try await StoreFixture())
        let store = together.store
        let scripts = try (0..<24).map { index in
            try Self.script("vm\(index)", seed: seed &+ UInt64(index))
        }
        let answers = await withTaskGroup(of: (Int, [String]).self) { group in
            for (index, script) in scripts.enumerated() {
                group.addTask {
                    var answers: [String] = []
                    for instruction in script {
                        answers += await store.perform([instruction]).map(Self.text)
                    }
                    return (index, answers)
                }
            }
            return await group.reduce(into: [Int: [String]]()) { $0[$1.0] = $1.1 }
        }
        for (index, script) in scripts.enumerated() {
            let serial = await alone.store.perform(script).map(Self.text)
            #expect(answers[index] == serial, "seed \(seed), vm\(index)")
            let ours = try await store.domain("vm\(index)")
            let theirs = try await alone.store.domain("vm\(index)")
            #expect(ours.graph == theirs.graph, "seed \(seed), vm\(index)")
            #expect(ours.revision == theirs.revision, "seed \(seed), vm\(index)")
        }
        let sequences = try await together.lines().map(\.sequence)
        #expect(sequences == Array(1...sequences.count))
    }

    /// An answer without the numbers that depend on the other domains.
    private static func text(_ answer: Result<CommandOutcome, MomentlogError>) -> String {
        switch answer {
        case .success(let outcome):
            "\(outcome.revision) \(outcome.sequences?.count ?? 0) \(outcome.checkpoint ?? "-")"
        case .failure(let error): "\(error)"
        }
    }

    @Test("Callers that wait while something is appended share the next transaction")
    func sharing() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let failing = FailingLog(fixture.store.log)
        let log = CountingLog(failing)
        let store = CheckpointStore(log: log)
        @Sendable func create(_ name: CheckpointName) async -> Bool {
            let request = CheckpointRequest(name: name)
            let answers = await store.perform([.create(request, in: "vm1", by: Self.by)])
            return (try? answers.first?.get()) != nil
        }
        let done = await withTaskGroup(of: Bool.self) { group in
            failing.beforeAppend = {
                while await store.handler.waitingCount < 50 { await Task.yield() }
            }
            for index in 0...50 { group.addTask { await create("c\(index)") } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(done == 51)
        #expect(log["append"] == 2)
        let commits = try await fixture.lines().map(\.commit)
        #expect(Set(commits).count == 52)
    }

    @Test("A cancelled caller is answered, and so are the others in its batch")
    func cancelled() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let store = fixture.store
        let tasks = (0..<60).map { index in
            Task {
                try await store.create(
                    CheckpointRequest(name: "c\(index)"), in: "vm1", by: Self.by)
            }
        }
        for (index, task) in tasks.enumerated() where index % 2 == 0 { task.cancel() }
        // What a cancelled one began is carried out: whether it is cannot be taken back.
        for (index, task) in tasks.enumerated() {
            #expect(try await task.value.checkpoint == "c\(index)")
        }
        let graph = try await store.graph(of: "vm1")
        #expect(graph.count == 60)
        #expect(graph.names(Listing(.roots))?.count == 1)
    }

    @Test("A store that is closed answers every command with an error, and does not hang")
    func closed() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        try await fixture.create("c1")
        await fixture.store.close()
        let store = fixture.store
        let answers = await store.perform([
            .delete("c1", from: "vm1", by: Self.by),
            .setCurrent("c1", in: "vm1", by: Self.by),
            try .define(SourceDocument(CheckpointText.guest("vm2", digit: "b")), by: Self.by),
        ])
        #expect(answers.count == 3)
        for answer in answers {
            let error = #expect(throws: MomentlogError.self) { try answer.get() }
            #expect(error?.code == .storage)
        }
        let codes = await withTaskGroup(of: Moments.MomentlogError.Code?.self) { group in
            for index in 0..<20 {
                group.addTask {
                    let name = CheckpointRequest(name: "d\(index)")
                    let answers = await store.perform([.create(name, in: "vm1", by: Self.by)])
                    guard case .failure(let error)? = answers.first else { return nil }
                    return error.code
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes == Array(repeating: .storage, count: 20))
    }

    @Test("Closing while commands are under way answers each, done or refused")
    func closing() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let store = fixture.store
        let done = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<100 {
                group.addTask {
                    let name = CheckpointRequest(name: "c\(index)")
                    let answers = await store.perform([.create(name, in: "vm1", by: Self.by)])
                    guard case .success? = answers.first else { return false }
                    return true
                }
                guard index == 50 else { continue }
                group.addTask {
                    await store.close()
                    return false
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        let reopened = try await fixture.reopened()
        // Neither more nor less than was reported.
        #expect(try await reopened.graph(of: "vm1").count == done)
        await reopened.close()
    }
}
