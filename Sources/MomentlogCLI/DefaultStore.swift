import Foundation
import Glibc
import Momentlog
import Moments

/// The store that a command works on if no option names one.
struct DefaultStore {
    /// The environment's variables.
    var environment: [String: String]
    /// Whether the process is root's.
    var isRoot: Bool
    /// Whether a file exists.
    var exists: (String) -> Bool

    /// Root's store: one for the host, for every user of sudo.
    static let ofRoot = "/var/lib/momentlog/momentlog.db"

    /// The process's own.
    static var current: DefaultStore {
        DefaultStore(
            environment: ProcessInfo.processInfo.environment, isRoot: geteuid() == 0,
            exists: { FileManager.default.fileExists(atPath: $0) })
    }

    /// The file that the environment names; nil if there is none.
    var explicit: String? {
        environment["MOMENTLOG_STORE"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The store's file.
    ///
    /// - Throws: ``MomentlogError`` with `conflict` if root has a store at its former default path,
    ///   and none at the present one.
    var path: String {
        get throws(MomentlogError) {
            if let explicit { return explicit }
            guard isRoot else { return ofUser }
            guard exists(ofUser), !exists(Self.ofRoot) else { return Self.ofRoot }
            let former = ShellWord.quoted(ofUser)
            throw MomentlogError(
                .conflict,
                "root's store is now \(Self.ofRoot), which does not exist, and there is one at"
                    + " \(ofUser), the former default",
                hint: "choose one: --store \(former), or --store \(Self.ofRoot)"
            ).detailing("store", .text(Self.ofRoot)).detailing("formerStore", .text(ofUser))
        }
    }

    /// A user's store.
    ///
    /// Source: XDG Base Directory Specification
    /// (<https://specifications.freedesktop.org/basedir-spec/latest/>), which ignores relative
    /// paths.
    private var ofUser: String {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return state + "/momentlog/momentlog.db"
        }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/state/momentlog/momentlog.db"
    }
}
