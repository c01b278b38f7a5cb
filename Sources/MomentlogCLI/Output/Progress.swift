#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A line on a terminal's standard error that says how far long work is.
struct Progress {
    private let verb: String
    private let start = ContinuousClock.now
    private var next: ContinuousClock.Instant
    private var isShown = false
    private let isTerminal = isatty(2) == 1

    init(_ verb: String) {
        self.verb = verb
        next = .now + .milliseconds(500)
    }

    /// Says how many are done, a few times a second at most.
    mutating func show(_ count: Int, _ noun: String) {
        guard isTerminal, count.isMultiple(of: 64), ContinuousClock.now > next else { return }
        next = .now + .milliseconds(200)
        isShown = true
        StandardError.write("\r\(verb): \(count) \(noun)\u{1B}[K")
    }

    /// Takes the line away.
    mutating func end() {
        guard isShown else { return }
        StandardError.write("\r\u{1B}[K")
    }
}
