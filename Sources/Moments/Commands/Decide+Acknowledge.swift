extension MomentGraph {
    /// Appends nothing if the finding does not exist, or no longer exists.
    func decideAcknowledge(
        _ acknowledgement: Acknowledgement
    ) throws(MomentlogError) -> [Event] {
        guard acknowledgement.finding == .nameReused else {
            throw MomentlogError(
                .usage,
                "'\(acknowledgement.finding.rawValue)' is not a finding that can be acknowledged",
                hint: "repair what was found; only 'name-reused' has no repair")
        }
        guard contains(acknowledgement.checkpoint) else {
            throw .noCheckpoint(acknowledgement.checkpoint)
        }
        let isFound = replacedTime(of: acknowledgement.checkpoint) != nil
        return isFound ? [.findingAcknowledged(acknowledgement)] : []
    }
}
