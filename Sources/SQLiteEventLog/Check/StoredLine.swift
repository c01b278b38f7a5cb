import CShims
import EventLog
import GRDB
import Moments

/// Compares events' lines with what the database keeps beside them.
///
/// The line is what is hashed, but replay reads the columns: so they must say the same, byte
/// for byte. What stands in the line alone, the origin and a clock that was set back, must be
/// in its canonical form. Texts that many events share are looked up once.
struct StoredLine {
    let database: Database
    /// By the number of the list, the pieces between which the checkpoint's name stands.
    private var diskLists: [Int64: [[UInt8]]] = [:]
    private var definitions: [Int64: [UInt8]] = [:]
    /// What each domain's name looks like in lines now, by the domain's number.
    var domains: [Int64: StoredDomain] = [:]
    /// Of the last event, if it changed nothing else of its domain: which domain that is, and
    /// its revision before; nil for a domain that is not known.
    private var passed: (domain: Int64, revision: Int64?)?
    /// What was known of the domain before the last event, if that may have changed more.
    private var decoded: StoredDomain?

    /// What was known of the last event's domain before it.
    var before: StoredDomain? {
        guard let passed else { return decoded }
        guard let revision = passed.revision else { return nil }
        var domain = domains[passed.domain]
        domain?.revision = revision
        return domain
    }

    /// The settings as the store's own events tell them.
    private(set) var settings = StoredSettings()
    private(set) var commit = StoredCommit()
    /// Whether an event names a row of another table, as far as it was asked.
    var isNamed: [StorePlace: Bool] = [:]

    init(database: Database) { self.database = database }

    /// Takes up the commit that the next events are of.
    mutating func begin(_ commit: StoredCommit) { self.commit = commit }

    /// Takes up the commit on whose row a statement stands, with ``CommitRow``'s columns.
    mutating func begin(_ row: StoredRow) {
        commit.take(
            number: row.number(0), time: row.number(4), actor: row.bytes(5), reason: row.bytes(6),
            request: row.bytes(7))
    }

    /// Takes what a domain's lines so far told for altered, perhaps.
    mutating func doubt(_ domain: Int64) { domains[domain]?.isDoubtful = true }

    /// Whether an event's line says what its row says, and its revision is the next of its
    /// domain. The domain's state is taken on from it.
    mutating func isAsStored(_ row: StoredEvent) throws -> Bool {
        // Few events are about domains; they may change what follows.
        guard (4...7).contains(row.kind) || row.kind == 9 || row.kind == 11 else {
            return try isAsDecoded(row)
        }
        let number = row.domain
        guard let index = domains.index(forKey: number) else {
            passed = (number, nil)
            return false
        }
        let last = domains.values[index].revision
        passed = (number, last)
        domains.values[index].revision = row.revision
        guard last &+ 1 == row.revision else { return false }
        return try isSame(row, member: domains.values[index].member)
    }

    private mutating func isSame(_ row: StoredEvent, member: [UInt8]) throws -> Bool {
        var line = LineCursor(row.line)
        guard line.pass("{\"sequence\":"), line.pass(row.sequence),
            line.pass(",\"commit\":"), line.pass(row.commit),
            line.pass(",\"revision\":"), line.pass(row.revision),
            line.pass(member), line.pass(commit.time)
        else { return false }
        if line.pass(",\"clock\":\"") {
            guard let clock = line.take(27),
                let reading = Timestamp(rfc3339: String(decoding: clock, as: UTF8.self)),
                reading.description.utf8.elementsEqual(clock), line.pass("\"")
            else { return false }
        }
        guard line.pass(Self.kinds[Int(row.kind)]), commit.passActor(&line),
            Self.passOrigin(&line), commit.passRequest(&line), line.pass(",\"checkpoint\":"),
            line.pass(quoted: row.checkpoint)
        else { return false }
        switch row.kind {
        case 4, 5:
            guard row.hasNoObservation, try passMetadata(&line, row) else { return false }
        case 9:
            guard row.hasNoMetadataButTime, row.definition == nil,
                Self.passObservation(&line, row)
            else { return false }
        case 11:
            guard row.hasNoMetadata,
                Finding.Kind.allCases.contains(where: {
                    line.pass(Array(",\"finding\":\"\($0.rawValue)\"".utf8))
                })
            else { return false }
        default:
            guard row.hasNoMetadata else { return false }
        }
        if row.kind == 5 {
            guard row.claims == nil || row.claims == 1,
                line.pass(
                    row.claims == 1 ? ",\"claimsCurrent\":true" : ",\"claimsCurrent\":false")
            else { return false }
        } else {
            guard row.claims == nil else { return false }
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

    private static func passObservation(_ line: inout LineCursor, _ row: StoredEvent) -> Bool {
        guard line.pass(",\"disk\":"), row.disk != nil, line.pass(quoted: row.disk),
            line.pass(",\"bitmap\":"), line.passAnyQuoted(), line.pass(",\"verdict\":"),
            let verdict = row.verdict.flatMap({ BitmapVerdict(column: Int($0)) }),
            let time = row.creationTime,
            line.pass(Array("\"\(verdict.rawValue)\"".utf8)), line.pass(",\"image\":"),
            line.pass("null") || line.passAnyQuoted(), line.pass(",\"observationTime\":"),
            line.pass(time)
        else { return false }
        return true
    }

    private mutating func passMetadata(
        _ line: inout LineCursor, _ row: StoredEvent
    ) throws -> Bool {
        guard line.pass(",\"parent\":"), line.pass(quoted: row.parent),
            let creationTime = row.creationTime,
            line.pass(",\"creationTime\":"), line.pass(creationTime),
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
        let list = content.flatMap { DiskListContent.Decoded($0) }
        // Two contents may say the same; only one is what momentlog writes.
        let isCanonical = list?.content.elementsEqual((content ?? "").utf8) == true
        let pieces = isCanonical ? list?.linePieces : nil
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
        passed = nil
        decoded = domains[row.domain]
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
            domain.begin(with: row)
            (domain.uuid, domain.isLive, domain.isDoubtful) = (uuid?.description, true, false)
            let kept = try row.definition.flatMap { try digest($0) }
            isKept = kept == definition.map { Array("\"\($0.hexadecimal)\"".utf8) }
        case .domainRenamed(to: let name): domain.take(name: name)
        case .domainUndefined: domain.isLive = false
        case .settingsChanged(let change): settings.add(change, sequence: recorded.sequence)
        default: break
        }
        domains[row.domain] = domain
        return isNext && isKept && (isOfName || recorded.event.kind == .domainDefined)
            && Int64(recorded.event.kind.column) == row.kind
            && Int64(recorded.sequence) == row.sequence
            && Int64(recorded.commit) == row.commit && Int64(recorded.revision) == row.revision
            && commit.isOf(recorded) && row.checkpoint == nil && row.claims == nil
            && (row.definition == nil || recorded.event.kind == .domainDefined)
            && row.hasNoMetadataButDefinition
            && Array(EventLine.encode(recorded).utf8).elementsEqual(row.line)
    }
}
