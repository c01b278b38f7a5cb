import Foundation
import GRDB
import Moments

@testable import EventLog
@testable import SQLiteEventLog

/// A store that holds some of everything, and what is done to it.
struct CheckedStore {
    let folder: TemporaryFolder
    /// The database and the head file as they were made.
    private let database: Data
    let head: Data

    /// Made once: each commit waits for the disk.
    private static let made = Task {
        let folder = try TemporaryFolder()
        try await fill(folder)
        return (try bytes(of: folder.store), try bytes(of: folder.store + ".head"))
    }

    init() async throws {
        folder = try TemporaryFolder()
        (database, head) = try await Self.made.value
        try reset()
    }

    static let definition = Array("<domain type='kvm'>\n  <name>vm</name></domain>".utf8)

    private static let observation = DomainObservation(
        time: Timestamp(seconds: 1_795_000_000),
        connection: LibvirtConnection(uri: "qemu:///system", host: "h\u{E9}", version: "9.0.0"),
        checkpoints: [
            DomainObservation.ObservedCheckpoint(name: "a", creationTime: -5),
            DomainObservation.ObservedCheckpoint(name: "b", creationTime: -5),
        ])

    /// Makes a store of 4 domains: an import of three checkpoints with definitions and disks;
    /// requests, one of which led to nothing; a clock that was set back; a rename; a domain that
    /// is gone; what was seen of images; snapshots; and an observation.
    private static func fill(_ folder: TemporaryFolder) async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let named = digest(of: definition)
        var receipt = try await log.append(
            .defining("vm \"1\"", uuid: sampleUUID(1), definition: definition))
        var library = PendingCommit.appending(
            ["a", "b", "c"].flatMap { (name: CheckpointName) -> [Event] in
                [
                    .checkpointRedefined(
                        Checkpoint(
                            name: name, parent: name == "a" ? nil : "a", creationTime: -5,
                            disks: [
                                Disk(name: "vda", bitmap: name.text), Disk(name: "vdb", mode: .no),
                            ],
                            definition: named), claimsCurrent: name == "b"),
                    .currentSet(name),
                ]
            }, after: receipt, named: "vm \"1\"")
        for index in library.entries.indices {
            library.entries[index].origin =
                index.isMultiple(of: 2)
                ? .importedFile(
                    name: "\(index) \"\\é.xml", sha256: String(repeating: "ab", count: 32))
                : .importedLibrary
        }
        receipt = try await log.append(library)
        try await log.keepSnapshot(of: log.replay(receipt.domain), receipt.domain)
        if let uuid = sampleUUID(1) { try await log.store([uuid: observation]) }
        let other = try await log.append(
            .defining("other", definition: Array("<domain/>".utf8)))
        var odd = PendingCommit.appending(
            [
                .checkpointCreated(
                    Checkpoint(
                        name: "d", description: "tab\t \"quoted\" \\ \u{1} ü\u{2028}", parent: "c",
                        creationTime: CreationTime(seconds: .max),
                        disks: [Disk(name: "/img/ü\".qcow2", bitmap: "other"), Disk(name: "vdc")],
                        definition: named)),
                .currentSet("d"),
            ], after: receipt, named: "vm \"1\"")
        odd.time = Timestamp(seconds: 1)
        odd.provenance = Provenance(actor: "me \\", reason: "be\"cause\n", request: "r\"1")
        odd.request = RequestRecord(
            name: "r\"1", fingerprint: [UInt8](repeating: 7, count: 32), domain: "vm \"1\"",
            revision: 0)
        receipt = try await log.append(odd)
        var renaming = PendingCommit.appending(
            [.checkpointDeleted("b"), .currentSet(nil), .domainRenamed(to: "vm2")],
            after: receipt, named: "vm \"1\"")
        renaming.provenance.request = "r2"
        renaming.request = RequestRecord(
            name: "r2", fingerprint: [UInt8](repeating: 8, count: 32), domain: "vm2", revision: 0)
        receipt = try await log.append(renaming)
        try await log.keepSnapshot(of: log.replay(receipt.domain), receipt.domain)
        _ = try await log.append(.appending([.domainUndefined], after: other, named: "other"))
        for name in ["k", "l"] {
            let plain = try await log.append(.defining(name))
            _ = try await log.append(
                .appending(Event.creating("c1"), after: plain, named: name))
        }
        _ = try await log.append(
            .appending(
                [("a", "vda", .valid), ("c", "/img/ü\".qcow2", .gapInChain), (nil, "vda", .orphan)]
                    .map { checkpoint, disk, verdict in
                        .bitmapObserved(
                            BitmapObservation(
                                checkpoint: checkpoint.map { CheckpointName($0) }, disk: disk,
                                bitmap: checkpoint ?? "x",
                                verdict: verdict, image: "/img/a", observationTime: 7))
                    }, after: receipt, named: "vm2"))
        _ = try await log.append(
            [],
            keeping: [RequestRecord(name: "idle", fingerprint: [1], domain: "k", revision: 3)])
        await log.close()
    }

    /// Puts everything back as it was made.
    func reset(_ database: Data? = nil, head: Data? = nil) throws {
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: folder.store + suffix)
        }
        try (database ?? self.database).write(to: URL(fileURLWithPath: folder.store))
        try (head ?? self.head).write(to: URL(fileURLWithPath: folder.store + ".head"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: folder.store)
    }

    var bytesOfDatabase: Data { database }

    func check() async throws -> Verification {
        try await SQLiteEventLog.check(path: folder.store)
    }

    /// Changes the database with no trigger in the way, and leaves the triggers there.
    func change<Value>(_ body: (Database) throws -> Value) throws -> Value {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: folder.store, configuration: configuration)
        let value = try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = OFF")
            let triggers = try Row.fetchAll(
                database, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            for trigger in triggers {
                try database.execute(sql: "DROP TRIGGER \(trigger[0] as String)")
            }
            let value = try body(database)
            for trigger in triggers { try database.execute(sql: trigger[1]) }
            return value
        }
        try queue.close()
        return value
    }

    /// All that the tables hold, as text.
    func content() throws -> String {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: folder.store, configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { database in
            try [
                "event", "log_commit", "definition", "domain", "store", "request", "snapshot",
                "sqlite_schema",
            ].map { table in
                try Row.fetchAll(database, sql: "SELECT * FROM \(table)").map { row in
                    row.map { $0.1.description }.joined(separator: "|")
                }.joined(separator: "\n")
            }.joined(separator: "\n\n")
        }
    }
}
