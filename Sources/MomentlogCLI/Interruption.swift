import Dispatch
import Glibc
import Momentlog

/// Work without an end that people end: with Ctrl-C, or by closing what it prints to.
enum Interruption {
    /// Does the work until it is done, a signal asks for its end, or nobody reads any more.
    /// What was printed goes out a few times a second.
    static func ends(
        _ output: StandardOutput, _ work: sending @escaping () async throws -> Void
    ) async throws {
        let task = Task { try await work() }
        let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            // The source sees it even so, and else the process would end at once.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { task.cancel() }
            source.resume()
            return source
        }
        // A write to nobody is an error then, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        let timer = DispatchSource.makeTimerSource()
        timer.schedule(deadline: .now(), repeating: .milliseconds(100), leeway: .milliseconds(50))
        timer.setEventHandler {
            if !output.hasReader || (try? output.flush()) == nil { task.cancel() }
        }
        timer.resume()
        let result = await task.result
        timer.cancel()
        for source in sources { source.cancel() }
        guard output.hasReader else { return output.discard() }
        try result.get()
    }
}
