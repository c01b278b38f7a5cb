package import Moments

/// The canonical line of an event: the JSON object whose bytes are a leaf of the
/// log's Merkle tree, and which `log --format jsonl` prints.
///
/// Keys stand in a fixed order: the place in the log, the provenance, then the
/// event's own fields. A field of the event that has no value is null; a reason
/// or request that was not given, and a clock that was not set back, are left out.
package enum EventLine {
    /// The line of an event, without a line feed.
    package static func encode(_ recorded: RecordedEvent) -> String {
        String(decoding: bytes(recorded), as: UTF8.self)
    }

    /// As ``encode(_:)``, in UTF-8.
    package static func bytes(_ recorded: RecordedEvent) -> [UInt8] {
        var json = JSONText(capacity: 512)
        json.object { json in
            json.member("sequence", recorded.sequence)
            json.member("commit", recorded.commit)
            json.member("revision", recorded.revision)
            json.member("domain", recorded.domain)
            json.member("time", recorded.time.description)
            if let clock = recorded.clock { json.member("clock", clock.description) }
            json.member("event", recorded.event.kind.rawValue)
            json.member("version", PayloadVersions.known.latest(recorded.event.kind))
            json.member("actor", recorded.provenance.actor)
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

    /// An event that is only planned, in the form of a line: what its place in the log and
    /// its provenance will be is left out.
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

    private static func write(_ origin: Origin, to json: inout JSONText) {
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
            }
        }
    }

    private static func write(_ event: Event, to json: inout JSONText) {
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
        json.member("creationTime", checkpoint.creationTime)
        json.member("description", checkpoint.description)
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
