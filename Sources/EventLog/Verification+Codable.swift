import Moments

extension Verification: Codable {
    private enum CodingKeys: String, CodingKey {
        case sound, commits, faults, suppressed
        case coverage = "head"
    }

    /// Decodes a result.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let faults = try container.decode([Fault].self, forKey: .faults)
        let suppressed = try container.decode(Int.self, forKey: .suppressed)
        let (count, overflow) = faults.count.addingReportingOverflow(suppressed)
        guard !overflow, suppressed >= 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .suppressed, in: container, debugDescription: "no number of faults")
        }
        self.init(
            head: try StoreHead(from: decoder),
            commits: try container.decode(Int.self, forKey: .commits), faults: faults,
            faultCount: count,
            coverage: try container.decodeIfPresent(Coverage.self, forKey: .coverage))
    }

    /// Encodes the result under the keys that `momentlog verify --format json` prints; warnings are
    /// among the faults, in their order.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(isSound, forKey: .sound)
        try head.encode(to: encoder)
        try container.encode(commits, forKey: .commits)
        try container.encode(coverage, forKey: .coverage)
        try container.encode(faults, forKey: .faults)
        try container.encode(faultCount - faults.count, forKey: .suppressed)
    }
}

extension Verification.Fault: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind = "finding"
        case severity, table, row, column, sequence, message, remedies
    }

    /// Decodes a fault.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let place = StorePlace(
            table: try container.decode(String.self, forKey: .table),
            row: try container.decodeIfPresent(String.self, forKey: .row),
            column: try container.decodeIfPresent(String.self, forKey: .column))
        self.init(
            try container.decode(Verification.Kind.self, forKey: .kind), place,
            sequence: try container.decodeIfPresent(Int.self, forKey: .sequence),
            severity: try container.decode(Finding.Severity.self, forKey: .severity),
            try container.decode(String.self, forKey: .message),
            remedies: try container.decode([Remedy].self, forKey: .remedies))
    }

    /// Encodes the fault under the keys that `momentlog verify --format json` prints.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(severity, forKey: .severity)
        try container.encode(place.table, forKey: .table)
        try container.encode(place.row, forKey: .row)
        try container.encode(place.column, forKey: .column)
        try container.encode(sequence, forKey: .sequence)
        try container.encode(message, forKey: .message)
        try container.encode(remedies, forKey: .remedies)
    }
}
