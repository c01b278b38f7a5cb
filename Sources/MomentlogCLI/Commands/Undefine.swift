import ArgumentParser
import Momentlog
import Moments

struct Undefine: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "undefine",
        abstract: "Record that a domain was undefined.",
        discussion: Examples.after(
            "Its history stays, and 'momentlog define' continues it.", of: "undefine"))

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: DomainReference
    @Flag(help: "Delete the metadata of its remaining checkpoints.")
    var checkpointsMetadata = false
    @Flag(help: "Only show what would be recorded.") var dryRun = false
    @Flag(help: Confirmation.help) var yes = false

    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { !dryRun }

    func run() async throws {
        let change = RecordedChange(
            store: store, format: format, isDryRun: dryRun, namesEvents: true)
        try await change.run { store in
            var submission = options.submission
            func instruction() -> Instruction {
                .undefine(domain, deletingCheckpoints: checkpointsMetadata, by: submission)
            }
            if checkpointsMetadata, !dryRun, !yes {
                try await Confirmation.bind(&submission, to: domain, in: store)
                try Confirmation.require(
                    try await store.plan(instruction()), for: &submission, isGiven: yes)
            }
            return instruction()
        } done: { outcome, events in
            let count = events.deletedCheckpoints.count
            return "domain \(outcome.domain) undefined"
                + (count == 0
                    ? "" : " together with its \(count) checkpoint\(count == 1 ? "" : "s")")
        } already: { outcome in
            "domain \(outcome.domain) is undefined"
        }
    }
}
