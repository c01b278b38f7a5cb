package import Moments

/// An event's canonical line, checked completely, without allocated values.
///
/// It consists of numbers and slices of the line's bytes: it is valid as long as they are. It reads
/// exactly the bytes that ``EventLine/encode(_:)`` writes, except the payloads of earlier versions,
/// which are read as if they were of the latest.
package struct ParsedLine {
    /// The event's position in the log, from 1.
    package let sequence: Int
    /// The number of its commit, from 1.
    package let commit: Int
    /// Its position in its domain's stream, from 1.
    package let revision: Int
    /// The domain's name when it happened; nil for events about the store itself.
    package let domain: LineText?
    /// The domain's number in the log, from 1; nil in lines of earlier versions, and for events
    /// about the store itself.
    package let domainId: Int?
    /// The time at which it was appended.
    package let time: Timestamp
    /// The time that the clock showed, if it had been set back.
    package let clock: Timestamp?
    /// The kind of event.
    package let kind: Event.Kind
    /// The version of the event's own fields in this line.
    package let version: Int
    /// The actor.
    package let actor: LineText
    /// The process that appended it; nil in lines of earlier versions.
    package let recorder: ParsedRecorder?
    /// The reason.
    package let reason: LineText?
    /// How it was submitted.
    package let origin: ParsedOrigin
    /// The idempotency key.
    package let request: LineText?
    /// The event's own fields.
    package let payload: EventPayload

    /// Reads a line, without a line feed.
    ///
    /// - Throws: ``MomentlogError`` with `too-new` for an unknown event or a payload of a later
    ///   version after a canonical heading; with `corrupt` for anything else that is not a
    ///   canonical line.
    /// - Complexity: O(*n*), where *n* is the number of bytes.
    package init(_ line: UnsafeRawBufferPointer) throws(MomentlogError) {
        try self.init(line, versions: .known)
    }

    init(
        _ line: UnsafeRawBufferPointer, versions: PayloadVersions
    ) throws(MomentlogError) {
        var reader = LineReader(line)
        let heading: LineHeading
        do throws(LineProblem) {
            heading = try LineHeading(&reader)
        } catch {
            throw Self.corrupt(line, error)
        }
        guard let kind = Event.Kind.words.value(heading.event),
            heading.version <= versions.latest(kind)
        else { throw heading.tooNew }
        do throws(LineProblem) {
            try self.init(heading, kind, &reader, versions)
        } catch {
            throw Self.corrupt(line, error)
        }
    }

    /// Reads what follows the heading.
    private init(
        _ heading: LineHeading, _ kind: Event.Kind, _ reader: inout LineReader,
        _ versions: PayloadVersions
    ) throws(LineProblem) {
        guard (heading.domain == nil) == kind.isOfStore else {
            throw LineProblem(
                offset: heading.domainOffset, key: ",\"domain\":",
                expected: kind.isOfStore ? "null" : "the domain's name")
        }
        (sequence, commit, revision) = (heading.sequence, heading.commit, heading.revision)
        (domain, domainId) = (heading.domain, heading.domainId)
        (time, clock) = (heading.time, heading.clock)
        (self.kind, version) = (kind, heading.version)
        try reader.key(",\"actor\":")
        actor = try reader.text()
        if heading.hasRecorder {
            try reader.key(",\"uid\":")
            let uid = try reader.word()
            try reader.key(",\"host\":")
            recorder = ParsedRecorder(uid: uid, host: try reader.text())
        } else {
            recorder = nil
        }
        reason = reader.optionalKey(",\"reason\":") ? try reader.text() : nil
        try reader.key(",\"origin\":")
        origin = try ParsedOrigin(&reader)
        request = reader.optionalKey(",\"request\":") ? try reader.text() : nil
        payload = try versions.payload(kind, version: version, &reader)
        try reader.expect("}")
        try reader.end()
    }

    /// The event, with newly allocated values.
    package var recordedEvent: RecordedEvent {
        RecordedEvent(
            sequence: sequence, commit: commit, revision: revision,
            domain: domain.map { DomainReference($0.string) },
            time: time, clock: clock,
            provenance: Provenance(
                actor: actor.string, reason: reason?.string, request: request?.string),
            origin: origin.origin, event: payload.event(domain: domain),
            domainId: domainId,
            recorder: recorder.map { Recorder(uid: $0.uid, host: $0.host.string) })
    }

    private static func corrupt(
        _ line: UnsafeRawBufferPointer, _ problem: LineProblem
    ) -> MomentlogError {
        var reader = LineReader(line)
        let sequence = try? LineHeading.sequence(&reader)
        let name = sequence.map { "event \($0) is not canonical" } ?? "a line is not an event"
        let key = problem.key.map { ", at or after '\("\($0)".filter(\.isLetter))'" } ?? ""
        return MomentlogError(
            .corrupt,
            "\(name): expected \(problem.expected) at byte \(problem.offset + 1)\(key)")
    }
}

/// The beginning of a line, which is the same in every version: whether the rest can be read
/// depends on it.
private struct LineHeading {
    let sequence, commit, revision: Int
    let domain: LineText?
    let domainOffset: Int
    let domainId: Int?
    let hasRecorder: Bool
    let time: Timestamp
    let clock: Timestamp?
    let event: LineText
    let version: Int

    init(_ reader: inout LineReader) throws(LineProblem) {
        sequence = try Self.sequence(&reader)
        try reader.key(",\"commit\":")
        commit = try reader.ordinal()
        try reader.key(",\"revision\":")
        revision = try reader.ordinal()
        try reader.key(",\"domain\":")
        domainOffset = reader.offset
        domain = try reader.optionalText()
        hasRecorder = reader.optionalKey(",\"domainId\":")
        if !hasRecorder {
            domainId = nil
        } else if domain == nil {
            try reader.expect("null")
            domainId = nil
        } else {
            domainId = try reader.ordinal()
        }
        try reader.key(",\"time\":")
        time = try reader.time()
        clock = reader.optionalKey(",\"clock\":") ? try reader.time() : nil
        try reader.key(",\"event\":")
        event = try reader.text()
        try reader.key(",\"version\":")
        version = try reader.ordinal()
    }

    static func sequence(_ reader: inout LineReader) throws(LineProblem) -> Int {
        try reader.key("{\"sequence\":")
        return try reader.ordinal()
    }

    var tooNew: MomentlogError {
        MomentlogError(
            .tooNew,
            "event \(sequence) is '\(event.string)' with payload version \(version), which"
                + " this momentlog does not know",
            hint: "use the momentlog that wrote the store, or a later one")
    }
}

/// The process that appended an event, in its line.
package struct ParsedRecorder {
    /// The real user ID of the process.
    package let uid: UInt32
    /// The host of the process.
    package let host: LineText
}

/// How an event was submitted, in its line.
package enum ParsedOrigin {
    case commandLine, library, importedLibrary
    case importedFile(name: LineText, sha256: LineText)
    case live(uri: LineText, host: LineText, libvirt: LineText)

    init(_ reader: inout LineReader) throws(LineProblem) {
        try reader.key("{\"kind\":")
        if reader.pass("\"command\"") {
            self = .commandLine
        } else if reader.pass("\"library\"") {
            self = .library
        } else if reader.pass("\"import\"") {
            self = try Self.imported(&reader)
        } else if reader.pass("\"live\"") {
            self = try Self.live(&reader)
        } else {
            throw reader.problem("\"command\", \"library\", \"import\" or \"live\"")
        }
        try reader.expect("}")
    }

    private static func imported(_ reader: inout LineReader) throws(LineProblem) -> Self {
        guard reader.optionalKey(",\"file\":") else { return .importedLibrary }
        let name = try reader.text()
        try reader.key(",\"sha256\":")
        let start = reader.offset
        _ = try reader.digest()
        let digits = reader.bytes(from: start)
        return .importedFile(
            name: name,
            sha256: LineText(
                bytes: UnsafeRawBufferPointer(rebasing: digits.dropFirst().dropLast()),
                hasEscapes: false))
    }

    private static func live(_ reader: inout LineReader) throws(LineProblem) -> Self {
        try reader.key(",\"uri\":")
        let uri = try reader.text()
        try reader.key(",\"host\":")
        let host = try reader.text()
        try reader.key(",\"libvirt\":")
        return .live(uri: uri, host: host, libvirt: try reader.text())
    }

    /// The channel.
    package var channel: Origin.Channel {
        switch self {
        case .commandLine: .command
        case .library: .library
        case .importedLibrary, .importedFile: .import
        case .live: .live
        }
    }

    /// The origin, with newly allocated texts.
    package var origin: Origin {
        switch self {
        case .commandLine: .commandLine
        case .library: .library
        case .importedLibrary: .importedLibrary
        case .importedFile(name: let name, sha256: let sha256):
            .importedFile(name: name.string, sha256: sha256.string)
        case .live(uri: let uri, host: let host, libvirt: let libvirt):
            .live(uri: uri.string, host: host.string, libvirt: libvirt.string)
        }
    }
}
