import Momentlog

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the command's exit status says.
enum ExitStatus: Int32 {
    case done = 0
    /// Refused; nothing changed.
    case refused = 1
    /// Whether the change was made is not known.
    case unknown = 2
    /// Done, but something was skipped or an error was found.
    case incomplete = 3
    /// Wrong usage: EX_USAGE of sysexits.h.
    case usage = 64

    /// The status of a command that an error ended.
    init(of error: MomentlogError) {
        switch error.code {
        case .outcomeUnknown: self = .unknown
        case .usage: self = .usage
        default: self = .refused
        }
    }
}

/// Thrown by a command that has printed all there is to say.
struct Finished: Error {
    let status: ExitStatus
}

func exitProcess(_ status: Int32) -> Never { exit(status) }
