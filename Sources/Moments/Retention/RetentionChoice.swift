/// Whether a checkpoint is kept when its domain is pruned, and why.
public struct RetentionChoice: Sendable, Hashable {
    /// The reasons for keeping a checkpoint.
    public enum Reason: Sendable, Hashable {
        /// One of the newest.
        case last
        /// The newest of a period.
        case hourly, daily, weekly, monthly, yearly
        /// Not older than an age.
        case within
        /// Named by the caller.
        case named
        /// The current checkpoint, or one of several that claim to be.
        case current
        /// The newest whose bitmap was last seen valid on a disk.
        case lastValid(disk: String)
    }

    /// The checkpoint.
    public let checkpoint: Checkpoint

    /// The reasons for keeping it, each once; empty if it is removed, and if it was kept although
    /// no rule keeps it by now.
    public internal(set) var reasons: [Reason]

    /// Whether it was kept, or removed; nil before either.
    private var wasKept: Bool?

    init(checkpoint: Checkpoint, reasons: [Reason]) {
        self.checkpoint = checkpoint
        self.reasons = reasons
    }

    /// Whether it is kept.
    public var isKept: Bool { wasKept ?? !reasons.isEmpty }

    /// Returns the choice as it was carried out.
    package func settled(isKept: Bool) -> RetentionChoice {
        var choice = self
        choice.wasKept = isKept
        if !isKept { choice.reasons = [] }
        return choice
    }
}

extension MomentGraph {
    /// Chooses the checkpoints that are kept, by creation time; of equal times a descendant is
    /// newer.
    ///
    /// Besides the checkpoints that rules keep, it keeps the recorded current checkpoint, all that
    /// claim to be current while several do, and those of ``Retention/keepsLastValid``. None of
    /// these counts towards a rule's number.
    ///
    /// - Parameters:
    ///   - retention: The rules.
    ///   - now: The present time, with which creation times are compared.
    ///   - zone: The rules of the local time zone, in which hours, days, weeks, months and years
    ///     begin.
    /// - Complexity: O(*n* log *n*).
    public func choices(
        of retention: Retention, now: CreationTime, zone: ZoneRules
    ) -> [RetentionChoice] {
        let newestFirst = newestFirst()
        var buckets = RetentionBuckets(retention)
        let newest = newestFirst.first { $0.creationTime < now }?.creationTime
        // As in restic, an age without a newest time keeps everything.
        let oldest = retention.within.map { age in
            newest.map { age.before($0.seconds, zone) } ?? .min
        }
        let claims = Set(currentClaims)
        var validDisks: Set<[UInt8]> = []
        let choices = newestFirst.map { checkpoint in
            var reasons = buckets.reasons(at: checkpoint.creationTime.seconds, zone)
            if let oldest, checkpoint.creationTime.seconds > oldest { reasons.append(.within) }
            let name = checkpoint.name
            if retention.names.contains(name) { reasons.append(.named) }
            if name == recordedCurrent || claims.contains(name) { reasons.append(.current) }
            if retention.keepsLastValid {
                for seen in health(of: name)
                where seen.verdict == .valid && validDisks.insert(Array(seen.disk.utf8)).inserted {
                    reasons.append(.lastValid(disk: seen.disk))
                }
            }
            return RetentionChoice(checkpoint: checkpoint, reasons: reasons)
        }
        return choices.reversed()
    }

    private func newestFirst() -> [Checkpoint] {
        let parentsFirst = (names(Listing(order: .topological)) ?? [])
            .compactMap { checkpoint(named: $0) }
        return parentsFirst.enumerated().sorted { left, right in
            left.element.creationTime == right.element.creationTime
                ? left.offset > right.offset
                : left.element.creationTime > right.element.creationTime
        }.map(\.element)
    }
}

/// The number of checkpoints that each counting rule still keeps.
private struct RetentionBuckets {
    private struct Bucket {
        var count: Int
        let reason: RetentionChoice.Reason
        var period: Int64?
    }

    private var buckets: [Bucket]
    private var position: Int64 = 0

    init(_ retention: Retention) {
        buckets = [
            Bucket(count: retention.last, reason: .last),
            Bucket(count: retention.hourly, reason: .hourly),
            Bucket(count: retention.daily, reason: .daily),
            Bucket(count: retention.weekly, reason: .weekly),
            Bucket(count: retention.monthly, reason: .monthly),
            Bucket(count: retention.yearly, reason: .yearly),
        ]
    }

    /// Returns the rules that keep the next checkpoint, from the newest on.
    mutating func reasons(at time: Int64, _ zone: ZoneRules) -> [RetentionChoice.Reason] {
        position += 1
        // Later years would overflow, and no clock reaches them.
        let time = min(max(time, 0), 1 << 52)
        let wall = WallClock(time + zone.offset(at: time))
        var reasons: [RetentionChoice.Reason] = []
        for index in buckets.indices where buckets[index].count > 0 {
            let period = period(of: buckets[index].reason, wall)
            guard period != buckets[index].period else { continue }
            buckets[index].period = period
            buckets[index].count -= 1
            reasons.append(buckets[index].reason)
        }
        return reasons
    }

    private func period(of reason: RetentionChoice.Reason, _ wall: WallClock) -> Int64 {
        switch reason {
        case .hourly: ((wall.year * 100 + wall.month) * 100 + wall.day) * 100 + wall.hour
        case .daily: (wall.year * 100 + wall.month) * 100 + wall.day
        case .weekly: wall.isoWeek
        case .monthly: wall.year * 100 + wall.month
        case .yearly: wall.year
        default: position
        }
    }
}
