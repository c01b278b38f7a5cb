/// What a piece of work takes.
public enum Stopwatch {
    /// Seconds of one run.
    public static func seconds(_ work: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await work()
        return seconds(of: ContinuousClock.now - start)
    }

    /// Seconds of one run that waits for nothing.
    public static func seconds(_ work: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try work()
        return seconds(of: ContinuousClock.now - start)
    }

    /// The median of several runs; of those that take long, of fewer.
    public static func median(
        rounds: Int = 7, within limit: Double = 4, _ work: () async throws -> Void
    ) async rethrows -> Double {
        var times: [Double] = []
        var total = 0.0
        while times.count < rounds, times.isEmpty || total < limit {
            let time = try await seconds(work)
            times.append(time)
            total += time
        }
        return middle(of: times)
    }

    /// The median of several runs that wait for nothing; of those that take long, of fewer.
    public static func median(
        rounds: Int = 7, within limit: Double = 4, _ work: () throws -> Void
    ) rethrows -> Double {
        var times: [Double] = []
        var total = 0.0
        while times.count < rounds, times.isEmpty || total < limit {
            let time = try seconds(work)
            times.append(time)
            total += time
        }
        return middle(of: times)
    }

    /// The median of some figures; 0 of none.
    public static func middle(of figures: [Double]) -> Double {
        figures.isEmpty ? 0 : figures.sorted()[figures.count / 2]
    }

    private static func seconds(of duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
