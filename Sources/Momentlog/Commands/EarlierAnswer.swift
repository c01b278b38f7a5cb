import Moments

/// The parts of an earlier answer that the log's record does not have.
struct EarlierAnswer {
    /// The checkpoint that it is about.
    var checkpoint: CheckpointName?
    /// The findings.
    var findings: [Finding] = []
}
