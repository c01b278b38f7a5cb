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
        var count = 0
        try await RecordedChange(store: store, format: format, isDryRun: dryRun).run { store in
            let instruction = Instruction.undefine(
                domain, deletingCheckpoints: checkpointsMetadata, by: options.submission)
            guard checkpointsMetadata else { return instruction }
            let plan = try await store.plan(instruction)
            let deleted = plan.events.deletedCheckpoints
            count = deleted.count
            if !dryRun {
                try Confirmation.require(
                    removing: deleted, of: plan.outcome.domain.text, isGiven: yes)
            }
            return instruction
        } done: { outcome in
            "domain \(outcome.domain) undefined"
                + (count == 0
                    ? "" : " together with its \(count) checkpoint\(count == 1 ? "" : "s")")
        } already: { outcome in
            "domain \(outcome.domain) is undefined"
        }
    }
}
