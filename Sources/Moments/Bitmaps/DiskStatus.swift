/// The result of inspecting a disk's images, for all checkpoints of a domain.
public struct DiskStatus: Sendable, Hashable {
    /// The disk's name in the checkpoints.
    public let disk: String

    /// The time of the last inspection of its images, in seconds since 1970-01-01T00:00:00Z; nil if
    /// there was none.
    public let lastInspection: Int64?

    /// Whether inspections have shown that no incremental backup is possible: every checkpoint that
    /// covers the disk was inspected, and no bitmap was valid.
    public let needsFullBackup: Bool
}

extension MomentGraph {
    /// The status of each disk that a checkpoint covers with a bitmap, by name.
    ///
    /// A checkpoint that was not inspected may have a valid bitmap: while there is one, none of its
    /// disks counts as needing a full backup.
    ///
    /// - Complexity: O(*n*) expected in the checkpoints, plus sorting the disks. Checkpoints with
    ///   the same disks and results are processed once.
    public var diskStatuses: [DiskStatus] {
        struct Shared: Hashable {
            let disks: InternTable<[DiskEntry]>.ID
            let health: InternTable<[DiskHealth]>.ID
        }
        var isUsable: [[UInt8]: Bool] = [:]
        var inspections: [[UInt8]: Int64] = [:]
        var seen: Set<Shared> = []
        for slot in liveSlots {
            let node = nodes[Int(slot)]
            guard seen.insert(Shared(disks: node.disks, health: node.health)).inserted else {
                continue
            }
            for entry in diskLists[node.disks] ?? [] where entry.mode == .bitmap {
                let name = Array(entry.name.utf8)
                let health = healths[node.health]?.first { $0.disk.hasSameBytes(as: entry.name) }
                let mayBeUsed =
                    health.map { $0.verdict == .valid || $0.verdict == .unknown } ?? true
                isUsable[name] = isUsable[name] == true || mayBeUsed
                guard let time = health?.observationTime else { continue }
                inspections[name] = max(inspections[name] ?? time, time)
            }
        }
        return isUsable.keys.sorted { $0.lexicographicallyPrecedes($1) }.map { name in
            DiskStatus(
                disk: String(decoding: name, as: UTF8.self), lastInspection: inspections[name],
                needsFullBackup: isUsable[name] == false)
        }
    }
}
