import Moments

extension CommandOutcome: Codable {
    private enum CodingKeys: String, CodingKey {
        case domain, commit
        case sequences = "sequence"
        case revision, checkpoint
        case isRepeated = "repeated"
        case findings
    }

    /// Decodes an outcome.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let bounds = try container.decode([Int].self, forKey: .sequences)
        guard bounds.isEmpty || bounds.count == 2 && bounds[0] <= bounds[1] else {
            throw DecodingError.dataCorruptedError(
                forKey: .sequences, in: container,
                debugDescription: "neither empty nor the first and the last sequence")
        }
        self.init(
            domain: try container.decode(DomainReference.self, forKey: .domain),
            commit: try container.decodeIfPresent(Int.self, forKey: .commit),
            sequences: bounds.isEmpty ? nil : bounds[0]...bounds[1],
            revision: try container.decode(Int.self, forKey: .revision),
            checkpoint: try container.decodeIfPresent(CheckpointName.self, forKey: .checkpoint),
            findings: try container.decode([Finding].self, forKey: .findings),
            isRepeated: try container.decode(Bool.self, forKey: .isRepeated))
    }

    /// Encodes the outcome under the keys that a command prints with `--format json`, with whole
    /// findings and with the domain.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(domain, forKey: .domain)
        try container.encode(commit, forKey: .commit)
        try container.encode(
            sequences.map { [$0.lowerBound, $0.upperBound] } ?? [], forKey: .sequences)
        try container.encode(revision, forKey: .revision)
        try container.encode(checkpoint, forKey: .checkpoint)
        try container.encode(isRepeated, forKey: .isRepeated)
        try container.encode(findings, forKey: .findings)
    }
}
