import Foundation
package import Moments

extension EventLine {
    /// Reads a canonical line.
    ///
    /// - Throws: ``MomentlogError`` with `too-new` for a payload of a later version
    ///   or an unknown event, which is never skipped; with `corrupt` for anything
    ///   else that is not a line.
    package static func decode(_ line: String) throws(MomentlogError) -> RecordedEvent {
        try decode(line, versions: .known)
    }

    package static func decode(
        _ line: String, versions: PayloadVersions
    ) throws(MomentlogError) -> RecordedEvent {
        var fields: Fields
        do {
            fields = try JSONDecoder().decode(Fields.self, from: Data(line.utf8))
        } catch {
            // A later payload may give the other fields another form.
            if let heading = try? JSONDecoder().decode(Heading.self, from: Data(line.utf8)) {
                _ = try heading.kind(versions)
            }
            throw MomentlogError(
                .corrupt, "a line of the log is no event: \(line.prefix(80))", cause: error)
        }
        let kind = try Heading(
            sequence: fields.sequence, version: fields.version, event: fields.event
        ).kind(versions)
        if versions.knows(fields.version, of: kind) { versions.upcast(&fields, of: kind) }
        guard versions.knows(fields.version, of: kind), let event = fields.recordedEvent,
            (fields.domain == nil) == event.kind.isOfStore,
            let origin = fields.origin.value, let time = Timestamp(rfc3339: fields.time),
            (fields.clockReading == nil) == (fields.clock == nil)
        else {
            throw MomentlogError(
                .corrupt, "event \(fields.sequence) lacks a field or has an impossible one")
        }
        return RecordedEvent(
            sequence: fields.sequence, commit: fields.commit, revision: fields.revision,
            domain: fields.domain, time: time, clock: fields.clockReading,
            provenance: Provenance(
                actor: fields.actor, reason: fields.reason, request: fields.request),
            origin: origin, event: event)
    }

    /// The fields that every version has.
    private struct Heading: Decodable {
        var sequence, version: Int
        var event: String

        func kind(_ versions: PayloadVersions) throws(MomentlogError) -> Event.Kind {
            guard let kind = Event.Kind(rawValue: event), version <= versions.latest(kind) else {
                throw MomentlogError(
                    .tooNew,
                    "event \(sequence) is '\(event)' with payload version \(version), which"
                        + " this momentlog does not know",
                    hint: "use the momentlog that wrote the store, or a later one")
            }
            return kind
        }
    }

    /// A line's fields, whatever its event is.
    package struct Fields: Decodable {
        package var sequence, commit, revision, version: Int
        package var time, event, actor: String
        package var clock, domain, reason, request: String?
        package var origin: OriginFields
        package var uuid, definition, name, checkpoint, parent, description: String?
        package var creationTime: Int64?
        package var disks: [DiskFields]?
        package var claimsCurrent: Bool?
        package var lost: LostFields?
        package var disk, bitmap, verdict, image: String?
        package var observationTime: Int64?
        package var setting, finding: String?
        package var old, new: Bool?

        package var recordedEvent: Event? {
            switch Event.Kind(rawValue: event) {
            case .domainDefined:
                let known = uuid.flatMap { DomainUUID($0) }
                guard let domain, (known == nil) == (uuid == nil), hasDigest else { return nil }
                return .domainDefined(name: domain, uuid: known, definition: digest)
            case .domainRenamed: return name.map { .domainRenamed(to: $0) }
            case .domainUndefined: return .domainUndefined
            case .checkpointCreated: return metadata.map { .checkpointCreated($0) }
            case .checkpointRedefined:
                return metadata.map {
                    .checkpointRedefined($0, claimsCurrent: claimsCurrent ?? false)
                }
            case .checkpointDeleted: return checkpoint.map { .checkpointDeleted($0) }
            case .currentSet: return .currentSet(checkpoint)
            case .bitmapObserved: return observation.map { .bitmapObserved($0) }
            case .findingAcknowledged: return acknowledgement.map { .findingAcknowledged($0) }
            case .settingsChanged: return change.map { .settingsChanged($0) }
            case .lossAccepted:
                return lost.map {
                    .lossAccepted(LostHead(origin: $0.origin, size: $0.size, root: $0.root))
                }
            case nil: return nil
            }
        }

        package var clockReading: Timestamp? { clock.flatMap { Timestamp(rfc3339: $0) } }

        package var digest: DefinitionDigest? {
            definition.flatMap { DefinitionDigest(hexadecimal: $0) }
        }

        /// Whether the definition's digest, if there is one, can be read.
        package var hasDigest: Bool { (digest == nil) == (definition == nil) }

        package var acknowledgement: Acknowledgement? {
            guard let checkpoint, let finding = finding.flatMap({ Finding.Kind(rawValue: $0) })
            else { return nil }
            return Acknowledgement(finding, of: checkpoint)
        }

        package var change: SettingsChange? {
            guard let old, let new,
                let setting = setting.flatMap({ SettingsChange.Setting(rawValue: $0) })
            else { return nil }
            return SettingsChange(setting, from: old, to: new)
        }

        package var observation: BitmapObservation? {
            guard let disk, let bitmap, let observationTime,
                let verdict = verdict.flatMap({ BitmapVerdict(rawValue: $0) })
            else { return nil }
            return BitmapObservation(
                checkpoint: checkpoint, disk: disk, bitmap: bitmap, verdict: verdict,
                image: image, observationTime: observationTime)
        }

        package var metadata: Checkpoint? {
            guard let checkpoint, let creationTime, let disks, hasDigest,
                disks.allSatisfy({ $0.disk != nil })
            else { return nil }
            return Checkpoint(
                name: checkpoint, description: description, parent: parent,
                creationTime: creationTime,
                disks: disks.compactMap(\.disk),
                definition: digest)
        }
    }

    package struct OriginFields: Decodable {
        package var kind: String
        package var file, sha256: String?

        package var value: Origin? {
            switch (kind, file, sha256) {
            case ("import", .some(let file), .some(let sha256)):
                .importedFile(name: file, sha256: sha256)
            case ("import", nil, nil): .importedLibrary
            case ("command", _, _): .commandLine
            case ("library", _, _): .library
            default: nil
            }
        }
    }

    package struct LostFields: Decodable {
        package var origin: String
        package var size: Int
        package var root: String
    }

    package struct DiskFields: Decodable {
        package var name: String
        package var checkpoint: String
        package var bitmap: String?

        package var disk: Disk? {
            Disk.Mode(rawValue: checkpoint).map { Disk(name: name, mode: $0, bitmap: bitmap) }
        }
    }
}
