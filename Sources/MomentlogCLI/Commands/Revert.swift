import ArgumentParser
import Momentlog
import Moments
import SQLiteEventLog

struct Revert: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "revert",
        abstract: "Restore an earlier state of a domain's record.",
        discussion: Examples.after(
            """
            Appends, in one commit, the events that give the domain the checkpoints and the \
            current checkpoint that it had at WHEN: an event number, a time, a date, or an age \
            such as 2h. A date means its end. Nothing is erased: to undo it, revert to the event \
            before.

            Only the record changes. The domain's definition, libvirt and the disk images stay as \
            they are; 'compare' and 'push' bring libvirt to the record. Verdicts on bitmaps and \
            acknowledged findings are not reverted: the verdicts on a restored checkpoint's \
            bitmaps are not known until the images are inspected again.
            """, of: "revert"))

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: DomainReference
    @Argument(help: "The point in time.") var when: String
    @Flag(help: "Only print what would change.") var dryRun = false
    @Flag(help: Confirmation.help) var yes = false
    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { !dryRun }

    func validate() throws { _ = try When.endArgument(when) }

    func run() async throws {
        let moment = try When.endArgument(when)
        try await store.with(changesStore ? .readWrite : .read, creating: changesStore) { store in
            guard !dryRun else {
                let plan = try await store.plan(revertOf: domain, to: moment)
                let output = RevertOutput(
                    plan: plan, outcome: nil, to: try await store.position(at: moment))
                return try output.print(format.format)
            }
            var submission = options.submission
            func instruction() -> Instruction {
                .revert(domain, to: moment, written: when, by: submission)
            }
            if !yes {
                try await Confirmation.bind(&submission, to: domain, in: store)
                try Confirmation.require(
                    try await store.plan(instruction()), for: &submission, isGiven: yes)
            }
            let outcome = try await store.perform(instruction())
            do throws(MomentlogError) {
                var plan = try await store.change(by: outcome)
                if plan == nil {
                    plan = RepairPlan(domain: try await store.domain(outcome.domain), events: [])
                }
                guard let plan else { return }
                let output = RevertOutput(
                    plan: plan, outcome: outcome, to: try await store.position(at: moment))
                try output.print(format.format)
                try StandardOutput.shared.flush()
            } catch {
                guard let commit = outcome.commit else { throw error }
                // What was appended stays.
                Notice.error(error, "done nevertheless, as commit \(commit)")
                throw Finished(status: .incomplete)
            }
        }
    }
}
