extension Finding: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind = "finding"
        case severity, domain, checkpoints, message, remedies
    }

    /// Decodes a finding.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(Kind.self, forKey: .kind),
            severity: try container.decode(Severity.self, forKey: .severity),
            domain: try container.decodeIfPresent(DomainReference.self, forKey: .domain),
            checkpoints: try container.decode([CheckpointName].self, forKey: .checkpoints),
            message: try container.decode(String.self, forKey: .message),
            remedies: try container.decode([Remedy].self, forKey: .remedies))
    }

    /// Encodes the finding under the keys that `momentlog check --format json` prints, with its
    /// remedies as data in place of command lines.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(severity, forKey: .severity)
        try container.encode(domain, forKey: .domain)
        try container.encode(checkpoints, forKey: .checkpoints)
        try container.encode(message, forKey: .message)
        try container.encode(remedies, forKey: .remedies)
    }
}
