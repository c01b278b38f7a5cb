import EventLog

/// One figure about a log.
public struct Statistic: Sendable, Hashable {
    /// The name of the figure: lower case, words joined by hyphens, the unit last.
    public let name: String
    /// The figure.
    public let value: Value

    /// A number, a text, or whether something holds.
    public enum Value: Sendable, Hashable, CustomStringConvertible {
        /// A count or a size.
        case number(Int)
        /// A version, a path, a setting.
        case text(String)
        /// Whether something holds.
        case flag(Bool)

        /// The figure as text.
        public var description: String {
            switch self {
            case .number(let number): String(number)
            case .text(let text): text
            case .flag(let flag): flag ? "yes" : "no"
            }
        }
    }

    /// Creates a figure.
    public init(name: String, value: Value) {
        self.name = name
        self.value = value
    }
}
