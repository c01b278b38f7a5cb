import Crypto
import EventLog
import Moments
import SQLiteEventLog

extension Instruction {
    /// The SHA-256 of command, domain, arguments and creation time, which is the same for two
    /// instructions that request the same. Actor, reason and expected revision do not count.
    ///
    /// - Complexity: O(*n*) in the arguments; definitions count with their digests.
    var fingerprint: [UInt8] {
        var json = JSONText()
        json.object { json in
            json.member("domain", domain)
            json.member("at", creationTime?.seconds)
            if case .revert = command, let writtenMoment {
                json.member("command", "revert")
                json.member("to", writtenMoment)
            } else {
                command.write(to: &json)
            }
            // The images may have changed when it is repeated.
            if validation != nil { json.member("validated", true) }
        }
        return Array(SHA256.hash(data: json.bytes))
    }
}

extension Command {
    /// The form is stored: what is written here for a command never changes.
    fileprivate func write(to json: inout JSONText) {
        switch self {
        case .create(let request):
            json.member("command", "create")
            json.member("name", request.name)
            json.member("description", request.description)
            json.write(request.disks)
        case .redefine(let redefinitions):
            json.member("command", "redefine")
            json.key("checkpoints")
            json.array { json in
                for redefinition in redefinitions {
                    json.object { json in json.write(redefinition) }
                }
            }
        case .record(let checkpoints, let current):
            json.member("command", "record")
            // Absent where none is named: earlier requests were fingerprinted without.
            if let current { json.member("current", current) }
            json.key("checkpoints")
            json.array { json in
                for checkpoint in checkpoints {
                    json.object { json in json.write(checkpoint) }
                }
            }
        case .adopt:
            // Its files are fingerprinted unchanged; see ``RequestFingerprint``.
            json.member("command", "import")
        case .pull(let pull):
            // The observation may have changed when it is repeated.
            json.member("command", "pull")
            json.member("uuid", pull.observed.uuid?.description)
            json.member("acceptGone", pull.acceptsGone ? 1 : 0)
            json.member("definitions", pull.recordsDefinitions ? 1 : 0)
            if pull.recordsPruned { json.member("pruned", 1) }
            if pull.keepsLost { json.member("keepLost", 1) }
        case .acknowledge(let acknowledgement):
            json.member("command", "acknowledge")
            json.member("finding", acknowledgement.finding.rawValue)
            json.member("checkpoint", acknowledgement.checkpoint)
        case .delete(let name, let scope):
            json.member("command", "delete")
            json.member("name", name)
            json.member("scope", scope.rawValue)
        case .deleteEach(let names):
            json.member("command", "delete-each")
            json.key("names")
            json.array { json in for name in names { json.value(name.text) } }
        case .setCurrent(let name):
            json.member("command", "set-current")
            json.member("name", name)
        case .repair(let repair):
            json.member("command", "mend")
            json.key("parents")
            json.array { json in
                for (name, parent) in repair.parents.sorted(by: { $0.key < $1.key }) {
                    json.array { json in
                        json.value(name.text)
                        json.value(parent.text)
                    }
                }
            }
            json.member("current", repair.current)
        case .observe(let report):
            json.member("command", "observe")
            json.key("disks")
            json.array { json in
                for entry in report.entries { json.write(entry) }
            }
        case .revert(to: let when):
            json.member("command", "revert")
            json.member("to", when.description)
        case .prune(let retention):
            json.member("command", "prune")
            json.write(retention)
        case .define(name: let name, uuid: let uuid, definition: let definition):
            json.member("command", "define")
            json.member("name", name)
            json.member("uuid", uuid?.description)
            json.member("definition", definition.description)
        case .rename(to: let name):
            json.member("command", "rename")
            json.member("name", name)
        case .undefine(deletingCheckpoints: let deletes):
            json.member("command", "undefine")
            json.key("checkpoints")
            json.value(deletes)
        }
    }
}

extension JSONText {
    fileprivate mutating func write(_ disks: [Disk]) {
        key("disks")
        array { json in
            for disk in disks {
                json.array { json in
                    json.value(disk.name)
                    json.value(disk.mode.rawValue)
                    json.value(disk.bitmap)
                }
            }
        }
    }

    fileprivate mutating func write(_ retention: Retention) {
        key("rules")
        array { json in
            json.value(retention.last)
            json.value(retention.hourly)
            json.value(retention.daily)
            json.value(retention.weekly)
            json.value(retention.monthly)
            json.value(retention.yearly)
        }
        member("within", retention.within?.description)
        key("names")
        array { json in
            for name in retention.names.sorted() { json.value(name.text) }
        }
        member("keepsLastValid", retention.keepsLastValid)
    }

    fileprivate mutating func write(_ entry: ImageReport.Entry) {
        array { json in
            json.value(entry.disk)
            for image in entry.chain.images {
                json.value(image.path)
                json.value(image.format)
                json.array { json in
                    for bitmap in image.bitmaps {
                        json.value(bitmap.name)
                        json.value(bitmap.isRecording)
                        json.value(bitmap.isInconsistent)
                        json.value(bitmap.isPersistent)
                    }
                }
            }
        }
    }

    fileprivate mutating func write(_ redefinition: Redefinition) {
        let checkpoint = redefinition.checkpoint
        member("name", checkpoint.name)
        member("description", checkpoint.description)
        member("parent", checkpoint.parent)
        member("creationTime", checkpoint.creationTime.seconds)
        write(checkpoint.disks)
        member("definition", checkpoint.definition?.description)
        member("claimsCurrent", redefinition.claimsCurrent.map { $0 ? 1 : 0 })
    }
}
