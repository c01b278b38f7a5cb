public import Moments

extension LoggedLine: Codable {
    /// Decodes a line.
    public init(from decoder: any Decoder) throws {
        self.init(text: try decoder.singleValueContainer().decode(String.self))
    }

    /// Encodes the line as one text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension RecordedEvent: Codable {
    /// Decodes an event.
    ///
    /// - Throws: ``MomentlogError`` with `too-new` for an event of a later version, with
    ///   `corrupt` for a text that is no event's canonical line.
    public init(from decoder: any Decoder) throws {
        self = try LoggedLine(from: decoder).event()
    }

    /// Encodes the event as one text, its canonical line, which is what hashes cover.
    ///
    /// - Throws: ``MomentlogError`` with `usage` for an event that no line can hold.
    public func encode(to encoder: any Encoder) throws {
        try LoggedLine(text: EventLine.encode(self)).encode(to: encoder)
    }
}
