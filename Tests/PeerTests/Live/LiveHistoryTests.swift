import Foundation
import Libvirt
import Momentlog
import Moments
import TestSupport
import Testing

/// What holds beside a real libvirt, whatever is done there.
@Suite(.enabled(if: LiveDaemon.isRequired), .serialized)
struct LiveHistoryTests {
    private static let submission = Submission(actor: "tester@here")
    private static let uuid = "11111111-2222-3333-4444-555555555555"

    @Test("After each pull of 500 random operations the record is what libvirt has, byte by byte")
    func randomHistory() async throws {
        let seed = Seeds.few.last ?? 1
        var random = SplitMix64(seed: seed)
        let daemon = try LiveDaemon()
        try daemon.make("vm", Self.uuid)
        let folder = try TemporaryFolder("live")
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        let session = try await LibvirtSession.open(daemon.uri)
        var time = 1_700_000_000
        var counts: [String: Int] = [:]
        for step in 0..<500 {
            let place: Comment = "seed \(seed), step \(step)"
            let before = try daemon.documents(of: Self.uuid)
            time += 1
            let what = try operation(
                in: daemon, Array(before.keys).sorted(), before, time, &random)
            counts[what, default: 0] += 1
            let after = try daemon.documents(of: Self.uuid)
            // That everything is gone is only believed if the caller says so.
            let pulled = try await store.pull(
                from: session, domains: [DomainReference(Self.uuid)],
                options: PullOptions(acceptsGone: after.isEmpty), by: Self.submission)
            let changes = pulled[0].events.filter { $0.kind != .currentSet }
            if what == "rename", try await !store.domains().isEmpty {
                try #require(changes.map(\.kind) == [.domainRenamed], place)
            }
            if what == "create" || what == "delete" || what == "move" {
                try #require(changes.count <= (step == 0 ? 2 : 1), "\(place): \(what)")
            }
            try await expectEqual(store, after, place)
        }
        #expect(counts.count >= 8, "\(counts)")
        await session.close()
        await store.close()
    }

    private func expectEqual(
        _ store: CheckpointStore, _ documents: [String: String], _ place: Comment
    ) async throws {
        guard let domain = try? await store.domain(DomainReference(Self.uuid)) else {
            try #require(documents.isEmpty, place)
            return
        }
        try #require(Set((domain.graph.names() ?? []).map(\.text)) == Set(documents.keys), place)
        for (name, text) in documents {
            let bytes = try await store.document(
                of: CheckpointName(name), in: domain, parts: .everything)
            try #require(String(decoding: bytes, as: UTF8.self) == text, place)
        }
    }

    /// Does something; returns what.
    private func operation(
        in daemon: LiveDaemon, _ names: [String], _ documents: [String: String], _ time: Int,
        _ random: inout SplitMix64
    ) throws -> String {
        let name = names.randomElement(using: &random) ?? ""
        func ask(_ what: String, _ more: [String: Any]) throws {
            try daemon.ask(what, more.merging(["uuid": Self.uuid]) { first, _ in first })
        }
        // Seldom: a guest's start takes half a second.
        if Int.random(in: 0..<25, using: &random) == 0 {
            try ask("stop", [:])
            guard Bool.random(using: &random) else {
                try ask("rename", ["name": "vm\(time)"])
                try ask("start", [:])
                return "rename"
            }
            try ask("undefine", [:])
            try daemon.make("vm", Self.uuid)
            return "undefine"
        }
        // Few checkpoints: libvirt needs longer for each the more there are.
        switch Int.random(in: 0..<(names.count > 8 ? 6 : 12), using: &random) {
        case 0 where !names.isEmpty:
            try ask("delete", ["name": name, "flags": 2 | 1])
            return "delete children"
        case 1 where !names.isEmpty:
            try ask("delete", ["name": name, "flags": 2 | 4])
            return "delete children only"
        case 2 where !names.isEmpty, 3 where !names.isEmpty:
            try ask("delete", ["name": name, "flags": 2])
            return "delete"
        case 4 where !names.isEmpty, 5 where !names.isEmpty:
            // Move it below another, or change its description.
            var text = documents[name] ?? ""
            let parent = names.randomElement(using: &random) ?? name
            text = text.replacing(/\s*<parent>[\s\S]*?<\/parent>/, with: "")
            text = text.replacing(/\s*<description>[\s\S]*?<\/description>/, with: "")
            let more =
                Bool.random(using: &random)
                ? "<description>at \(time)</description>"
                : "<parent><name>\(parent)</name></parent>"
            text = text.replacing("</name>", with: "</name>\(more)", maxReplacements: 1)
            // What would close a cycle is refused.
            do { try ask("redefine", ["xml": text]) } catch { return "refused" }
            return "move"
        case 6:
            let new = "r\(time)"
            let text =
                "<domaincheckpoint><name>\(new)</name><creationTime>\(time)</creationTime>"
                + "<disks><disk name='vda' checkpoint='bitmap'/></disks></domaincheckpoint>"
            try ask("redefine", ["xml": text])
            return "redefine"
        default:
            // The bitmap of a former one of that name would be in the way.
            try ask("create", ["names": ["c\(time)"], "description": "made at \(time) & <so>"])
            return "create"
        }
    }

    @Test("A renamed domain stays one, and one that is undefined there is not undefined here")
    func renamed() async throws {
        let daemon = try LiveDaemon()
        try daemon.make("vm", Self.uuid)
        try daemon.ask("create", ["uuid": Self.uuid, "names": ["c1", "c2"]])
        let folder = try TemporaryFolder("live")
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        let session = try await LibvirtSession.open(daemon.uri)
        func pull() async throws -> [String] {
            try await store.pull(from: session, by: Self.submission).map {
                "\($0.domain) \($0.result.rawValue)"
            }
        }
        #expect(try await pull() == ["vm recorded"])
        try daemon.ask("stop", ["uuid": Self.uuid])
        try daemon.ask("rename", ["uuid": Self.uuid, "name": "vm2"])
        #expect(try await pull() == ["vm2 recorded"])
        // libvirt loses the files of a renamed domain at its next start.
        await session.close()
        try daemon.kill()
        try daemon.start()
        let again = try await LibvirtSession.open(daemon.uri)
        let lost = try await store.pull(from: again, by: Self.submission)
        #expect(lost.map(\.result) == [.lost])
        let report = try await store.push("vm2", to: again)
        #expect(report.isComplete)
        try daemon.ask("open")
        try daemon.ask("undefine", ["uuid": Self.uuid])
        let gone = try await store.pull(from: again, by: Self.submission)
        #expect(gone.map(\.result) == [.notListed])
        #expect(try await store.graph(of: "vm2").count == 2)
        await again.close()
    }

    @Test("Beside a client that creates and deletes, 200 pulls never record a dangling parent")
    func churn() async throws {
        let daemon = try LiveDaemon()
        try daemon.make("vm", Self.uuid)
        // It stays: that everything is gone between two pulls would not be believed.
        try daemon.ask("create", ["uuid": Self.uuid, "names": ["full"]])
        let folder = try TemporaryFolder("live")
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        let session = try await LibvirtSession.open(daemon.uri)
        let uri = daemon.uri
        let churn = Task.detached {
            for round in 0..<120 {
                let (name, old) = ("k\(round)", "k\(round - 3)")
                let text = "<domaincheckpoint><name>\(name)</name></domaincheckpoint>"
                let file = try folder.write(text, to: "\(name).xml")
                _ = try CommandRun.run(
                    "/usr/bin/virsh", ["-q", "-c", uri, "checkpoint-create", "vm", file])
                _ = try CommandRun.run(
                    "/usr/bin/virsh", ["-q", "-c", uri, "checkpoint-delete", "vm", old])
            }
        }
        for _ in 0..<200 {
            _ = try await store.pull(
                from: session, domains: [DomainReference(Self.uuid)], by: Self.submission)
            if let graph = try? await store.graph(of: DomainReference(Self.uuid)) {
                #expect(!graph.hasErrors)
            }
        }
        try await churn.value
        _ = try await store.pull(
            from: session, domains: [DomainReference(Self.uuid)], by: Self.submission)
        try await expectEqual(store, try daemon.documents(of: Self.uuid), "at the end")
        await session.close()
    }

    @Test("The read-only socket shows no false change, and loses no secret")
    func readOnly() async throws {
        let daemon = try LiveDaemon()
        try daemon.make("vm", Self.uuid)
        try daemon.ask("create", ["uuid": Self.uuid, "names": ["c1", "c2"]])
        let folder = try TemporaryFolder("live")
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        let session = try await LibvirtSession.open(daemon.uri)
        _ = try await store.pull(from: session, by: Self.submission)
        let reading = try await LibvirtSession.open(
            daemon.readOnlyURI, options: LibvirtSession.Options(isReadOnly: true))
        let unchanged = try await store.pull(from: reading, by: Self.submission)
        #expect(unchanged.map(\.result) == [.unchanged])
        #expect(try await store.compare(["vm"], at: reading).drift == [])
        let documents = try daemon.documents(of: Self.uuid)
        #expect(documents["c1"]?.contains("sesame") == true)
        try await expectEqual(store, documents, "after the read-only pull")
        await reading.close()
        await session.close()
    }

    @Test("A checkpoint that is still being created is never recorded")
    func phantom() async throws {
        let daemon = try LiveDaemon()
        try daemon.make("vm", Self.uuid)
        try daemon.ask("create", ["uuid": Self.uuid, "names": ["c1"]])
        let folder = try TemporaryFolder("live")
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        let session = try await LibvirtSession.open(daemon.uri)
        _ = try await store.pull(from: session, by: Self.submission)
        let text = try String(contentsOfFile: daemon.root + "/run/qemu/vm.pid", encoding: .utf8)
        let qemu = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        kill(qemu, SIGSTOP)
        let creation = Process()
        creation.executableURL = URL(fileURLWithPath: "/usr/bin/virsh")
        creation.arguments = ["-q", "-c", daemon.uri, "checkpoint-create-as", "vm", "c2"]
        creation.standardOutput = FileHandle.nullDevice
        try creation.run()
        // Until the list shows it, which it does before QEMU has done anything.
        var isListed = false
        while !isListed, creation.isRunning {
            isListed = try CommandRun.run(
                "/usr/bin/virsh", ["-q", "-c", daemon.uri, "checkpoint-list", "vm", "--name"]
            ).output.contains("c2")
        }
        let pulled = try await store.pull(from: session, by: Self.submission)
        #expect(pulled.map(\.result) == [.busy])
        #expect(try await store.graph(of: "vm").names() == ["c1"])
        kill(qemu, SIGCONT)
        creation.waitUntilExit()
        let after = try await store.pull(from: session, by: Self.submission)
        #expect(after.map(\.result) == [.recorded])
        #expect(try await store.graph(of: "vm").current == "c2")
        await session.close()
    }

    @Test("A daemon that hangs is an error in time")
    func hung() async throws {
        let daemon = try LiveDaemon()
        try daemon.make("vm", Self.uuid)
        let folder = try TemporaryFolder("live")
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        let session = try await LibvirtSession.open(
            daemon.uri, options: LibvirtSession.Options(timeoutSeconds: 1))
        let pid = daemon.pid
        kill(pid, SIGSTOP)
        let start = ContinuousClock.now
        var error = await #expect(throws: MomentlogError.self) {
            try await store.pull(from: session, by: Self.submission)
        }
        #expect(error?.code == .unreachable)
        error = await #expect(throws: MomentlogError.self) {
            try await LibvirtSession.open(
                daemon.uri, options: LibvirtSession.Options(timeoutSeconds: 1))
        }
        #expect(error?.code == .unreachable)
        #expect(ContinuousClock.now - start < .seconds(10))
        kill(pid, SIGCONT)
    }
}
