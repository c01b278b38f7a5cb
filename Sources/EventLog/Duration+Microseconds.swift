extension Duration {
    /// The whole microseconds in it.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}

extension Duration {
    /// As a wait, which is not negative, and no longer than eleven days: longer ones do not fit into
    /// what C libraries take.
    package var asWait: Duration { min(max(self, .zero), .seconds(1_000_000)) }

    /// In seconds.
    package var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
