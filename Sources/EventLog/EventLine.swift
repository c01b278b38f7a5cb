public import Moments

/// The canonical line of an event: the JSON object whose bytes are a leaf of the log's Merkle tree,
/// and which `log --format jsonl` prints.
///
/// Keys have a fixed order: the position in the log, the provenance, then the event's own fields. A
/// field of the event without a value is null; a reason or request that was not given, and a clock
/// that was not set back, are omitted. A line contains the domain's number and the recorder
/// completely, or not at all.
///
/// ``decode(_:)`` reads exactly what ``encode(_:)`` writes, and a line that is read and written
/// again has the same bytes, unless its payload is of an earlier version.
public enum EventLine {
    /// Returns the line of an event, without a line feed.
    ///
    /// - Throws: ``MomentlogError`` with `storage` for what no line can contain: see ``bytes(_:)``.
    /// - Complexity: O(*n*), where *n* is the number of bytes.
    public static func encode(_ recorded: RecordedEvent) throws(MomentlogError) -> String {
        String(decoding: try bytes(recorded), as: UTF8.self)
    }

    /// Returns the line of an event in UTF-8, without a line feed.
    ///
    /// - Throws: ``MomentlogError`` with `storage` for what could not be read again: a position
    ///   below 1, a domain's event without a domain or without its number beside a recorder, a year
    ///   that does not have four digits, or a file's digest that is not valid.
    /// - Complexity: O(*n*), where *n* is the number of bytes.
    public static func bytes(_ recorded: RecordedEvent) throws(MomentlogError) -> [UInt8] {
        if let reason = unwritable(recorded) {
            throw MomentlogError(
                .storage, "event \(recorded.sequence) cannot be written: \(reason)")
        }
        var json = JSONText(capacity: 512)
        json.object { json in
            json.member("sequence", recorded.sequence)
            json.member("commit", recorded.commit)
            json.member("revision", recorded.revision)
            json.member("domain", recorded.domain)
            if recorded.recorder != nil { json.member("domainId", recorded.domainId) }
            json.member("time", recorded.time.description)
            if let clock = recorded.clock { json.member("clock", clock.description) }
            json.member("event", recorded.event.kind.rawValue)
            json.member("version", PayloadVersions.known.latest(recorded.event.kind))
            json.member("actor", recorded.provenance.actor)
            if let recorder = recorded.recorder {
                json.member("uid", recorder.uid)
                json.member("host", recorder.host)
            }
            if let reason = recorded.provenance.reason {
                json.member("reason", reason)
            }
            json.key("origin")
            write(recorded.origin, to: &json)
            if let request = recorded.provenance.request {
                json.member("request", request)
            }
            write(recorded.event, to: &json)
        }
        return json.bytes
    }

    /// Writes an event that is only planned, in the form of a line without its position in the log
    /// and its provenance.
    package static func write(
        planned event: Event, domain: String, revision: Int, to json: inout JSONText
    ) {
        json.object { json in
            json.member("revision", revision)
            json.member("domain", domain)
            json.member("event", event.kind.rawValue)
            json.member("version", PayloadVersions.known.latest(event.kind))
            write(event, to: &json)
        }
    }

    /// Writes the origin of an event in the form of a line.
    package static func write(_ origin: Origin, to json: inout JSONText) {
        json.object { json in
            json.key("kind")
            switch origin {
            case .commandLine: json.value("command")
            case .library: json.value("library")
            case .importedLibrary: json.value("import")
            case .importedFile(name: let name, sha256: let sha256):
                json.value("import")
                json.member("file", name)
                json.member("sha256", sha256)
            case .live(uri: let uri, host: let host, libvirt: let version):
                json.value("live")
                json.member("uri", uri)
                json.member("host", host)
                json.member("libvirt", version)
            }
        }
    }

    /// Returns why an event has no canonical line; nil if it has one.
    private static func unwritable(_ recorded: RecordedEvent) -> String? {
        guard recorded.sequence > 0, recorded.commit > 0, recorded.revision > 0,
            recorded.domainId ?? 1 > 0
        else { return "its position in the log is below 1" }
        guard (recorded.domain == nil) == recorded.event.kind.isOfStore else {
            return "it lacks its domain, or states one that it must not have"
        }
        guard (recorded.domainId != nil) == (recorded.recorder != nil && recorded.domain != nil)
        else { return "the domain's number is given without a recorder, or the reverse" }
        if case .domainDefined(name: let name, uuid: _, definition: _) = recorded.event,
            !(recorded.domain?.text).hasSameBytes(as: name)
        {
            return "it names two domains"
        }
        let times = Timestamp.canonicalRange
        guard times.contains(recorded.time), times.contains(recorded.clock ?? recorded.time)
        else { return "its year does not have four digits" }
        if case .importedFile(name: _, sha256: let text) = recorded.origin,
            DefinitionDigest(hexadecimal: text)?.hexadecimal != text
        {
            return "'\(text)' is not a SHA-256 digest"
        }
        if case .lossAccepted(let lost) = recorded.event, lost.size < 0 {
            return "the lost head has a negative size"
        }
        return nil
    }
}
