import Foundation
import TestSupport
import Testing

/// A real libvirt beside ours, document by document.
@Suite(.enabled(if: LibvirtPeer.isComparedWith))
struct DocumentPeerTests {
    @Test(
        "What libvirt accepts we accept and print as it does, and what it refuses we refuse",
        arguments: Seeds.few)
    func agreement(seed: UInt64) async throws {
        let comparison = try DocumentComparison(peer: try LibvirtPeer())
        var random = RandomDocument(seed: seed, definition: comparison.definition)
        let documents = (0..<2_400).map { _ in random.next() }
        let outcome = try comparison.run(documents.map { $0.joined() })
        print(
            "documents: seed \(seed), \(outcome.accepted) accepted, refused \(outcome.refused),"
                + " known differences \(outcome.exempt)")
        for (place, what) in outcome.disagreements.prefix(3) {
            let kind = String(what.prefix(20))
            let short = try await shrunk(documents[place], comparison, kind)
            let last = try comparison.run([short]).disagreements.first?.what ?? ""
            Issue.record(
                "seed \(seed), document \(place), shrunk to:\n\(short.debugDescription)\n\(last)")
        }
        // Documents that are all refused, or all accepted, would show little.
        #expect(outcome.accepted > 300, "seed \(seed)")
        for code in [8, 27, 35, 67, 92] {
            #expect(outcome.refused[code] ?? 0 > 2, "seed \(seed), libvirt's \(code)")
        }
    }

    /// The document with all pieces taken out, then all characters, without which the two
    /// still disagree in the same way.
    private func shrunk(
        _ pieces: [String], _ comparison: DocumentComparison, _ kind: String
    ) async throws -> String {
        func fails(_ document: String) throws -> Bool {
            try comparison.run([document]).disagreements.first?.what.hasPrefix(kind) ?? false
        }
        let fewer = try await Shrink.shrunk(pieces) { try fails($0.joined()) }
        let scalars = try await Shrink.shrunk(Array(fewer.joined().unicodeScalars)) {
            try fails(Self.text($0))
        }
        return Self.text(scalars)
    }

    private static func text(_ scalars: [Unicode.Scalar]) -> String {
        String(String.UnicodeScalarView(scalars))
    }
}
