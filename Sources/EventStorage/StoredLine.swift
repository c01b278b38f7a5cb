import GRDB
import Moments

/// Compares events' lines with what the database keeps beside them.
///
/// The line is what is hashed, but replay reads the columns: so they must say the same, byte
/// for byte. What stands in the line alone, the origin and a clock that was set back, must be
/// in its canonical form. Texts that many events share are looked up once.
struct StoredLine {
    private let database: Database
    /// By the number of the list, the pieces between which the checkpoint's name stands.
    private var diskLists: [Int64: [[UInt8]]] = [:]
    private var definitions: [Int64: [UInt8]] = [:]
    /// What each domain's name looks like in lines now, by the domain's number.
    private(set) var domains: [Int64: StoredDomain] = [:]
    private var commit = StoredCommit()

    init(database: Database) { self.database = database }

    /// Takes up the commit that the next events are of.
    mutating func begin(_ row: CommitRow) { commit.take(row) }

    /// Whether an event's line says what its row says, and its revision is the next of its
    /// domain. The domain's state is taken on from it.
    mutating func isAsStored(_ row: StoredEvent) throws -> Bool {
        // Few events are about domains; they may change what follows.
        guard (4...7).contains(row.kind) else { return try isAsDecoded(row) }
        guard let known = domains[row.domain] else { return false }
        domains[row.domain]?.revision = row.revision
        guard known.revision + 1 == row.revision else { return false }
        return try isSame(row, known)
    }

    private mutating func isSame(_ row: StoredEvent, _ domain: StoredDomain) throws -> Bool {
        var line = LineCursor(row.line)
        guard line.pass("{\"sequence\":"), line.pass(row.sequence),
            line.pass(",\"commit\":"), line.pass(row.commit),
            line.pass(",\"revision\":"), line.pass(row.revision),
            line.pass(domain.member), line.pass(commit.time)
        else { return false }
        if line.pass(",\"clock\":\"") {
            guard let clock = line.take(27),
                let reading = Timestamp(rfc3339: String(decoding: clock, as: UTF8.self)),
                reading.description.utf8.elementsEqual(clock), line.pass("\"")
            else { return false }
        }
        guard line.pass(Self.kinds[Int(row.kind)]), line.pass(commit.actor),
            Self.passOrigin(&line), line.pass(commit.request), line.pass(",\"checkpoint\":"),
            line.pass(quoted: row.checkpoint)
        else { return false }
        if row.kind == 4 || row.kind == 5 {
            guard try passMetadata(&line, row) else { return false }
        }
        if row.kind == 5 {
            guard line.pass(row.claims ? ",\"claimsCurrent\":true" : ",\"claimsCurrent\":false")
            else { return false }
        }
        return line.pass("}") && line.isAtEnd
    }

    private static let kinds: [[UInt8]] =
        [[]]
        + Event.Kind.allCases.sorted { $0.column < $1.column }.map {
            Array(
                ",\"event\":\"\($0.rawValue)\",\"version\":\(PayloadVersions.known.latest($0))"
                    .utf8)
        }

    private static func passOrigin(_ line: inout LineCursor) -> Bool {
        guard line.pass(",\"origin\":{\"kind\":\"") else { return false }
        if line.pass("command\"}") || line.pass("library\"}") { return true }
        guard line.pass("import\"") else { return false }
        if line.pass("}") { return true }
        return line.pass(",\"file\":") && line.passAnyQuoted() && line.pass(",\"sha256\":")
            && line.passAnyQuoted() && line.pass("}")
    }

    private mutating func passMetadata(
        _ line: inout LineCursor, _ row: StoredEvent
    ) throws -> Bool {
        guard line.pass(",\"parent\":"), line.pass(quoted: row.parent),
            line.pass(",\"creationTime\":"), line.pass(row.creationTime),
            line.pass(",\"description\":"), line.pass(quoted: row.description),
            line.pass(",\"disks\":")
        else { return false }
        if let number = row.disks {
            guard let pieces = try pieces(number) else { return false }
            for (index, piece) in pieces.enumerated() {
                guard index == 0 || line.pass(quoted: row.checkpoint), line.pass(piece) else {
                    return false
                }
            }
        } else {
            guard line.pass("[]") else { return false }
        }
        guard line.pass(",\"definition\":") else { return false }
        guard let number = row.definition else { return line.pass("null") }
        guard let digest = try digest(number) else { return false }
        return line.pass(digest)
    }

    private mutating func pieces(_ number: Int64) throws -> [[UInt8]]? {
        if let known = diskLists[number] { return known }
        let content = try String.fetchOne(
            database, sql: "SELECT content FROM disk_list WHERE id = ?", arguments: [number])
        let pieces = content.flatMap { DiskListContent.Decoded($0) }?.linePieces
        if diskLists.count >= Self.mostRemembered { diskLists.removeAll() }
        diskLists[number] = pieces
        return pieces
    }

    /// So many lists and definitions are kept at most.
    private static let mostRemembered = 100_000

    /// The digest of a definition as a JSON text.
    private mutating func digest(_ number: Int64) throws -> [UInt8]? {
        if let known = definitions[number] { return known }
        let text = try String.fetchOne(
            database, sql: "SELECT lower(hex(sha256)) FROM definition WHERE id = ?",
            arguments: [number])
        let digest = text.map { Array("\"\($0)\"".utf8) }
        if definitions.count >= Self.mostRemembered { definitions.removeAll() }
        definitions[number] = digest
        return digest
    }

    /// As ``isAsStored(_:)``, for events about domains and the store.
    private mutating func isAsDecoded(_ row: StoredEvent) throws -> Bool {
        let text = String(decoding: row.line, as: UTF8.self)
        let recorded = try EventLine.decode(text)
        var domain = domains[row.domain] ?? StoredDomain()
        let isNext = row.revision == domain.revision + 1
        domain.revision = row.revision
        let isOfName =
            domain.revision == 1 || recorded.domain == nil
            || domain.name.hasSameBytes(as: recorded.domain)
        var isKept = true
        switch recorded.event {
        case .domainDefined(name: let name, uuid: let uuid, definition: let definition):
            domain.take(name: name)
            (domain.uuid, domain.isLive) = (uuid?.description, true)
            let kept = try row.definition.flatMap { try digest($0) }
            isKept = kept == definition.map { Array("\"\($0.hexadecimal)\"".utf8) }
        case .domainRenamed(to: let name): domain.take(name: name)
        case .domainUndefined: domain.isLive = false
        default: break
        }
        domains[row.domain] = domain
        return isNext && isKept && (isOfName || recorded.event.kind == .domainDefined)
            && Int64(recorded.event.kind.column) == row.kind
            && Int64(recorded.sequence) == row.sequence
            && Int64(recorded.commit) == row.commit && Int64(recorded.revision) == row.revision
            && commit.isOf(recorded) && row.checkpoint == nil && row.parent == nil
            && Array(EventLine.encode(recorded).utf8).elementsEqual(row.line)
    }
}

/// A domain as the events so far tell it.
struct StoredDomain {
    private(set) var name: String?
    var uuid: String?
    var isLive = false
    var revision: Int64 = 0
    /// The member of lines that names it.
    private(set) var member: [UInt8] = Array(",\"domain\":null".utf8)

    mutating func take(name: String) {
        self.name = name
        var json = JSONText()
        json.value(name)
        member = Array(",\"domain\":".utf8) + json.bytes
    }
}

/// What events repeat of their commit.
struct StoredCommit {
    private var microseconds = Int64.min
    private var actorText: [UInt8] = []
    private var reasonText: [UInt8]?
    private var requestText: [UInt8]?
    /// The day whose date stands in the time's member.
    private var day: Int64?
    /// Members of lines: the time; the actor and the reason; the request.
    private(set) var time = Array(",\"time\":\"0000-00-00T00:00:00.000000Z\"".utf8)
    private(set) var actor: [UInt8] = []
    private(set) var request: [UInt8] = []

    /// Takes up another commit. Mostly little but the time differs from the one before.
    mutating func take(_ row: CommitRow) {
        microseconds = row.time
        writeTime()
        let (by, why, named) = (row.actor, row.reason, row.request)
        if !Self.isSame(by, actorText) || !Self.isSame(why, reasonText) {
            (actorText, reasonText) = (by.map(Array.init) ?? [], why.map(Array.init))
            actor = Self.member(",\"actor\":", actorText)
            if let reasonText { actor += Self.member(",\"reason\":", reasonText) }
        }
        if !Self.isSame(named, requestText) {
            requestText = named.map(Array.init)
            request = requestText.map { Self.member(",\"request\":", $0) } ?? []
        }
    }

    private static func isSame(_ bytes: UnsafeRawBufferPointer?, _ known: [UInt8]?) -> Bool {
        switch (bytes, known) {
        case (nil, nil): true
        case (let bytes?, let known?):
            known.withUnsafeBytes { known in
                bytes.count == known.count && LineCursor.isSame(bytes, known)
            }
        default: false
        }
    }

    private static func member(_ key: String, _ text: [UInt8]) -> [UInt8] {
        var json = JSONText()
        json.value(String(decoding: text, as: UTF8.self))
        return Array(key.utf8) + json.bytes
    }

    /// Writes the time as ``Timestamp/description`` does, the date only if it is another.
    private mutating func writeTime() {
        let perDay: Int64 = 86_400_000_000
        let (quotient, rest) = microseconds.quotientAndRemainder(dividingBy: perDay)
        guard rest >= 0, microseconds < 253_402_300_800_000_000 else {
            day = nil
            let text = Timestamp(microseconds: microseconds).description
            time = Array(",\"time\":\"\(text)\"".utf8)
            return
        }
        if day != quotient {
            day = quotient
            let text = Timestamp(microseconds: microseconds).description
            time = Array(",\"time\":\"\(text)\"".utf8)
            return
        }
        let second = rest / 1_000_000
        write(second / 3_600, at: 20, digits: 2)
        write(second / 60 % 60, at: 23, digits: 2)
        write(second % 60, at: 26, digits: 2)
        write(rest % 1_000_000, at: 29, digits: 6)
    }

    private mutating func write(_ number: Int64, at place: Int, digits: Int) {
        var rest = number
        for offset in (0..<digits).reversed() {
            time[place + offset] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    func isOf(_ event: RecordedEvent) -> Bool {
        let provenance = event.provenance
        return microseconds == event.time.microseconds
            && provenance.actor.utf8.elementsEqual(actorText)
            && provenance.reason.map { Array($0.utf8) } == reasonText
            && provenance.request.map { Array($0.utf8) } == requestText
    }
}
