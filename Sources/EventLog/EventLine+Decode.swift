public import Moments

extension EventLine {
    /// Reads a canonical line: exactly the bytes that ``encode(_:)`` writes, or those of an
    /// earlier version.
    ///
    /// - Throws: ``MomentlogError`` with `too-new` for a payload of a later version or an
    ///   unknown event, which is never skipped; with `corrupt` for anything else that is not a
    ///   canonical line.
    /// - Complexity: O(*n*), where *n* is the number of bytes.
    public static func decode(_ line: String) throws(MomentlogError) -> RecordedEvent {
        try decode(line, versions: .known)
    }

    /// Reads a canonical line in UTF-8, as ``decode(_:)`` does.
    ///
    /// - Throws: ``MomentlogError`` with `too-new` or `corrupt`, also for bytes that are not UTF-8.
    /// - Complexity: O(*n*), where *n* is the number of bytes.
    public static func decode(
        bytes: UnsafeRawBufferPointer
    ) throws(MomentlogError) -> RecordedEvent {
        try ParsedLine(bytes).recordedEvent
    }

    static func decode(
        _ line: String, versions: PayloadVersions
    ) throws(MomentlogError) -> RecordedEvent {
        var line = line
        // `withUTF8` loses the type of the thrown error.
        let event = line.withUTF8 { bytes in
            Result { () throws(MomentlogError) in
                try ParsedLine(UnsafeRawBufferPointer(bytes), versions: versions).recordedEvent
            }
        }
        return try event.get()
    }
}
