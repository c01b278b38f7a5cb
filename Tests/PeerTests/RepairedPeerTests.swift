import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// What a real libvirt takes of libraries that were repaired: all.
@Suite(.enabled(if: VirshSession.isAvailable || LibvirtPeer.isComparedWith))
struct RepairedPeerTests {
    /// Documents with cycles, lost parents and several that claim to be current.
    private func library(using generator: inout SplitMix64) -> [String: String] {
        let names = (0..<Int.random(in: 2...9, using: &generator)).map { "n\($0)" }
        var files: [String: String] = [:]
        for name in names {
            let parents = [nil, "lost", "lost2"] + names.map { Optional($0) } + names
            let claims = Int.random(in: 0..<3, using: &generator) == 0
            files[name + ".xml"] = CheckpointText.document(
                name, parent: parents.randomElement(using: &generator) ?? nil,
                time: Int.random(in: 1..<9, using: &generator),
                extra: claims ? "<current>1</current>" : "")
        }
        return files
    }

    @Test(
        "Every checkpoint is redefined, under the parent that it was repaired to",
        arguments: Seeds.few)
    func repaired(seed: UInt64) async throws {
        var generator = SplitMix64(seed: seed)
        let folder = try TemporaryFolder("repaired")
        var virsh = VirshSession()
        var graphs: [(before: MomentGraph, after: MomentGraph)] = []
        for index in 0..<24 {
            for (file, text) in library(using: &generator) {
                try folder.write(text, to: "\(index)/\(file)")
            }
            let submission = Submission(actor: "peer")
            let store = try await CheckpointStore.open(at: folder.path("\(index).db"))
            try await store.define(SourceDocument(try VirshSession.definition()), by: submission)
            try await store.importLibraries(
                at: [folder.path("\(index)")],
                options: ImportOptions(domain: VirshSession.reference),
                by: submission)
            let before = try await store.graph(of: VirshSession.reference)
            try await store.repair(in: VirshSession.reference, by: submission)
            let after = try await store.graph(of: VirshSession.reference)
            let reports = try await store.export(
                [VirshSession.reference], to: folder.path("out \(index)"))
            await store.close()
            #expect(reports.first?.refusedByLibvirt == [])
            graphs.append((before, after))
            let script = try PrintedScript(
                of: folder.path("\(index).db"), to: folder.path("script \(index)"))
            for call in try script.calls { virsh.add(call) }
            virsh.endPart()
            virsh.add(["checkpoint-list", VirshSession.domain, "--parent"])
            virsh.endPart()
            for name in after.names() ?? [] {
                virsh.add([
                    "checkpoint-delete", VirshSession.domain, "--checkpointname", name.text,
                    "--metadata",
                ])
            }
            virsh.endPart()
        }
        let answers = try virsh.run()
        try #require(answers.count == 3 * graphs.count, "seed \(seed)")
        for (index, graph) in graphs.enumerated() {
            let label: Comment = "seed \(seed), library \(index)"
            let redefined = answers[3 * index]
            #expect(redefined.allSatisfy { $0.contains(" created from ") }, label)
            #expect(redefined.count == graph.before.count, label)
            var parents: [String: String?] = [:]
            for line in answers[3 * index + 1].dropFirst(2) {
                // Name, date, time, zone, parent.
                let words = line.split(separator: " ").map(String.init)
                if words.count >= 4 { parents[words[0]] = .some(words.count == 5 ? words[4] : nil) }
            }
            let recorded = (graph.after.list() ?? []).map(\.checkpoint)
            #expect(
                parents
                    == Dictionary(
                        uniqueKeysWithValues: recorded.map { ($0.name.text, $0.parent?.text) }),
                label)
        }
        // Else the libraries would be too sound to show anything.
        #expect(graphs.count { $0.before.hasErrors } > 12, "seed \(seed)")
    }
}
