import Moments

extension StoreHead: Codable {
    private enum CodingKeys: CodingKey {
        case origin, size, root
    }

    /// Decodes a head.
    ///
    /// - Throws: `DecodingError` for a root that is no hash, or a size below 0.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let origin = try container.decode(String.self, forKey: .origin)
        let size = try container.decode(Int.self, forKey: .size)
        let root = try container.decode(String.self, forKey: .root)
        do {
            self = try StoreHead("\(origin)\n\(size)\n\(root)\n", from: "the encoded value")
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: container.codingPath, debugDescription: error.message,
                    underlyingError: error))
        }
    }

    /// Encodes the head as `momentlog head --format json` prints it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(origin, forKey: .origin)
        try container.encode(size, forKey: .size)
        try container.encode(rootText, forKey: .root)
    }
}
