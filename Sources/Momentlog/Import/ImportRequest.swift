import Crypto
import EventLog
import Moments
import SQLiteEventLog

/// An import under its caller's own name for it, by which a repeated one is told.
struct ImportRequest: Sendable {
    let name: String

    /// What is the same for two imports that ask for the same. Who asks and why does not count.
    private let fingerprint: RequestFingerprint

    /// - Parameter strips: Whether secrets are stripped, by the options or the store's settings.
    /// - Complexity: O(*n* log *n*) in the files that could be read.
    init(name: String, _ read: ReadLibrary, _ options: ImportOptions, strips: Bool) {
        self.name = name
        fingerprint = RequestFingerprint(
            kept: Self.fingerprint(read, options, strips: strips),
            other: Self.fingerprint(read, options, strips: !strips))
    }

    /// The SHA-256 of the files' names and digests, and of what decides about them. The digests
    /// are those of the files as they are, which their events record in any case.
    private static func fingerprint(
        _ read: ReadLibrary, _ options: ImportOptions, strips: Bool
    ) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.member("command", "import")
            json.member("domain", options.domain)
            json.member("replace", options.replaces)
            json.member("stripSecrets", strips)
            json.member("at", options.time?.microseconds)
            if options.validation != nil { json.member("validated", true) }
            // Absent where no folder states any: earlier requests were fingerprinted without.
            if !read.statedPointers.isEmpty {
                json.key("current")
                json.array { json in
                    for name in read.statedPointers { json.value(name) }
                }
            }
            json.key("files")
            json.array { json in
                let files = read.entries.map { ($0.file.name, $0.sha256) }.sorted { $0 < $1 }
                for (name, sha256) in files {
                    json.value(name)
                    json.value(sha256)
                }
            }
        }
        return Array(SHA256.hash(data: json.bytes))
    }

    /// The record of it, if it was carried out before.
    ///
    /// - Throws: ``MomentlogError`` with `request-conflict` if another bore the name.
    func carriedOut(in log: any EventLog) async throws(MomentlogError) -> RequestRecord? {
        guard let record = try await log.requests([name]).first else { return nil }
        guard fingerprint.matches(record.fingerprint) else { throw .requestConflict(name) }
        return record
    }

    /// The record to keep of it.
    func record(of domain: Domain) -> RequestRecord {
        RequestRecord(
            name: name, fingerprint: fingerprint.kept, domain: domain.name,
            revision: domain.revision)
    }
}
