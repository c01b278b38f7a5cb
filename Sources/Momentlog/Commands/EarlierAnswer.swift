import Moments

/// What a request that was carried out was answered, beside what the log keeps of it.
struct EarlierAnswer {
    /// The checkpoint that it is about.
    var checkpoint: String?
    /// What was found.
    var findings: [Finding] = []
}
