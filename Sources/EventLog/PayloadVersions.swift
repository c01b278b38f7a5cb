package import Moments

/// The versions that events' own fields have had, and how each becomes the next.
///
/// Lines are never rewritten. One of an earlier version is read as if it were of the latest:
/// each step turns the fields of one version into those of the one behind it. A later version
/// than the latest is refused, never guessed at.
///
/// Whoever adds a version adds its step here, a golden line of the version before to the
/// tests, and a migration that raises the schema's version: replay reads columns, and an
/// earlier momentlog must not take the new event's for what they were.
package struct PayloadVersions: Sendable {
    /// What turns the fields of a version into those of the next.
    package typealias Step = @Sendable (inout EventLine.Fields) -> Void

    /// The steps of each kind from version 1 on; none for a kind that has had one version.
    package let steps: [Event.Kind: [Step]]

    /// Those that this momentlog knows.
    package static let known = PayloadVersions(steps: [:])

    /// The latest version of a kind.
    package func latest(_ kind: Event.Kind) -> Int { 1 + (steps[kind]?.count ?? 0) }

    /// Whether fields of that version can be read.
    package func knows(_ version: Int, of kind: Event.Kind) -> Bool {
        version >= 1 && version <= latest(kind)
    }

    /// Brings fields of a known version to the latest.
    package func upcast(_ fields: inout EventLine.Fields, of kind: Event.Kind) {
        for step in (steps[kind] ?? []).dropFirst(fields.version - 1) {
            step(&fields)
            fields.version += 1
        }
    }
}
