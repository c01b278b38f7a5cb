package import Moments

/// The canonical line of an event: the JSON object whose bytes are a leaf of the
/// log's Merkle tree, and which `log --format jsonl` prints.
///
/// Keys stand in a fixed order: the place in the log, the provenance, then the
/// event's own fields. A field of the event that has no value is null; a reason
/// or request that was not given is left out.
package enum EventLine {
    /// The version of the payloads that are written.
    static let version = 1

    /// The line of an event, without a line feed.
    package static func encode(_ recorded: RecordedEvent) -> String {
        var json = JSONText()
        json.object { json in
            json.key("sequence")
            json.value(recorded.sequence)
            json.key("commit")
            json.value(recorded.commit)
            json.key("revision")
            json.value(recorded.revision)
            json.key("domain")
            json.value(recorded.domain)
            json.key("time")
            json.value(recorded.time.description)
            json.key("event")
            json.value(recorded.event.kind.rawValue)
            json.key("version")
            json.value(version)
            json.key("actor")
            json.value(recorded.provenance.actor)
            if let reason = recorded.provenance.reason {
                json.key("reason")
                json.value(reason)
            }
            json.key("origin")
            write(recorded.origin, to: &json)
            if let request = recorded.provenance.request {
                json.key("request")
                json.value(request)
            }
            write(recorded.event, to: &json)
        }
        return json.text
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
                json.key("file")
                json.value(name)
                json.key("sha256")
                json.value(sha256)
            }
        }
    }

    private static func write(_ event: Event, to json: inout JSONText) {
        switch event {
        case .domainDefined(name: _, uuid: let uuid, definition: let definition):
            json.key("uuid")
            json.value(uuid?.description)
            json.key("definition")
            json.value(definition?.hexadecimal)
        case .domainRenamed(to: let name):
            json.key("name")
            json.value(name)
        case .domainUndefined:
            break
        case .checkpointCreated(let checkpoint):
            write(checkpoint, to: &json)
        case .checkpointRedefined(let checkpoint, claimsCurrent: let claims):
            write(checkpoint, to: &json)
            json.key("claimsCurrent")
            json.value(claims)
        case .checkpointDeleted(let name):
            json.key("checkpoint")
            json.value(name)
        case .currentSet(let name):
            json.key("checkpoint")
            json.value(name)
        }
    }

    private static func write(_ checkpoint: Checkpoint, to json: inout JSONText) {
        json.key("checkpoint")
        json.value(checkpoint.name)
        json.key("parent")
        json.value(checkpoint.parent)
        json.key("creationTime")
        json.value(checkpoint.creationTime)
        json.key("description")
        json.value(checkpoint.description)
        json.key("disks")
        json.array { json in
            for disk in checkpoint.disks { write(disk, to: &json) }
        }
        json.key("definition")
        json.value(checkpoint.definition?.hexadecimal)
    }

    /// Writes a disk as lines and lists print it.
    package static func write(_ disk: Disk, to json: inout JSONText) {
        json.object { json in
            json.key("name")
            json.value(disk.name)
            json.key("checkpoint")
            json.value(disk.mode.rawValue)
            json.key("bitmap")
            json.value(disk.bitmap)
        }
    }
}
