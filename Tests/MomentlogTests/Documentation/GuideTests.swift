import EventLog
import Foundation
import Momentlog
import MomentlogTesting
import Moments
import TestSupport
import Testing

/// The programs of the guides for Swift programmers, which are compiled and run here.
struct GuideTests {
    private let directory: TemporaryFolder
    private let me = Submission(actor: "me@host")
    private var path: String { directory.path("store.db") }

    init() throws { directory = try TemporaryFolder("guide") }

    @Test(
        "Each program of a guide is compiled and run by these tests",
        arguments: ["GettingStartedInSwift", "Errors", "Concurrency", "Testing"])
    func programs(_ page: String) throws {
        let guide = try String(
            contentsOf: Fixtures.repository.appending(
                path: "Sources/Momentlog/Momentlog.docc/\(page).md"), encoding: .utf8)
        let tests = Self.withoutSpaces(
            try String(contentsOf: URL(filePath: #filePath), encoding: .utf8))
        let programs = guide.components(separatedBy: "```swift\n").dropFirst().map { rest in
            rest.prefix(upTo: rest.range(of: "```")?.lowerBound ?? rest.endIndex)
        }
        #expect(!programs.isEmpty)
        for program in programs {
            #expect(tests.contains(Self.withoutSpaces(program)), "\(program)")
        }
    }

    private static func withoutSpaces(_ text: some StringProtocol) -> String {
        String(text.filter { !$0.isWhitespace })
    }

    // MARK: Getting started

    @Test("A guest is defined, its checkpoints are recorded, and the present and past are queried")
    func gettingStarted() async throws {
        let file = try directory.write(
            CheckpointText.document("mon", time: 1_795_000_000), to: "mon.xml")
        let folder = Fixtures.repository.appending(path: "Samples/checkpoint").path

        let store = try await CheckpointStore.open(at: path)
        let me = Submission(actor: "me@host")
        try await store.define(
            SourceDocument(
                """
                <domain type='kvm'>
                  <name>web</name>
                  <uuid>6d9e1c12-4f6b-4a1e-9b51-3c1f0a6f7a10</uuid>
                  <memory>1024</memory>
                  <os><type>hvm</type></os>
                  <devices>
                    <disk type='file' device='disk'>
                      <driver name='qemu' type='qcow2'/>
                      <source file='/images/web.qcow2'/>
                      <target dev='vda'/>
                    </disk>
                  </devices>
                </domain>
                """), by: me)

        let document = try SourceDocument(contentsOf: file)
        let outcome = try await store.record([document], in: "web", by: me)
        print(outcome.checkpoint ?? "nothing", "at revision", outcome.revision)
        #expect(outcome.checkpoint == "mon")

        try await store.create(
            CheckpointRequest(name: "tue", description: "nightly"), in: "web", by: me)

        let graph = try await store.graph(of: "web")
        print(graph.current ?? "none")
        print(graph.names(Listing(leaves: .only)) ?? [])
        print(graph.checkpoint(named: "tue")?.parent ?? "no parent")
        for finding in graph.findings(domain: "web") {
            print(finding.severity, finding.message)
        }
        #expect(graph.current == "tue")
        #expect(graph.checkpoint(named: "tue")?.parent == "mon")
        #expect(graph.findings(domain: "web").isEmpty)

        let xml = try await store.document(of: "tue", in: "web", parts: .everything)
        #expect(String(decoding: xml, as: UTF8.self).contains("<name>tue</name>"))

        let before = try await store.domain("web", at: .sequence(2))
        print(before.graph.current ?? "none")
        let now = try await store.domain("web", at: .time(Timestamp(seconds: 4_000_000_000)))
        print(now.graph.current ?? "none")
        #expect(before.graph.current != "tue")
        #expect(now.graph.current == "tue")

        for try await line in try await store.events(EventFilter(domain: "web")) {
            let recorded = try line.event()
            print(recorded.sequence, recorded.event.kind, recorded.provenance.actor)
        }

        let report = try await store.importLibraries(at: [folder], by: me)
        for library in report.domains { print(library.domain, library.imported) }
        #expect(report.domains.count == 3)

        await store.close()
    }

    // MARK: Errors

    @Test("An error's code decides what a program does")
    func errors() async throws {
        let store = try await prepared()
        do throws(MomentlogError) {
            try await store.setCurrent("sun", in: "web", by: me)
        } catch {
            switch error.code {
            case .noCheckpoint, .noDomain: print("unknown:", error.message)
            case .busy: print("try again later")
            default: throw error
            }
        }
        await store.close()
    }

    @Test("A retry of a request gets the first answer")
    func retry() async throws {
        func createOnce(
            _ name: CheckpointName, in store: CheckpointStore
        ) async throws(MomentlogError) -> CommandOutcome {
            let submission = Submission(actor: "nightly@backup1", request: "web-\(name)")
            var attempts = 0
            while true {
                attempts += 1
                do throws(MomentlogError) {
                    return try await store.create(
                        CheckpointRequest(name: name), in: "web", by: submission)
                } catch {
                    guard attempts < 5 else { throw error }
                    switch error.code {
                    case .busy: continue
                    case .outcomeUnknown: try await store.reopen()
                    default: throw error
                    }
                }
            }
        }
        let store = try await prepared()
        let first = try await createOnce("mon", in: store)
        let second = try await createOnce("mon", in: store)
        #expect(!first.isRepeated && second.isRepeated)
        #expect(first == second)
        #expect(try await store.outcome(ofRequest: "web-mon")?.checkpoint == "mon")
        await store.close()
    }

    // MARK: Concurrency

    @Test("Tasks share a store")
    func tasks() async throws {
        let store = try await prepared()
        let me = me
        try await withThrowingTaskGroup(of: CommandOutcome.self) { group in
            for name: CheckpointName in ["a", "b", "c"] {
                group.addTask {
                    try await store.create(CheckpointRequest(name: name), in: "web", by: me)
                }
            }
            for try await outcome in group { print(outcome.checkpoint ?? "", outcome.revision) }
        }
        #expect(try await store.graph(of: "web").count == 3)

        let domain = try await store.domain("web")
        if let root = domain.graph.names(Listing(.roots))?.first {
            try await store.setCurrent(
                root, in: "web",
                by: Submission(actor: "me@host", expectedRevision: domain.revision))
        }
        let root = try #require(domain.graph.names(Listing(.roots))?.first)
        #expect(try await store.graph(of: "web").current == root)
        await #expect(throws: MomentlogError.self) {
            try await store.setCurrent(
                nil, in: "web", by: Submission(actor: "me@host", expectedRevision: domain.revision))
        }
        await store.close()
    }

    @Test("A reader follows the log, and a closed store refuses calls")
    func ending() async throws {
        let store = try await prepared()
        let reader = Task {
            for try await line in try await store.follow(EventFilter(domain: "web")) {
                let event = try line.event().event
                print(event.kind)
                if event.kind == .domainUndefined { break }
            }
        }
        try await store.undefine("web", by: me)
        try await reader.value

        await store.close()
        do throws(MomentlogError) {
            _ = try await store.graph(of: "web")
        } catch {
            print(error.message)  // the store was closed
        }
        await #expect(throws: MomentlogError.self) { try await store.graph(of: "web") }
    }

    // MARK: Testing

    @Test("A store in memory behaves like one in a file")
    func memory() async throws {
        let definition = SourceDocument(CheckpointText.guest("web"))
        let store = CheckpointStore(log: MemoryEventLog())
        try await store.define(definition, by: Submission(actor: "test"))
        try await store.create(
            CheckpointRequest(name: "mon"), in: "web", by: Submission(actor: "test"))
        #expect(try await store.graph(of: "web").current == "mon")

        let domain = try await store.domain("web")
        let events = try decide(
            .setCurrent(nil), for: domain, in: DecisionContext(creationTime: 1_795_000_000))
        #expect(events.map(\.kind) == [.currentSet])
        await store.close()
    }

    @Test("The log follows the contract of an engine", arguments: EventLogContract.cases)
    func contract(_ rule: EventLogContract.Case) async throws {
        try await rule.check { MemoryEventLog() }
    }

    /// A store with the guest of the guides, without checkpoints.
    private func prepared() async throws -> CheckpointStore {
        let store = try await CheckpointStore.open(at: path)
        try await store.define(SourceDocument(CheckpointText.guest("web")), by: me)
        return store
    }
}
