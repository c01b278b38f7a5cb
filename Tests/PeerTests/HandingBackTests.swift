import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// What an export's script does to a real libvirt.
@Suite(.enabled(if: VirshSession.isAvailable || LibvirtPeer.isComparedWith))
struct HandingBackTests {
    private static let next = "next-one"

    /// What one graph was, and what its export said.
    private struct Case {
        var graph: RandomGraph
        var report: ExportReport
    }

    /// A domain that momentlog takes for one with an image that holds bitmaps.
    private func definition() throws -> String {
        try VirshSession.definition().replacing(
            "<source file='/guest", with: "<driver name='qemu' type='qcow2'/><source file='/guest")
    }

    @Test(
        "libvirt has the graph again, and the current checkpoint if the export says so",
        arguments: Seeds.few)
    func graphs(seed: UInt64) async throws {
        var generator = SplitMix64(seed: seed)
        let folder = try TemporaryFolder("handing 'back'")
        var virsh = VirshSession()
        var cases: [Case] = []
        for index in 0..<36 {
            let kinds = RandomGraph.Current.allCases
            let graph = RandomGraph(kinds[index % kinds.count], using: &generator)
            let store = try await CheckpointStore.open(at: folder.path("\(index).db"))
            try await store.define(
                SourceDocument(try definition()), by: Submission(actor: "peer"))
            try await graph.record(in: store, VirshSession.reference, using: &generator)
            let reports = try await store.export(
                [VirshSession.reference], to: folder.path("out \(index)"))
            await store.close()
            let report = try #require(reports.first)
            cases.append(Case(graph: graph, report: report))
            let script = try PrintedScript(
                of: folder.path("\(index).db"), to: folder.path("script \(index)"))
            for call in try script.calls { virsh.add(call) }
            virsh.endPart()
            ask(&virsh, names: graph.names)
        }
        let answers = try virsh.run()
        try #require(answers.count == 3 * cases.count, "seed \(seed)")
        for (index, one) in cases.enumerated() {
            let parts = answers[(3 * index)..<(3 * index + 3)]
            check(one, Array(parts), "seed \(seed), graph \(index): \(one.graph)")
        }
        // A few dozen graphs of one kind would show little.
        #expect(cases.contains { $0.graph.hasFork }, "seed \(seed)")
        #expect(cases.contains { $0.graph.rootCount > 1 }, "seed \(seed)")
        #expect(Set(cases.map(\.report.keepsCurrent)) == [true, false], "seed \(seed)")
    }

    /// Lists, then creates, asks for the new one's parent, and takes all away again.
    private func ask(_ virsh: inout VirshSession, names: [String]) {
        let domain = VirshSession.domain
        virsh.add(["checkpoint-list", domain, "--parent"])
        virsh.endPart()
        virsh.add(["checkpoint-create-as", domain, Self.next])
        virsh.add(["checkpoint-parent", domain, Self.next])
        for name in names + [Self.next] {
            virsh.add(["checkpoint-delete", domain, "--checkpointname", name, "--metadata"])
        }
        virsh.endPart()
    }

    private func check(_ one: Case, _ answers: [[String]], _ label: String) {
        #expect(answers[0].allSatisfy { $0.contains(" created from ") }, "\(label)")
        #expect(answers[0].count == one.graph.names.count, "\(label)")
        var parents: [String: String] = [:]
        var names: Set<String> = []
        for line in answers[1].dropFirst(2) {
            // Name, date, time, zone, parent.
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 4 else { continue }
            names.insert(words[0])
            if words.count == 5 { parents[words[0]] = words[4] }
        }
        #expect(names == Set(one.graph.names), "\(label)")
        #expect(parents == one.graph.parents, "\(label)")
        let answer = answers[2].dropFirst().first ?? ""
        let isRoot = answer == "error: checkpoint '\(Self.next)' has no parent"
        let parent = isRoot ? nil : answer
        #expect(one.report.current?.text == one.graph.current, "\(label)")
        #expect((parent == one.graph.current) == one.report.keepsCurrent, "\(label): \(answer)")
    }

    @Test("The script's domain and files arrive at virsh whatever the folder's name is")
    func strangeFolder() async throws {
        let folder = try TemporaryFolder("it's \"$HOME\" `x`")
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        let submission = Submission(actor: "peer")
        try await store.define(SourceDocument(try definition()), by: submission)
        for name: CheckpointName in ["-x", "--redefine", "a..b"] {
            try await store.create(
                CheckpointRequest(name: name, description: nil, disks: []),
                in: VirshSession.reference, by: submission)
        }
        await store.close()
        var virsh = VirshSession()
        let script = try PrintedScript(of: folder.path("store.db"), to: folder.path("new"))
        for call in try script.calls { virsh.add(call) }
        virsh.endPart()
        virsh.add(["checkpoint-list", VirshSession.domain, "--topological", "--name"])
        virsh.endPart()
        let answers = try virsh.run()
        #expect(answers.last == ["-x", "--redefine", "a..b"], "\(answers)")
    }
}
