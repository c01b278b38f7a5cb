extension DomainUUID: Codable {
    /// Decodes a UUID.
    ///
    /// - Throws: `DecodingError` for a text that is no UUID.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let uuid = DomainUUID(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is no UUID")
        }
        self = uuid
    }

    /// Encodes the UUID as text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
