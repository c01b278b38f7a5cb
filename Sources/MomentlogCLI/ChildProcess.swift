import CShims
import Glibc

/// A program that runs while its caller waits for it.
///
/// It never outlives its caller: it is killed with its children when the deadline passes or the
/// task is cancelled, and by the kernel when this process ends.
struct ChildProcess {
    /// How a program ended.
    enum End: Equatable {
        case exited(CInt)
        case signalled(CInt)
        case timedOut
        case cancelled
        /// It printed more than allowed.
        case outputTooLong
    }

    /// The result of a program that ended.
    struct Outcome {
        var end: End
        /// Its output; one byte more than the limit if that was too much.
        var output: [UInt8]
        /// The beginning of its standard error.
        var errors: [UInt8]
    }

    /// Why a program was not started.
    struct StartFailure: Error {
        let code: CInt
        var reason: String { String(cString: strerror(code)) }
    }

    /// The limits of one run.
    struct Limits {
        var deadline: ContinuousClock.Instant
        var outputByteCount: Int
        var errorByteCount = 64 << 10
    }

    private let pid: pid_t
    private let limits: Limits
    private var output: BoundedPipe
    private var errors: BoundedPipe
    private var end: End?

    /// Runs a program to its end.
    ///
    /// It blocks its thread, and has to: the kernel ties the program to it.
    ///
    /// - Parameters:
    ///   - program: A path, or a name to be found in PATH.
    ///   - environment: All of its environment.
    /// - Throws: ``StartFailure`` if it cannot be started.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String], limits: Limits
    ) throws(StartFailure) -> Outcome {
        var child = try ChildProcess(program, arguments, environment, limits)
        child.readPipes()
        child.wait()
        child.output.close()
        child.errors.close()
        return Outcome(
            end: child.end ?? .timedOut, output: child.output.bytes, errors: child.errors.bytes)
    }

    private init(
        _ program: String, _ arguments: [String], _ environment: [String: String],
        _ limits: Limits
    ) throws(StartFailure) {
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var (output, errors): (CInt, CInt) = (-1, -1)
        let pid = momentlog_spawn(program, &words, &variables, &output, &errors)
        guard pid > 0 else { throw StartFailure(code: errno) }
        self.pid = pid
        self.limits = limits
        self.output = BoundedPipe(descriptor: output, limit: limits.outputByteCount + 1)
        self.errors = BoundedPipe(descriptor: errors, limit: limits.errorByteCount)
    }

    /// Reads both pipes until they end, the process ends, or it has to be killed.
    private mutating func readPipes() {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while end == nil, output.isOpen || errors.isOpen {
            if let reason = reasonToKill { return kill(reason) }
            var polled = [output.polled, errors.polled]
            let ready = poll(&polled, 2, Self.pause)
            // One of its children may keep the pipes open.
            if ready == 0 { reap() }
            guard ready > 0 else { continue }
            if polled[0].revents != 0 { output.read(&buffer) }
            if polled[1].revents != 0 { errors.read(&buffer) }
        }
    }

    /// Waits for the process, whose pipes have ended.
    private mutating func wait() {
        var pause: CInt = 1
        while end == nil {
            reap()
            guard end == nil else { return }
            if let reason = reasonToKill { return kill(reason) }
            _ = poll(nil, 0, pause)
            pause = min(2 * pause, Self.pause)
        }
    }

    /// The interval of checks for cancellation, in milliseconds.
    private static let pause: CInt = 50

    private var reasonToKill: End? {
        if output.bytes.count > limits.outputByteCount { return .outputTooLong }
        if Task.isCancelled { return .cancelled }
        return limits.deadline <= .now ? .timedOut : nil
    }

    private mutating func reap() {
        var status: CInt = 0
        let found = waitpid(pid, &status, WNOHANG)
        if found < 0 && errno != EINTR { end = .exited(-1) }
        guard found == pid else { return }
        let signal = status & 0x7f
        end = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }

    /// Kills the process and its children.
    private mutating func kill(_ reason: End) {
        Glibc.kill(-pid, SIGKILL)
        // One that hangs in a call to a file server cannot be killed before that returns.
        var status: CInt = 0
        var tries = 100
        while waitpid(pid, &status, WNOHANG) == 0, tries > 0 {
            _ = poll(nil, 0, 10)
            tries -= 1
        }
        end = reason
    }
}

/// The reading end of a pipe, of which only the beginning is stored.
private struct BoundedPipe {
    private(set) var descriptor: CInt
    let limit: Int
    private(set) var bytes: [UInt8] = []

    init(descriptor: CInt, limit: Int) {
        self.descriptor = descriptor
        self.limit = limit
    }

    var isOpen: Bool { descriptor >= 0 }

    /// The entry to poll it with; a closed one is ignored.
    var polled: pollfd { pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0) }

    /// Reads once, and closes it at its end.
    mutating func read(_ buffer: inout [UInt8]) {
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count < 0 && errno == EINTR { return }
        guard count > 0 else { return close() }
        // The rest is read, so that the writer does not wait.
        bytes.append(contentsOf: buffer.prefix(min(count, limit - bytes.count)))
    }

    mutating func close() {
        if isOpen { Glibc.close(descriptor) }
        descriptor = -1
    }
}
