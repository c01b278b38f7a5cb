import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// Checkpoints that a real libvirt made, dumped and recorded.
@Suite(.enabled(if: LibvirtPeer.isComparedWith))
struct RecordPeerTests {
    private static let submission = Submission(actor: "peer")

    /// What libvirt and the record went through.
    private struct Histories {
        let peer: LibvirtPeer
        let store: CheckpointStore
        var time = 1_700_000_000
        /// What was dumped and is not recorded yet, by domain.
        var waiting: [String: [SourceDocument]] = [:]
        var recorded = 0
        var reused = 0
        var refused = 0

        /// Creates a checkpoint in libvirt at the next second, and dumps it.
        mutating func create(
            _ xml: String, in domain: String, _ place: Comment
        ) async throws -> String? {
            let made = try peer.perform(["ask": "create", "domain": domain, "xml": xml])
            guard made.ok, let name = made.checkpoint else {
                refused += 1
                return nil
            }
            // The test driver's clock would give all of a history the same second.
            time += 1
            let first = try dump(name, domain)
            let later = first.replacing(
                /<creationTime>\d+<\/creationTime>/,
                with: "<creationTime>\(time)</creationTime>")
            let moved = try peer.perform(["ask": "redefine", "domain": domain, "xml": later])
            try #require(moved.ok, place)
            waiting[domain, default: []].append(SourceDocument(try dump(name, domain)))
            return name
        }

        private func dump(_ name: String, _ domain: String) throws -> String {
            let answer = try peer.perform([
                "ask": "dump", "domain": domain, "checkpoint": name,
            ])
            return try #require(answer.xml)
        }

        /// Records what was dumped, in its own order, and compares.
        mutating func record(
            _ domain: String, using generator: inout SplitMix64, _ place: Comment
        ) async throws {
            guard let documents = waiting.removeValue(forKey: domain) else { return }
            let outcome = try await store.record(
                documents.shuffled(using: &generator), in: DomainReference(domain),
                by: RecordPeerTests.submission)
            try #require(outcome.commit != nil, place)
            recorded += documents.count
            reused += outcome.findings.count
            let graph = try await store.graph(of: DomainReference(domain))
            for name in outcome.findings.flatMap(\.checkpoints) {
                try #require(graph.replacedTime(of: name) != nil, place)
            }
            try await requireSame(domain, place)
        }

        func requireSame(_ domain: String, _ place: Comment) async throws {
            let difference = PeerComparison.difference(
                try peer.state(of: domain), try await PeerComparison.state(of: domain, store))
            try #require(difference == nil, place)
        }

        /// Whether libvirt has the same current: the next checkpoint's parent is it.
        mutating func requireSameCurrent(_ domain: String, _ place: Comment) async throws {
            let current = try await store.graph(of: DomainReference(domain)).current
            let xml = "<domaincheckpoint><name>probe</name></domaincheckpoint>"
            let made = try peer.perform(["ask": "create", "domain": domain, "xml": xml])
            let parent = made.xml?.firstMatch(of: /<parent>\s*<name>(.*?)<\/name>/)?.1
            try #require(made.ok && parent.map(String.init) == current?.text, place)
            _ = try peer.perform([
                "ask": "delete", "domain": domain, "checkpoint": "probe", "scope": "checkpoint",
            ])
        }
    }

    @Test(
        "The record equals libvirt's tree, times and current after each checkpoint of a random history",
        arguments: Seeds.few)
    func histories(seed: UInt64) async throws {
        var generator = SplitMix64(seed: ~seed)
        var operations = RandomOperations(seed: seed)
        let peer = try LibvirtPeer()
        _ = try peer.reset(PeerDomains.all.map(\.definition))
        let folder = try TemporaryFolder("record")
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        var histories = Histories(peer: peer, store: store)
        var known: Set<String> = []
        for step in 0..<600 {
            let operation = operations.next()
            let domain = operation.domain
            let place: Comment = "seed \(seed), step \(step): \(operation)"
            switch operation {
            case .create(let domain, xml: let xml):
                guard try await histories.create(xml, in: domain, place) != nil else { continue }
                known.insert(domain)
            case .delete(let domain, checkpoint: let name, let scope):
                guard known.contains(domain) else { continue }
                try await histories.record(domain, using: &generator, place)
                let deleted = try peer.perform([
                    "ask": "delete", "domain": domain, "checkpoint": name,
                    "scope": scope.rawValue,
                ])
                guard deleted.ok else { continue }
                // Now and then nobody records a deletion, and the name comes back.
                if scope == .checkpoint, Bool.random(using: &generator),
                    try await histories.create(
                        "<domaincheckpoint><name>\(name)</name></domaincheckpoint>", in: domain,
                        place) != nil
                {
                    try await histories.record(domain, using: &generator, place)
                } else {
                    try await store.delete(
                        CheckpointName(name), including: scope, from: DomainReference(domain),
                        by: Self.submission)
                }
                try await histories.requireSame(domain, place)
                try await histories.requireSameCurrent(domain, place)
                continue
            case .redefine: continue
            }
            // One by one, or several together.
            guard Int.random(in: 0..<3, using: &generator) > 0 else { continue }
            try await histories.record(domain, using: &generator, place)
            try await histories.requireSameCurrent(domain, place)
        }
        for domain in known {
            try await histories.record(domain, using: &generator, "seed \(seed), the end")
            try await histories.requireSameCurrent(domain, "seed \(seed), the end")
        }
        print(
            "record: seed \(seed), \(histories.recorded) recorded, \(histories.reused) names came"
                + " back, \(histories.refused) refused by libvirt")
        #expect(histories.recorded > 40, "seed \(seed)")
        #expect(histories.reused > 3, "seed \(seed)")
        #expect(known.count == 2, "seed \(seed)")
        await store.close()
    }

    @Test("A list of all documents in any order gives libvirt's tree and times at once")
    func together() async throws {
        var generator = SplitMix64(seed: 5)
        let peer = try LibvirtPeer()
        _ = try peer.reset(PeerDomains.all.map(\.definition))
        let folder = try TemporaryFolder("record together")
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        var histories = Histories(peer: peer, store: store)
        for index in 0..<40 {
            _ = try await histories.create(
                "<domaincheckpoint><name>n\(index)</name></domaincheckpoint>", in: "one", "create")
        }
        try await histories.record("one", using: &generator, "together")
        try await histories.requireSameCurrent("one", "together")
        #expect(histories.recorded == 40)
        await store.close()
    }
}
