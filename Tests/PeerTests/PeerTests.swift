import Foundation
import Momentlog
import TestSupport
import Testing

/// A real libvirt beside ours, operation by operation.
@Suite(.enabled(if: LibvirtPeer.isComparedWith))
struct PeerTests {
    @Test(
        "After each operation of a random history libvirt and we agree",
        arguments: Seeds.few)
    func agreement(seed: UInt64) async throws {
        var operations = RandomOperations(seed: seed)
        let history = (0..<2_000).map { _ in operations.next() }
        let comparison = PeerComparison(peer: try LibvirtPeer())
        let outcome = try await comparison.run(history)
        print("peer: seed \(seed), \(outcome.accepted) accepted, refused \(outcome.refused)")
        guard let disagreement = outcome.disagreement else {
            // A history that is refused at every turn shows nothing.
            #expect(outcome.accepted > 500, "seed \(seed)")
            for code in [8, 9, 67, 92, 103] {
                #expect(outcome.refused[code] ?? 0 > 3, "seed \(seed), libvirt's \(code)")
            }
            return
        }
        let short = try await Shrink.shrunk(Array(history.prefix(disagreement.step + 1))) {
            try await comparison.run($0).disagreement != nil
        }
        let last = try await comparison.run(short).disagreement
        let lines = short.map { "  \($0)" }.joined(separator: "\n")
        Issue.record("seed \(seed), shrunk to:\n\(lines)\n\(last?.description ?? "")")
    }

    @Test("A failing history shrinks to the operations that make it fail")
    func shrinking() async throws {
        let short = try await Shrink.shrunk(Array(0..<500)) { history in
            history.contains(17) && history.contains(401)
        }
        #expect(short == [17, 401])
    }
}
