extension Remedy: Codable {
    private enum CodingKeys: String, CodingKey {
        case name = "action"
        case action = "parameters"
        case isDestructive = "destructive"
        case precondition, group, order
    }

    /// Decodes a remedy.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(Action.self, forKey: .action),
            isDestructive: try container.decode(Bool.self, forKey: .isDestructive),
            precondition: try container.decodeIfPresent(String.self, forKey: .precondition),
            group: try container.decode(Int.self, forKey: .group),
            order: try container.decode(Int.self, forKey: .order))
    }

    /// Encodes the remedy under the keys that `momentlog` prints, with its action as data in place
    /// of a command line.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(action.name, forKey: .name)
        try container.encode(action, forKey: .action)
        try container.encode(isDestructive, forKey: .isDestructive)
        try container.encode(precondition, forKey: .precondition)
        try container.encode(group, forKey: .group)
        try container.encode(order, forKey: .order)
    }
}
