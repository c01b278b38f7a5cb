import Crypto
import EventLog
import Foundation
import GRDB
import Moments

/// A domain's last observation in the database: evidence that nothing proves.
///
/// A row that is damaged is skipped, as if there were none.
struct StoredObservation {
    static let columns =
        "uuid, time, uri, host, libvirt, is_persistent, checkpoints, pruned, sha256"

    let uuid: String
    private let time: Int64
    private let uri: String
    private let host: String
    private let libvirt: String
    private let isPersistent: Bool
    private let checkpoints: String?
    private let pruned: String

    /// - Throws: ``MomentlogError`` with `usage` for an observation that states neither checkpoints
    ///   nor what was pruned.
    init(_ observation: DomainObservation, of domain: DomainUUID) throws(MomentlogError) {
        guard observation.isObserved || !observation.pruned.isEmpty else {
            throw MomentlogError(
                .usage, "the checkpoints of the observation of domain \(domain) are not known")
        }
        uuid = domain.description
        time = observation.time.microseconds
        uri = observation.connection.uri
        host = observation.connection.host
        libvirt = observation.connection.version
        isPersistent = observation.isPersistent
        checkpoints = observation.checkpoints.map { Self.lines($0) }
        pruned = observation.pruned.sorted { $0.revision < $1.revision }
            .map { "\($0.revision) \($0.checkpoint.creationTime) \($0.checkpoint.name)\n" }.joined()
    }

    private typealias Checkpoint = DomainObservation.ObservedCheckpoint

    private static func lines(_ checkpoints: Set<Checkpoint>) -> String {
        checkpoints.sorted { ($0.name, $0.creationTime) < ($1.name, $1.creationTime) }
            .map { "\($0.creationTime) \($0.name)\n" }.joined()
    }

    /// Nil if it has another form.
    private static func checkpoints(in lines: String) -> Set<Checkpoint>? {
        var found: Set<Checkpoint> = []
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let creationTime = Int64(parts[0]) else { return nil }
            found.insert(
                Checkpoint(
                    name: CheckpointName(String(parts[1])),
                    creationTime: CreationTime(seconds: creationTime)))
        }
        return found
    }

    /// Reads a row of ``columns``; nil if it is damaged.
    init?(_ row: Row) {
        guard let uuid: String = row.readable(0), let time: Int64 = row.readable(1),
            let uri: String = row.readable(2), let host: String = row.readable(3),
            let libvirt: String = row.readable(4), let isPersistent: Int64 = row.readable(5),
            let pruned: String = row.readable(7), let sha256: Data = row.readable(8)
        else { return nil }
        self.uuid = uuid
        self.time = time
        self.uri = uri
        self.host = host
        self.libvirt = libvirt
        self.isPersistent = isPersistent == 1
        checkpoints = row.readable(6)
        self.pruned = pruned
        guard checksum == sha256, domain?.description == uuid, observation != nil else {
            return nil
        }
    }

    private static func prunings(
        in lines: String
    ) -> Set<DomainObservation.PrunedCheckpoint>? {
        var found: Set<DomainObservation.PrunedCheckpoint> = []
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 2)
            guard parts.count == 3, let revision = Int(parts[0]),
                let creationTime = Int64(parts[1])
            else { return nil }
            found.insert(
                .init(
                    Checkpoint(
                        name: CheckpointName(String(parts[2])),
                        creationTime: CreationTime(seconds: creationTime)),
                    revision: revision))
        }
        return found
    }

    var domain: DomainUUID? { DomainUUID(uuid) }

    /// Nil if the list of checkpoints has another form.
    var observation: DomainObservation? {
        guard let pruned = Self.prunings(in: pruned) else { return nil }
        var found: Set<Checkpoint>?
        if let checkpoints {
            found = Self.checkpoints(in: checkpoints)
            if found == nil { return nil }
        }
        return DomainObservation(
            time: Timestamp(microseconds: time),
            connection: LibvirtConnection(uri: uri, host: host, version: libvirt),
            isPersistent: isPersistent, checkpoints: found, pruned: pruned)
    }

    /// Stores an observation of a domain in place of what is known of it.
    static func store(
        _ observation: DomainObservation, of domain: DomainUUID, in database: Database
    ) throws {
        let find = try database.cachedStatement(
            sql: "SELECT \(columns) FROM observation WHERE uuid = ?")
        let known = try Row.fetchOne(find, arguments: [domain.description])
            .flatMap { StoredObservation($0) }
        try StoredObservation(observation.replacing(known?.observation), of: domain)
            .insert(into: database)
    }

    private func insert(into database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO observation (\(Self.columns))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            uuid, time, uri, host, libvirt, isPersistent, checkpoints, pruned, checksum,
        ])
    }

    private var checksum: Data {
        var hash = SHA256()
        for text in [uuid, uri, host, libvirt, checkpoints ?? "", pruned] {
            withUnsafeBytes(of: UInt64(text.utf8.count).bigEndian) {
                hash.update(bufferPointer: $0)
            }
            hash.update(data: Array(text.utf8))
        }
        withUnsafeBytes(of: time.bigEndian) { hash.update(bufferPointer: $0) }
        hash.update(data: [isPersistent ? 1 : 0, checkpoints == nil ? 1 : 0])
        return Data(hash.finalize())
    }
}
