import ArgumentParser
import Momentlog

struct Settings: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Show what the store keeps to, or change it.",
        discussion: """
            With --strip-secrets on, whoever records a definition, it is recorded without \
            passwords and cookies. What is in the log already stays there: the log never forgets.
            """)

    @Option(help: "Whether definitions are recorded without the secrets in them: on or off.")
    var stripSecrets: Switch?
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    enum Switch: String, CaseIterable, ExpressibleByArgument { case on, off }

    func run() async throws {
        try await store.with(creating: stripSecrets != nil) { store in
            var settings = try await store.settings()
            if let stripSecrets {
                settings.stripsSecrets = stripSecrets == .on
                try await store.set(settings)
            }
            let strips: Switch = settings.stripsSecrets ? .on : .off
            if format.format == .table {
                try StandardOutput.shared.print("strip-secrets  \(strips.rawValue)")
            } else {
                try format.format.printJSON { json in
                    json.member("strip-secrets", settings.stripsSecrets)
                }
            }
        }
    }
}
