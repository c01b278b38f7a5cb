import ArgumentParser
import Momentlog
import Moments

/// The checkpoint that a command is about.
struct CheckpointArguments: ParsableArguments {
    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: DomainReference
    @Argument(help: "The checkpoint's name.", completion: .checkpoints) var name: CheckpointName

    /// Returns the domain and the checkpoint in it.
    ///
    /// - Throws: ``MomentlogError`` with `no-domain` or `no-checkpoint`.
    func find(
        in store: CheckpointStore, at moment: MomentOptions
    ) async throws(MomentlogError) -> (Domain, Moment) {
        let domain = try await store.domain(domain, at: moment.at)
        moment.noteBeginning(of: domain)
        try await moment.noteCommit(in: store)
        guard let moment = domain.graph.moment(named: name) else { throw .noCheckpoint(name) }
        return (domain, moment)
    }
}
