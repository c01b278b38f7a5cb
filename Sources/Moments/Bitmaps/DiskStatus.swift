/// What inspections of a disk's images have shown, all checkpoints of a domain together.
public struct DiskStatus: Sendable, Hashable {
    /// The disk's name in the checkpoints.
    public let disk: String

    /// When its images were inspected last, in seconds since 1970-01-01T00:00:00Z; nil if nobody
    /// has.
    public let lastInspection: Int64?

    /// Whether no incremental backup of it is possible as far as inspections have shown: every
    /// checkpoint that covers it was inspected, and no bitmap was valid.
    public let needsFullBackup: Bool
}

extension MomentGraph {
    /// The status of each disk that a checkpoint covers with a bitmap, by name.
    ///
    /// A checkpoint that nobody has inspected may have a valid bitmap: while there is one, no disk
    /// that it covers counts as one that needs a full backup.
    ///
    /// - Complexity: O(*n*) expected in the checkpoints, plus sorting the disks. Checkpoints that
    ///   have the same disks and the same results are looked at once.
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
