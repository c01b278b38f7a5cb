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

    /// Calls a closure with what the line says, of which nothing is made anew.
    package func parsed<Value>(
        _ body: (ParsedLine) throws(MomentlogError) -> Value
    ) throws(MomentlogError) -> Value {
        var text = text
        // `withUTF8` forgets the type of what is thrown.
        let result = text.withUTF8 { bytes in
            Result { () throws(MomentlogError) in
                try body(try ParsedLine(UnsafeRawBufferPointer(bytes)))
            }
        }
        return try result.get()
    }
}
