/// The creation time of a checkpoint: whole seconds since 1970-01-01T00:00:00Z, as libvirt counts
/// them. Together with its name it identifies a checkpoint of a domain.
///
/// A literal is a creation time: `Checkpoint(name: "c1", creationTime: 1_700_000_000)`. Any number
/// can be one; commands refuse times before 1970.
public struct CreationTime: Sendable, Hashable {
    /// The seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64

    /// Creates a creation time from the seconds since 1970-01-01T00:00:00Z.
    public init(seconds: Int64) { self.seconds = seconds }

    /// Creates the creation time of a checkpoint that is made at a time: the whole seconds that
    /// have passed by then.
    public init(_ time: Timestamp) {
        self.init(seconds: time.microseconds.flooredDivision(by: 1_000_000).0)
    }
}

extension CreationTime: Comparable {
    /// Whether a time is earlier than another.
    public static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }
}

extension CreationTime: ExpressibleByIntegerLiteral {
    /// Creates a creation time from a literal number of seconds.
    public init(integerLiteral seconds: Int64) { self.init(seconds: seconds) }
}

extension CreationTime: CustomStringConvertible {
    /// The seconds in decimal, as libvirt's XML states them.
    public var description: String { String(seconds) }
}

extension CreationTime: Codable {
    /// Decodes a creation time from its seconds.
    public init(from decoder: any Decoder) throws {
        self.init(seconds: try decoder.singleValueContainer().decode(Int64.self))
    }

    /// Encodes the creation time as its seconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(seconds)
    }
}

extension Timestamp {
    /// The time at which a checkpoint was created; the nearest one for a time that has none.
    public init(_ time: CreationTime) { self.init(seconds: time.seconds) }
}
