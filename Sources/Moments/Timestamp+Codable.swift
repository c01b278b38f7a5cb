extension Timestamp: Codable {
    /// Decodes a time.
    ///
    /// - Throws: `DecodingError` for a text that is no time in RFC 3339 and UTC.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let time = Timestamp(rfc3339: text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is no time in RFC 3339 and UTC")
        }
        self = time
    }

    /// Encodes the time in RFC 3339 and UTC, with its microseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
