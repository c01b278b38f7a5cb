import ArgumentParser
import EventLog
import Momentlog
import SQLiteEventLog

struct Settings: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Show or change the store's settings.",
        discussion: Examples.after(
            """
            With --strip-secrets on, every definition is recorded without passwords and cookies. \
            Existing events keep their secrets: the log never changes.

            A change is a separate event, which 'momentlog log' shows; a setting that has the \
            value already appends nothing.
            """, of: "settings"))

    @Option(help: "Whether definitions are recorded without the secrets in them: on or off.")
    var stripSecrets: Switch?
    @Flag(help: "Only show what the settings would be.") var dryRun = false
    @OptionGroup(title: "Audit trail") var provenance: ProvenanceOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    enum Switch: String, CaseIterable, ExpressibleByArgument { case on, off }

    private var isChange: Bool { stripSecrets != nil }

    var changesStore: Bool { isChange && !dryRun }

    func validate() throws {
        let isGiven = provenance.actor != nil || provenance.reason != nil || dryRun
        if isGiven && !isChange {
            throw ValidationError(
                "--actor, --reason and --dry-run go with a setting to change, such as"
                    + " --strip-secrets on")
        }
    }

    func run() async throws {
        try await store.with(changesStore ? .readWrite : .read, creating: isChange) { store in
            var settings = try await store.settings()
            var outcome: SettingsOutcome?
            if let stripSecrets {
                settings.stripsSecrets = stripSecrets == .on
                if !dryRun {
                    outcome = try await store.changeSettings(
                        to: settings, by: provenance.submission)
                    if outcome?.commit != nil { Effects.record() }
                }
            }
            try print(settings, outcome)
        }
    }

    private func print(
        _ settings: StoreSettings, _ outcome: SettingsOutcome?
    ) throws(MomentlogError) {
        if format.format == .table {
            let strips: Switch = settings.stripsSecrets ? .on : .off
            return try StandardOutput.shared.print("strip-secrets  \(strips.rawValue)")
        }
        try format.format.print(
            item: .settings(settings, change: outcome, isDryRun: isChange && dryRun))
    }
}
