import ArgumentParser
import Momentlog
import Moments

/// A command that changes the store, at least with some of its options.
protocol ChangingCommand: AsyncParsableCommand {
    var store: StoreOptions { get }

    /// Whether this call changes the store.
    var changesStore: Bool { get }
}

extension ChangingCommand {
    var changesStore: Bool { true }

    /// Refuses the command under `--read-only`, before it reads or does anything.
    func refuseIfReadOnly() throws(MomentlogError) {
        guard store.readOnly, changesStore else { return }
        let name = Self.configuration.commandName ?? Self._commandName
        throw MomentlogError(
            .readOnly, "'momentlog \(name)' would change the store, which --read-only refuses",
            hint: "leave out --read-only to change it")
    }
}
