public import Moments

/// The kinds of findings in a domain's graph, in all and by checkpoint.
public struct DomainFindings: Sendable {
    /// The kinds, each once, the most severe first.
    public let all: [Finding.Kind]

    private let kinds: [CheckpointName: [Finding.Kind]]

    /// Checks a domain's graph.
    ///
    /// - Complexity: O(*n*) in the checkpoints, plus sorting what is found.
    public init(_ domain: Domain) {
        var kinds: [CheckpointName: [Finding.Kind]] = [:]
        var all: [Finding.Kind] = []
        for finding in domain.graph.findings(domain: domain.nameReference) {
            // They are sorted by kind.
            if all.last != finding.kind { all.append(finding.kind) }
            for checkpoint in finding.checkpoints
            where kinds[checkpoint]?.last != finding.kind {
                kinds[checkpoint, default: []].append(finding.kind)
            }
        }
        self.kinds = kinds
        self.all = all
    }

    /// The kinds of findings that a checkpoint is part of, the most severe first.
    public subscript(checkpoint: CheckpointName) -> [Finding.Kind] { kinds[checkpoint] ?? [] }
}
