import ArgumentParser
import Foundation
import Momentlog
import Moments
import SQLiteEventLog

struct AcceptLoss: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept-loss",
        abstract: "Record that events are lost, and continue without them.",
        discussion: Examples.after(
            """
            A store that is behind its head file is refused by all commands except 'verify' \
            and those with --read-only: its last events are lost, or it is another \
            copy. Keep a copy of its files first, as evidence, and try to find a newer \
            backup. After this command the store opens again, and the log says who accepted the \
            loss, and why.
            """, of: "accept-loss"))

    @Option(help: ArgumentHelp("Why it is accepted.", valueName: "text")) var reason: String
    @Option(
        help: ArgumentHelp(
            "Who does this: a claim, recorded as given. By default the real user and host.",
            valueName: "name"))
    var actor: String?
    @Flag(help: "Only show what would be accepted.") var dryRun = false
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { !dryRun }

    func validate() throws {
        if reason.allSatisfy(\.isWhitespace) {
            throw ValidationError("--reason says why the loss is accepted")
        }
    }

    func run() async throws {
        let path = try store.path
        if dryRun {
            let loss = try await CheckpointStore.loss(
                at: path, options: store.options(for: .readWrite))
            return try print(loss, nil)
        }
        let submission = Submission(
            actor: actor ?? ProvenanceOptions.defaultActor, reason: reason)
        let accepted = try await CheckpointStore.acceptLoss(
            at: path, by: submission, options: store.options(for: .readWrite))
        if accepted != nil { Effects.record() }
        try print(accepted?.loss, accepted)
    }

    private func print(_ loss: StoreLoss?, _ accepted: AcceptedLoss?) throws(MomentlogError) {
        guard format.format == .table else {
            return try format.format.print(
                item: .loss(loss, accepted: accepted, isDryRun: dryRun))
        }
        guard let loss else {
            return try StandardOutput.shared.print(
                !FileManager.default.fileExists(atPath: try store.path + ".head")
                    ? "There is no head file that lists events of the store: nothing to accept."
                    : "The store has as many events as its head file lists, and their root: nothing to"
                        + " accept. 'momentlog verify' checks the events themselves.")
        }
        guard let accepted else {
            return try StandardOutput.shared.print(
                Terminal.harmless("Would be accepted: \(loss.message)"))
        }
        try StandardOutput.shared.print(
            Terminal.harmless("Recorded as event \(accepted.sequence): \(loss.message)"))
    }
}
