/// Makes a failing history short: takes out ever smaller pieces as long as it fails.
///
/// Source: A. Zeller and R. Hildebrandt, Simplifying and Isolating Failure-Inducing Input,
/// <https://doi.org/10.1109/32.988498>.
enum Shrink {
    static func shrunk<Element>(
        _ history: [Element], fails: ([Element]) async throws -> Bool
    ) async throws -> [Element] {
        var history = history
        var piece = history.count / 2
        while piece > 0 {
            var start = 0
            var hasShrunk = false
            while start < history.count {
                var shorter = history
                shorter.removeSubrange(start..<min(start + piece, history.count))
                if try await fails(shorter) {
                    history = shorter
                    hasShrunk = true
                } else {
                    start += piece
                }
            }
            if !hasShrunk || piece > history.count { piece /= 2 }
        }
        return history
    }
}
