package import Moments

// The log's knowledge of a kind of event: its number in the database, the keys of its payload, and
// how they are written and read. To add a kind, add its case to `Event` and its meaning to `apply`,
// and add it here. `Event.Kind.isOfStore` states whether a kind is about the store itself.

extension Event.Kind {
    /// The number of the kind in the database, as the schema states it.
    package var column: Int {
        switch self {
        case .domainDefined: 1
        case .domainRenamed: 2
        case .domainUndefined: 3
        case .checkpointCreated: 4
        case .checkpointRedefined: 5
        case .checkpointDeleted: 6
        case .currentSet: 7
        case .lossAccepted: 8
        case .bitmapObserved: 9
        case .settingsChanged: 10
        case .findingAcknowledged: 11
        }
    }

    static let words = LineWords<Event.Kind>()

    /// The version of the payload that is written.
    package var latestVersion: Int { PayloadVersions.known.latest(self) }
}

extension PayloadVersions {
    /// The versions that this momentlog knows: every kind has had one.
    static let known = PayloadVersions(earlier: [:])
}

/// An event's own fields, as its line has them.
package enum EventPayload {
    case domainDefined(uuid: DomainUUID?, definition: DefinitionDigest?)
    case domainRenamed(to: LineText)
    case domainUndefined
    case checkpointCreated(ParsedCheckpoint)
    case checkpointRedefined(ParsedCheckpoint, claimsCurrent: Bool)
    case checkpointDeleted(LineText)
    case currentSet(LineText?)
    case bitmapObserved(ParsedObservation)
    case findingAcknowledged(Finding.Kind, of: LineText)
    case settingsChanged(SettingsChange)
    case lossAccepted(origin: LineText, size: Int, root: LineText)
}

// MARK: - Writing

extension EventLine {
    /// Writes an event's payload in its latest version.
    static func write(_ event: Event, to json: inout JSONText) {
        switch event {
        case .domainDefined(name: _, uuid: let uuid, definition: let definition):
            json.member("uuid", uuid?.description)
            json.member("definition", definition?.hexadecimal)
        case .domainRenamed(to: let name):
            json.member("name", name)
        case .domainUndefined:
            break
        case .checkpointCreated(let checkpoint):
            write(checkpoint, to: &json)
        case .checkpointRedefined(let checkpoint, claimsCurrent: let claims):
            write(checkpoint, to: &json)
            json.member("claimsCurrent", claims)
        case .checkpointDeleted(let name):
            json.member("checkpoint", name)
        case .currentSet(let name):
            json.member("checkpoint", name)
        case .bitmapObserved(let seen):
            json.member("checkpoint", seen.checkpoint)
            json.member("disk", seen.disk)
            json.member("bitmap", seen.bitmap)
            json.member("verdict", seen.verdict.rawValue)
            json.member("image", seen.image)
            json.member("observationTime", seen.observationTime)
        case .findingAcknowledged(let acknowledgement):
            json.member("checkpoint", acknowledgement.checkpoint)
            json.member("finding", acknowledgement.finding.rawValue)
        case .settingsChanged(let change):
            json.member("setting", change.setting.rawValue)
            json.member("old", change.old)
            json.member("new", change.new)
        case .lossAccepted(let lost):
            json.key("lost")
            json.object { json in
                json.member("origin", lost.origin)
                json.member("size", lost.size)
                json.member("root", lost.root)
            }
        }
    }

    private static func write(_ checkpoint: Checkpoint, to json: inout JSONText) {
        json.member("checkpoint", checkpoint.name)
        json.member("parent", checkpoint.parent)
        json.member("creationTime", checkpoint.creationTime.seconds)
        // An empty description is written as null.
        json.member(
            "description", checkpoint.description?.isEmpty == true ? nil : checkpoint.description)
        json.key("disks")
        json.array { json in
            for disk in checkpoint.disks { write(disk, to: &json) }
        }
        json.member("definition", checkpoint.definition?.hexadecimal)
    }

    /// Writes a disk as lines and lists print it.
    package static func write(_ disk: Disk, to json: inout JSONText) {
        json.object { json in
            json.member("name", disk.name)
            json.member("checkpoint", disk.mode.rawValue)
            json.member("bitmap", disk.bitmap)
        }
    }
}

// MARK: - Reading

extension EventPayload {
    /// Reads the payload of a kind in its latest version.
    init(_ kind: Event.Kind, _ reader: inout LineReader) throws(LineProblem) {
        switch kind {
        case .domainDefined:
            try reader.key(",\"uuid\":")
            let uuid = try reader.optionalUUID()
            try reader.key(",\"definition\":")
            self = .domainDefined(uuid: uuid, definition: try reader.optionalDigest())
        case .domainRenamed:
            try reader.key(",\"name\":")
            self = .domainRenamed(to: try reader.text())
        case .domainUndefined:
            self = .domainUndefined
        case .checkpointCreated:
            self = .checkpointCreated(try ParsedCheckpoint(&reader))
        case .checkpointRedefined:
            let checkpoint = try ParsedCheckpoint(&reader)
            try reader.key(",\"claimsCurrent\":")
            self = .checkpointRedefined(checkpoint, claimsCurrent: try reader.flag())
        case .checkpointDeleted:
            try reader.key(",\"checkpoint\":")
            self = .checkpointDeleted(try reader.text())
        case .currentSet:
            try reader.key(",\"checkpoint\":")
            self = .currentSet(try reader.optionalText())
        case .bitmapObserved:
            self = .bitmapObserved(try ParsedObservation(&reader))
        case .findingAcknowledged:
            try reader.key(",\"checkpoint\":")
            let name = try reader.text()
            try reader.key(",\"finding\":")
            self = .findingAcknowledged(
                try reader.word(of: Self.findings, "a kind of finding"), of: name)
        case .settingsChanged:
            try reader.key(",\"setting\":")
            let setting = try reader.word(of: Self.settings, "a setting")
            try reader.key(",\"old\":")
            let old = try reader.flag()
            try reader.key(",\"new\":")
            self = .settingsChanged(SettingsChange(setting, from: old, to: try reader.flag()))
        case .lossAccepted:
            try reader.key(",\"lost\":")
            try reader.key("{\"origin\":")
            let origin = try reader.text()
            try reader.key(",\"size\":")
            let size = try reader.size()
            try reader.key(",\"root\":")
            self = .lossAccepted(origin: origin, size: size, root: try reader.text())
            try reader.expect("}")
        }
    }

    private static let findings = LineWords<Finding.Kind>()
    private static let settings = LineWords<SettingsChange.Setting>()

    /// The event, with newly allocated values.
    ///
    /// - Parameter domain: The domain that the line names.
    package func event(domain: LineText?) -> Event {
        switch self {
        case .domainDefined(uuid: let uuid, definition: let definition):
            .domainDefined(name: domain?.string ?? "", uuid: uuid, definition: definition)
        case .domainRenamed(to: let name): .domainRenamed(to: name.string)
        case .domainUndefined: .domainUndefined
        case .checkpointCreated(let checkpoint): .checkpointCreated(checkpoint.checkpoint)
        case .checkpointRedefined(let checkpoint, claimsCurrent: let claims):
            .checkpointRedefined(checkpoint.checkpoint, claimsCurrent: claims)
        case .checkpointDeleted(let name): .checkpointDeleted(name.checkpointName)
        case .currentSet(let name): .currentSet(name?.checkpointName)
        case .bitmapObserved(let seen): .bitmapObserved(seen.observation)
        case .findingAcknowledged(let finding, of: let name):
            .findingAcknowledged(Acknowledgement(finding, of: name.checkpointName))
        case .settingsChanged(let change): .settingsChanged(change)
        case .lossAccepted(origin: let origin, size: let size, root: let root):
            .lossAccepted(LostHead(origin: origin.string, size: size, root: root.string))
        }
    }

    /// The name of the checkpoint that the event is about, if it is about one.
    package var checkpointName: LineText? {
        switch self {
        case .domainDefined, .domainRenamed, .domainUndefined: nil
        case .settingsChanged, .lossAccepted: nil
        case .checkpointCreated(let checkpoint): checkpoint.name
        case .checkpointRedefined(let checkpoint, claimsCurrent: _): checkpoint.name
        case .checkpointDeleted(let name): name
        case .currentSet(let name): name
        case .bitmapObserved(let seen): seen.checkpoint
        case .findingAcknowledged(_, of: let name): name
        }
    }
}

/// The verdict on one bitmap in a line.
package struct ParsedObservation {
    package let checkpoint: LineText?
    package let disk: LineText
    package let bitmap: LineText
    package let verdict: BitmapVerdict
    package let image: LineText?
    package let observationTime: Int64

    private static let verdicts = LineWords<BitmapVerdict>()

    init(_ reader: inout LineReader) throws(LineProblem) {
        try reader.key(",\"checkpoint\":")
        checkpoint = try reader.optionalText()
        try reader.key(",\"disk\":")
        disk = try reader.text()
        try reader.key(",\"bitmap\":")
        bitmap = try reader.text()
        try reader.key(",\"verdict\":")
        verdict = try reader.word(of: Self.verdicts, "a verdict")
        try reader.key(",\"image\":")
        image = try reader.optionalText()
        try reader.key(",\"observationTime\":")
        observationTime = try reader.integer()
    }

    /// The observation, with newly allocated texts.
    package var observation: BitmapObservation {
        BitmapObservation(
            checkpoint: checkpoint?.checkpointName, disk: disk.string, bitmap: bitmap.string,
            verdict: verdict, image: image?.string, observationTime: observationTime)
    }
}
