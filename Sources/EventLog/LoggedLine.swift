public import Moments

/// An event's canonical line in the log.
public struct LoggedLine: Sendable, Hashable {
    /// The line without a line feed.
    public let text: String

    /// Creates the line from a text without a line feed.
    public init(text: String) { self.text = text }

    /// Returns the event of the line.
    ///
    /// - Throws: ``MomentlogError`` with `too-new` for an event of a later version, with `corrupt`
    ///   for an invalid line.
    public func event() throws(MomentlogError) -> RecordedEvent {
        try EventLine.decode(text)
    }

    /// Calls a closure with the parsed line, without allocating its values.
    package func parsed<Value>(
        _ body: (ParsedLine) throws(MomentlogError) -> Value
    ) throws(MomentlogError) -> Value {
        var text = text
        // `withUTF8` loses the type of the thrown error.
        let result = text.withUTF8 { bytes in
            Result { () throws(MomentlogError) in
                try body(try ParsedLine(UnsafeRawBufferPointer(bytes)))
            }
        }
        return try result.get()
    }
}
