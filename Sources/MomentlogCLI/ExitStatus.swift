import Glibc
import Momentlog
import Moments

/// The meaning of the command's exit status.
enum ExitStatus: Int32 {
    case done = 0
    /// Refused; nothing changed.
    case refused = 1
    /// Whether the change was made is not known.
    case unknown = 2
    /// Done, but something was skipped or an error was found.
    case incomplete = 3
    /// The store is damaged, altered or behind its head, or a proof failed.
    case damaged = 4
    /// Wrong usage: EX_USAGE of sysexits.h.
    case usage = 64
    /// Another process holds the store; a retry may succeed: EX_TEMPFAIL of sysexits.h.
    case busy = 75

    /// The status of a command that ended with an error.
    init(of error: MomentlogError) {
        switch error.code {
        case .outcomeUnknown: self = .unknown
        case .usage: self = .usage
        case .corrupt, .behindHead: self = .damaged
        case .busy: self = .busy
        default: self = .refused
        }
    }
}

/// Thrown by a command that has printed everything already.
struct Finished: Error {
    let status: ExitStatus
}

func exitProcess(_ status: Int32) -> Never { exit(status) }
