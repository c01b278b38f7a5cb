import ArgumentParser
import Foundation
import Logging
import Momentlog
import Moments
import SQLiteEventLog

/// The store that a command uses.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The store's database file.",
            discussion: """
                By default $MOMENTLOG_STORE, else for root \
                /var/lib/momentlog/momentlog.db, else \
                $XDG_STATE_HOME/momentlog/momentlog.db, else \
                ~/.local/state/momentlog/momentlog.db.
                """,
            valueName: "file"),
        completion: .file())
    var store: String?

    @Option(
        help: ArgumentHelp(
            "Seconds to wait for another process that writes (default: 5).",
            valueName: "seconds"))
    var busyTimeout: Double?

    @Flag(
        help: ArgumentHelp(
            "Only read: refuse what would change the store, and open one that is behind its head"
                + " file, with a warning."))
    var readOnly = false

    func validate() throws {
        if let busyTimeout, !(0...1_000_000).contains(busyTimeout) {
            throw ValidationError("--busy-timeout is from 0 to 1000000 seconds")
        }
    }

    /// Opens the store of the option, which may come before or after the command, or else of the
    /// environment.
    ///
    /// - Parameters:
    ///   - access: The required access.
    ///   - creating: Whether a missing store is created.
    func open(
        for access: StoreAccess, creating: Bool = false
    ) async throws -> CheckpointStore {
        do throws(MomentlogError) {
            let path = try path
            let isNew = creating && access == .readWrite && !readOnly && !Self.exists(path)
            if isNew { try requireFolder(of: path) }
            let opened = try await CheckpointStore.open(
                at: path, options: options(for: access, creating: creating))
            if isNew { NewStore.watch(path) }
            return opened
        } catch {
            throw error.code == .behindHead ? namingCommands(error) : error
        }
    }

    /// Returns the options of opening the store.
    func options(for access: StoreAccess, creating: Bool = false) -> CheckpointStore.Options {
        var options = CheckpointStore.Options(
            createsStore: creating, access: readOnly ? .readOnly : access,
            origin: .commandLine, logger: StandardErrorLog.logger)
        if let busyTimeout { options.busyTimeout = .seconds(busyTimeout) }
        return options
    }

    /// Returns the error of a store that is behind its head file, with the commands for each
    /// choice.
    private func namingCommands(_ error: MomentlogError) -> MomentlogError {
        let named = store.map { " --store " + ShellWord.quoted($0) } ?? ""
        var error = error
        // Without a database there is nothing to read, nor to replace.
        let hasDatabase = (try? path).map { Self.exists($0) } ?? true
        let commands =
            hasDatabase
            ? ["restore BACKUP --replace", "--read-only log", "accept-loss --reason TEXT"]
            : ["restore BACKUP", "accept-loss --reason TEXT"]
        error.hint =
            (error.hint.map { $0 + ": " } ?? "")
            + commands.map { "'momentlog\(named) \($0)'" }.joined(separator: ", ")
        return error
    }

    /// The store's database file.
    var path: String {
        get throws(MomentlogError) {
            let path = if let store { store } else { try DefaultStore.current.path }
            guard !path.isEmpty else { throw MomentlogError(.usage, "--store names no file") }
            return path
        }
    }

    /// Returns a restoration of the store.
    func restoration(
        from file: String, replacing: Bool, isDryRun: Bool, by submission: Submission
    ) throws -> StoreRestoration {
        var submission = submission
        submission.reason = submission.reason ?? "a backup was restored"
        try requireFolder(of: path)
        var restoration = StoreRestoration(
            from: file, to: try path, replaces: replacing,
            acceptance: LossAcceptance(submission.provenance, origin: .commandLine),
            logger: StandardErrorLog.logger)
        restoration.isDryRun = isDryRun
        if let busyTimeout { restoration.busyTimeout = .seconds(busyTimeout) }
        return restoration
    }

    /// The store in the command line; nil if none is given.
    static let argument = GlobalArguments.current.store

    /// Calls a closure with the open store, and closes it afterwards in any case.
    ///
    /// - Parameters:
    ///   - access: The required access.
    ///   - creating: Whether a missing store is created.
    func with(
        _ access: StoreAccess = .read, creating: Bool = false,
        _ body: (CheckpointStore) async throws -> Void
    ) async throws {
        let store = try await open(for: access, creating: creating)
        do {
            try await body(store)
        } catch let error as MomentlogError where error.code == .noDomain {
            let explained = await FormerDomain.explaining(error, in: store)
            await store.close()
            NewStore.announce()
            throw hinting(explained)
        } catch let error as MomentlogError where error.code == .noCheckpoint {
            let explained = await DeletedCheckpoint.explaining(error, in: store)
            await store.close()
            NewStore.announce()
            throw explained
        } catch {
            await store.close()
            NewStore.announce()
            throw error
        }
        await store.close()
        NewStore.announce()
    }

    private static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    /// Refuses a new store in a folder that does not exist, since the path may be mistyped. The
    /// folders of the default path are created.
    private func requireFolder(of path: String) throws(MomentlogError) {
        guard store != nil || DefaultStore.current.explicit != nil else { return }
        try Self.requireFolder(
            of: path, "cannot create the store '\(path)'", .text(path), hint: " with --store")
    }

    /// Refuses a new file in a folder that does not exist.
    ///
    /// - Parameters:
    ///   - failure: What cannot be done then.
    ///   - hint: How the file is named.
    static func requireFolder(
        of path: String, _ failure: String, _ store: ErrorDetail.Value, hint: String = ""
    ) throws(MomentlogError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard !exists(folder) else { return }
        throw MomentlogError(
            .storage, "\(failure): there is no folder '\(folder)'",
            hint: "create the folder, or name another file\(hint)"
        ).detailing("store", store).detailing("folder", .text(folder))
    }

    /// Adds that there is no store at all, if that is why there is no such domain.
    private func hinting(_ error: MomentlogError) -> MomentlogError {
        guard let path = try? path, !Self.exists(path) else { return error }
        var error = error
        error.hint =
            "there is no store at \(path) yet: 'define' and 'import' create one, --store names"
            + " another"
        return error
    }
}
