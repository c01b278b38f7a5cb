import ArgumentParser
import Foundation
import Momentlog

/// Which store a command works on.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The store's database file.",
            discussion: """
                By default $MOMENTLOG_STORE, else \
                $XDG_STATE_HOME/momentlog/momentlog.db, else \
                ~/.local/state/momentlog/momentlog.db.
                """,
            valueName: "file"),
        completion: .file())
    var store: String?

    /// Opens the store that this option names, which may stand before the command as
    /// well as behind it, or else the environment.
    ///
    /// - Parameter creating: Whether it is made if it is not there.
    func open(creating: Bool = false) async throws -> CheckpointStore {
        let path = store ?? Self.defaultPath
        guard !path.isEmpty else { throw ValidationError("--store names no file") }
        return try await CheckpointStore.open(
            at: path, options: CheckpointStore.Options(createsStore: creating))
    }

    /// Calls a closure with the open store, and closes it whatever happens.
    func with(
        creating: Bool = false,
        _ body: (CheckpointStore) async throws -> Void
    ) async throws {
        let store = try await open(creating: creating)
        do {
            try await body(store)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    /// The store's file if no option names it.
    ///
    /// Source: XDG Base Directory Specification
    /// (<https://specifications.freedesktop.org/basedir-spec/latest/>), which has
    /// relative paths ignored.
    static var defaultPath: String {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["MOMENTLOG_STORE"], !path.isEmpty { return path }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return state + "/momentlog/momentlog.db"
        }
        let home = environment["HOME"] ?? NSHomeDirectory()
        return home + "/.local/state/momentlog/momentlog.db"
    }
}
