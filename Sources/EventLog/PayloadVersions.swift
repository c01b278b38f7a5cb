import Moments

/// The versions of events' payloads, and how the earlier ones are read.
///
/// Lines are never rewritten. One of an earlier version is read as if it were of the latest, and
/// only the latest is written: only lines of the latest version are printed back byte for byte. A
/// later version than the latest is refused, never guessed at.
///
/// To change a payload, move the reader of the version before to the earlier ones in
/// `EventLine+Payload.swift`, add a golden line of that version to the tests, and add a migration
/// that raises the schema's version, so that earlier momentlogs refuse the store.
struct PayloadVersions: Sendable {
    /// Reads the payload of an earlier version as if it were of the latest.
    typealias Reader = @Sendable (inout LineReader) throws(LineProblem) -> EventPayload

    /// The readers of each kind's earlier versions from version 1 on; none for a kind that has had
    /// one version.
    let earlier: [Event.Kind: [Reader]]

    /// Returns the latest version of a kind.
    func latest(_ kind: Event.Kind) -> Int {
        earlier.isEmpty ? 1 : 1 + (earlier[kind]?.count ?? 0)
    }

    /// Reads the payload of a known version.
    func payload(
        _ kind: Event.Kind, version: Int, _ reader: inout LineReader
    ) throws(LineProblem) -> EventPayload {
        if !earlier.isEmpty, let readers = earlier[kind], readers.indices.contains(version - 1) {
            return try readers[version - 1](&reader)
        }
        return try EventPayload(kind, &reader)
    }
}
