extension Finding {
    /// Returns a finding if an event has a time that the clock has not reached.
    ///
    /// The message depends on the event alone, so that a check of the same store says the same.
    ///
    /// - Parameters:
    ///   - last: The last event of a domain, or of the log.
    ///   - domain: The domain's name; nil for the log.
    ///   - now: The time that the clock shows.
    package static func clockAhead(
        _ last: RecordedEvent, domain: DomainReference?, now: Timestamp
    ) -> Finding? {
        guard last.time > now else { return nil }
        let shown = last.clock.map { "; the clock showed \($0) when it was recorded" } ?? ""
        return Finding(
            .clockAhead, domain: domain, checkpoints: [],
            message:
                "the last event\(domain == nil ? " of the log" : ""), \(last.sequence), has the"
                + " time \(last.time), which this machine's clock has not reached\(shown)")
    }
}
