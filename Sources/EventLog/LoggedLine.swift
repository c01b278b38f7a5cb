public import Moments

/// An event's canonical line as the log holds it.
public struct LoggedLine: Sendable, Hashable {
    /// The line without a line feed.
    public let text: String

    /// Makes the line of a text without a line feed.
    public init(text: String) { self.text = text }

    /// What the line says.
    ///
    /// - Throws: ``MomentlogError`` with `too-new` for an event of a later version,
    ///   with `corrupt` for a line that is none.
    public func event() throws(MomentlogError) -> RecordedEvent {
        try EventLine.decode(text)
    }
}
