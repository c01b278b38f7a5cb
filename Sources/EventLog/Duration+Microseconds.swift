extension Duration {
    /// The duration in whole microseconds.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}

extension Duration {
    /// The duration clamped for a wait: not negative, and no longer than eleven days, since C
    /// libraries cannot represent longer ones.
    package var asWait: Duration { min(max(self, .zero), .seconds(1_000_000)) }

    /// The duration in seconds.
    package var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
