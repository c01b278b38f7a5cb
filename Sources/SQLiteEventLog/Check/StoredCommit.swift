import EventLog
import Moments

/// What events repeat of their commit.
///
/// It is kept as bytes in memory that is used again: a log has many commits.
struct StoredCommit {
    private(set) var number: Int64 = 0
    private var moment: Timestamp?
    /// The member of lines that tells the time.
    private(set) var time: [UInt8] = []
    private var actor: [UInt8] = []
    private var reason: [UInt8]?
    private var request: [UInt8]?

    init() {}

    init(number: Int64, time: Timestamp, provenance: Provenance) {
        begin(number, time)
        actor = Array(provenance.actor.utf8)
        reason = provenance.reason.map { Array($0.utf8) }
        request = provenance.request.map { Array($0.utf8) }
    }

    /// Takes up another commit.
    mutating func take(
        number: Int64, time: Int64, actor: UnsafeRawBufferPointer?,
        reason: UnsafeRawBufferPointer?, request: UnsafeRawBufferPointer?
    ) {
        begin(number, Timestamp(microseconds: time))
        self.actor.removeAll(keepingCapacity: true)
        if let actor { self.actor.append(contentsOf: actor) }
        self.reason = reason.map { Array($0) }
        self.request = request.map { Array($0) }
    }

    private mutating func begin(_ number: Int64, _ moment: Timestamp) {
        self.number = number
        guard moment != self.moment else { return }
        self.moment = moment
        time.removeAll(keepingCapacity: true)
        time.append(contentsOf: ",\"time\":\"".utf8)
        moment.appendRFC3339(to: &time)
        time.append(UInt8(ascii: "\""))
    }

    /// What it tells, as a line of it would; nil before the first.
    var recorded: (time: Timestamp, provenance: Provenance)? {
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        return moment.map {
            (
                $0,
                Provenance(
                    actor: text(actor), reason: reason.map(text), request: request.map(text))
            )
        }
    }

    /// Passes the members of a line that tell the actor and the reason.
    func passActor(_ line: inout LineCursor) -> Bool {
        guard line.pass(",\"actor\":"), Self.pass(actor, &line) else { return false }
        guard let reason else { return true }
        return line.pass(",\"reason\":") && Self.pass(reason, &line)
    }

    /// Passes the member of a line that tells the request.
    func passRequest(_ line: inout LineCursor) -> Bool {
        guard let request else { return true }
        return line.pass(",\"request\":") && Self.pass(request, &line)
    }

    private static func pass(_ text: [UInt8], _ line: inout LineCursor) -> Bool {
        text.withUnsafeBytes { line.pass(quoted: $0) }
    }

    func isOf(_ event: RecordedEvent) -> Bool {
        guard let recorded else { return false }
        return recorded.time == event.time
            && recorded.provenance.actor.hasSameBytes(as: event.provenance.actor)
            && recorded.provenance.reason.hasSameBytes(as: event.provenance.reason)
            && recorded.provenance.request.hasSameBytes(as: event.provenance.request)
    }
}
