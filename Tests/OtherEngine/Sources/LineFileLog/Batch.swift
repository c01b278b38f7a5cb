import EventLog
import Foundation

/// What one append adds to the log: one line of the file, so that all of it is there or nothing.
struct Batch: Codable {
    /// The lines of the events, in their order.
    var lines: [String] = []
    /// The contents of definitions.
    var definitions: [Data] = []
    /// The requests that were carried out.
    var requests: [Request] = []

    /// A request with its answer.
    struct Request: Codable {
        var name: String
        var fingerprint: [UInt8]
        var domain: String
        var revision: Int
        var commit: Int?
        var sequences: ClosedRange<Int>?

        init(_ record: RequestRecord) {
            name = record.name
            fingerprint = record.fingerprint
            domain = record.domain
            revision = record.revision
            commit = record.commit
            sequences = record.sequences
        }

        var record: RequestRecord {
            RequestRecord(
                name: name, fingerprint: fingerprint, domain: domain, commit: commit,
                sequences: sequences, revision: revision)
        }
    }
}
