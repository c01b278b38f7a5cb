import EventLog
import Foundation
import GRDB
import Moments

/// A place that does not say what an event's line says.
struct LineDifference {
    let kind: Verification.Kind
    let place: StorePlace
    let message: String
}

extension StoredLine {
    /// Where an event's line and what is kept beside it differ, once it is known that they do:
    /// called after ``isAsStored(_:)``, for the same row. Empty if they differ only in what an
    /// altered line before told of the domain.
    mutating func differences(of row: StoredEvent) throws -> [LineDifference] {
        let sequence = Int(row.sequence)
        let text = String(decoding: row.line, as: UTF8.self)
        guard let recorded = try? EventLine.decode(text) else {
            domains[row.domain, default: StoredDomain()].revision = row.revision
            domains[row.domain]?.isDoubtful = true
            return [.event(sequence, "line", "event \(sequence)'s line is no event")]
        }
        var found = differences(of: row, recorded)
        if !EventLine.encode(recorded).utf8.elementsEqual(row.line) {
            found.append(
                .event(sequence, "line", "event \(sequence)'s line is not written as lines are"))
        }
        found += commitDifferences(of: recorded)
        found += metadataDifferences(of: row, recorded)
        found += try definitionDifferences(of: row, recorded.event)
        found += try diskDifferences(of: row, recorded.event)
        return found
    }

    /// The place in the log, and the domain.
    private mutating func differences(
        of row: StoredEvent, _ recorded: RecordedEvent
    ) -> [LineDifference] {
        let sequence = Int(row.sequence)
        var found: [LineDifference] = []
        func compare(_ column: String, _ kept: Int64, _ told: Int64) {
            if kept != told { found.append(.event(sequence, column, kept, told)) }
        }
        compare("sequence", row.sequence, Int64(recorded.sequence))
        compare("number", row.commit, Int64(recorded.commit))
        compare("revision", row.revision, Int64(recorded.revision))
        compare("kind", row.kind, Int64(recorded.event.kind.column))
        if found.isEmpty, row.commit != commit.number {
            found.append(
                .event(
                    sequence, "number",
                    "event \(sequence) is of commit \(row.commit), and stands among those of"
                        + " commit \(commit.number)"))
        }
        let last = before?.revision ?? 0
        if found.isEmpty && row.revision != last &+ 1 {
            found.append(
                .event(
                    sequence, "domain",
                    "event \(sequence) is revision \(row.revision) of domain \(row.domain), behind"
                        + " revision \(last)"))
        }
        let isBegun = recorded.event.kind == .domainDefined
        guard let name = recorded.domain, !isBegun, !recorded.domain.hasSameBytes(as: before?.name)
        else {
            return found
        }
        if before?.isDoubtful != true, before?.name != nil {
            found.append(
                .event(
                    sequence, "domain",
                    "event \(sequence) is of the domain '\(name.clipped)' by its line, and of"
                        + " domain \(row.domain), '\((before?.name ?? "").clipped)', by its row"))
        } else if before == nil {
            domains[row.domain, default: StoredDomain()].revision = row.revision
            domains[row.domain]?.isDoubtful = true
        }
        if domains[row.domain]?.isDoubtful == true, recorded.event.kind != .domainRenamed {
            domains[row.domain]?.take(name: name)
        }
        return found
    }

    private func commitDifferences(of recorded: RecordedEvent) -> [LineDifference] {
        guard let kept = commit.recorded, commit.number == Int64(recorded.commit) else { return [] }
        let number = Int(commit.number)
        var found: [LineDifference] = []
        func compare(_ column: String, _ kept: String?, _ told: String?) {
            guard !kept.hasSameBytes(as: told) else { return }
            found.append(
                LineDifference(
                    kind: .alteredCommit, place: .commit(number, column),
                    message: "commit \(number)'s \(column) is \(kept.shown), and its events' lines"
                        + " say \(told.shown)"))
        }
        compare("time", kept.time.description, recorded.time.description)
        compare("actor", kept.provenance.actor, recorded.provenance.actor)
        compare("reason", kept.provenance.reason, recorded.provenance.reason)
        compare("request", kept.provenance.request, recorded.provenance.request)
        return found
    }

    private func metadataDifferences(
        of row: StoredEvent, _ recorded: RecordedEvent
    ) -> [LineDifference] {
        let sequence = Int(row.sequence)
        let told = EventMetadata(of: recorded.event)
        var found: [LineDifference] = []
        func compare(_ column: String, _ kept: UnsafeRawBufferPointer?, _ told: String?) {
            let isSame =
                kept.map { kept in told?.utf8.elementsEqual(kept) ?? false } ?? (told == nil)
            guard !isSame else { return }
            let text = kept.map { String(decoding: $0, as: UTF8.self) }
            found.append(
                .event(
                    sequence, column,
                    "event \(sequence)'s \(column) is \(text.shown), and its line says"
                        + " \(told.shown)"))
        }
        compare("checkpoint", row.checkpoint, told.checkpoint)
        compare("parent", row.parent, told.parent)
        compare("description", row.description, told.description)
        compare("disk", row.disk, told.disk)
        for (column, kept, told) in [
            ("creation_time", row.creationTime, told.creationTime),
            ("claims", row.claims, told.claims), ("verdict", row.verdict, told.verdict),
        ] where kept != told {
            found.append(.event(sequence, column, kept, told))
        }
        return found
    }

    private mutating func definitionDifferences(
        of row: StoredEvent, _ event: Event
    ) throws -> [LineDifference] {
        let sequence = Int(row.sequence)
        guard let told = EventMetadata(of: event).definition else {
            return row.definition.map { [.event(sequence, "definition", $0, nil)] } ?? []
        }
        guard let number = row.definition else {
            return [
                .event(
                    sequence, "definition",
                    "event \(sequence) has no definition, and its line names \(told)")
            ]
        }
        let kept = try Row.fetchOne(
            database, sql: "SELECT sha256 FROM definition WHERE id = ?", arguments: [number])
        let digest: Data? = kept.flatMap { $0.readable(0) }
        guard digest != Data(told.bytes) else { return [] }
        let elsewhere = try Int64.fetchOne(
            database, sql: "SELECT id FROM definition WHERE sha256 = ?",
            arguments: [Data(told.bytes)])
        if let elsewhere {
            let named = LineDifference.event(
                sequence, "definition",
                "event \(sequence)'s definition is \(number), and its line names \(elsewhere)")
            return [named] + (try strays("definition", elsewhere, kept == nil))
        }
        let place = StorePlace(
            table: "definition", row: String(number), column: kept == nil ? nil : "sha256")
        return [
            LineDifference(
                kind: .alteredDefinition, place: place,
                message: kept == nil
                    ? "definition \(number) is not there, and events name it"
                    : "definition \(number)'s digest is not the one that events' lines name")
        ]
    }

    private mutating func diskDifferences(
        of row: StoredEvent, _ event: Event
    ) throws -> [LineDifference] {
        let sequence = Int(row.sequence)
        let told = EventMetadata(of: event)
        guard let checkpoint = told.checkpoint, !told.disks.isEmpty else {
            return row.disks.map { [.event(sequence, "disks", $0, nil)] } ?? []
        }
        guard let number = row.disks else {
            return [
                .event(sequence, "disks", "event \(sequence) has no disks, and its line names some")
            ]
        }
        let content = DiskListContent.encode(told.disks, of: checkpoint)
        let kept = try Row.fetchOne(
            database, sql: "SELECT content FROM disk_list WHERE id = ?", arguments: [number])
        let list: String? = kept.flatMap { $0.readable(0) }
        guard !list.hasSameBytes(as: content) else { return [] }
        let elsewhere = try Int64.fetchOne(
            database, sql: "SELECT id FROM disk_list WHERE content = ?", arguments: [content])
        if let elsewhere {
            let named = LineDifference.event(
                sequence, "disks",
                "event \(sequence)'s disks are list \(number), and its line names list"
                    + " \(elsewhere)")
            return [named] + (try strays("disk_list", elsewhere, kept == nil))
        }
        let place = StorePlace(
            table: "disk_list", row: String(number), column: kept == nil ? nil : "content")
        return [
            LineDifference(
                kind: .alteredTable, place: place,
                message: kept == nil
                    ? "disk list \(number) is not there, and events name it"
                    : "disk list \(number) does not say what its events' lines say")
        ]
    }

    /// A row that lines tell of and no event names: it may be its number that was altered.
    private mutating func strays(
        _ table: String, _ number: Int64, _ isNamedMissing: Bool
    ) throws -> [LineDifference] {
        guard isNamedMissing else { return [] }
        let place = StorePlace(table: table, row: String(number), column: "id")
        if isNamed[place] == nil {
            let column = table == "definition" ? "definition" : "disks"
            isNamed[place] =
                try Bool.fetchOne(
                    database, sql: "SELECT 1 FROM event WHERE \(column) = ? LIMIT 1",
                    arguments: [number])
                ?? false
        }
        guard isNamed[place] == false else { return [] }
        return [
            LineDifference(
                kind: table == "definition" ? .alteredDefinition : .alteredTable, place: place,
                message: "no event names the \(table) \(number), and lines tell of what it holds")
        ]
    }
}

extension LineDifference {
    fileprivate static func event(
        _ sequence: Int, _ column: String, _ message: String
    ) -> LineDifference {
        LineDifference(
            kind: .alteredEvent, place: .event(sequence, column), message: message)
    }

    fileprivate static func event(
        _ sequence: Int, _ column: String, _ kept: Int64?, _ told: Int64?
    ) -> LineDifference {
        event(
            sequence, column,
            "event \(sequence)'s \(column) is \(kept.map(String.init) ?? "empty"), and its line"
                + " says \(told.map(String.init) ?? "nothing of it")")
    }
}

/// What an event says that stands in columns of its own.
private struct EventMetadata {
    var checkpoint: String?
    var parent: String?
    var creationTime: Int64?
    var description: String?
    var claims: Int64?
    var definition: DefinitionDigest?
    var disks: [Disk] = []
    var disk: String?
    var verdict: Int64?

    init(of event: Event) {
        switch event {
        case .domainDefined(name: _, uuid: _, let definition): self.definition = definition
        case .checkpointCreated(let checkpoint): take(checkpoint)
        case .checkpointRedefined(let checkpoint, let claims):
            take(checkpoint)
            self.claims = claims ? 1 : nil
        case .checkpointDeleted(let name): checkpoint = name
        case .currentSet(let name): checkpoint = name
        case .bitmapObserved(let seen):
            checkpoint = seen.checkpoint
            creationTime = seen.observationTime
            disk = seen.disk
            verdict = Int64(seen.verdict.column)
        case .findingAcknowledged(let acknowledgement): checkpoint = acknowledgement.checkpoint
        case .domainRenamed, .domainUndefined, .settingsChanged, .lossAccepted: break
        }
    }

    private mutating func take(_ told: Checkpoint) {
        checkpoint = told.name
        parent = told.parent
        creationTime = told.creationTime
        description = told.description
        definition = told.definition
        disks = told.disks
    }
}

extension String {
    /// The text, or its beginning if it is a long one.
    var clipped: String { utf8.count <= 60 ? self : String(unicodeScalars.prefix(40)) + "…" }
}

extension String? {
    fileprivate var shown: String { map { "'\($0.clipped)'" } ?? "empty" }
}
