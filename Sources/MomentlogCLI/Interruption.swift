import Dispatch
import Glibc
import Momentlog

/// Work that continues until people end it: with Ctrl-C, or by closing its output.
enum Interruption {
    /// Runs the work until it is done, a signal ends it, or nobody reads its output. Output is
    /// flushed a few times a second.
    static func ends(
        _ output: StandardOutput, _ work: sending @escaping () async throws -> Void
    ) async throws {
        let task = Task { try await work() }
        let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            // The source receives it nevertheless, and the process would otherwise end at once.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { task.cancel() }
            source.resume()
            return source
        }
        // Writing to a closed pipe is an error then, and does not end the process.
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
