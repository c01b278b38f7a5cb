import Momentlog
import Moments
import TestSupport

/// A forest of checkpoints with, or without, a current one.
struct RandomGraph: Sendable {
    /// What is current in it.
    enum Current: CaseIterable {
        case leaf, inner, none
    }

    private(set) var names: [String] = []
    private(set) var parents: [String: String] = [:]
    let current: String?

    /// - Parameter kind: What is current, if there is such a checkpoint.
    init(_ kind: Current, using generator: inout SplitMix64) {
        let count = Int.random(in: 1...12, using: &generator)
        // From chains to stars, from one root to many.
        let forks = Int.random(in: 0...4, using: &generator)
        let roots = Int.random(in: 0...4, using: &generator)
        for index in 0..<count {
            // Names in no order, so that theirs is not the graph's.
            let name = "n\(Int.random(in: 0..<90, using: &generator))-\(index)"
            if let last = names.last, Int.random(in: 0..<8, using: &generator) >= roots {
                let forked = Int.random(in: 0..<8, using: &generator) < forks
                parents[name] = forked ? names.randomElement(using: &generator) : last
            }
            names.append(name)
        }
        let inner = Set(parents.values)
        current =
            switch kind {
            case .leaf: names.filter { !inner.contains($0) }.randomElement(using: &generator)
            case .inner: names.filter { inner.contains($0) }.randomElement(using: &generator)
            case .none: nil
            }
    }

    var hasFork: Bool { parents.values.count > Set(parents.values).count }
    var rootCount: Int { names.count - parents.count }

    /// Puts it into a store, in its own order.
    func record(
        in store: CheckpointStore, _ domain: DomainReference, using generator: inout SplitMix64
    ) async throws {
        let submission = Submission(actor: "peer")
        let documents = names.shuffled(using: &generator).enumerated().map { index, name in
            SourceDocument(CheckpointText.document(name, parent: parents[name], time: index + 1))
        }
        try await store.redefine(documents, in: domain, by: submission)
        try await store.setCurrent(current.map { CheckpointName($0) }, in: domain, by: submission)
    }
}
