import CTracer
import Foundation
import TestSupport

/// A run of the command, with a chance to act between two of its system calls.
struct TracedRun: Sendable {
    /// The exit status, or the signal that ended it.
    let status: Int32
    let wasKilled: Bool
    /// Whether it did not end in time.
    let wasLate: Bool
    /// How many system calls touched the folder, and how many of them were before the stop.
    let calls: Int
    let output: String
    let errors: String

    /// How long a command may take; none takes a second.
    private static let seconds: CInt = 30

    /// Runs the command to its end.
    ///
    /// - Parameters:
    ///   - stop: The number of the call on a file in the folder, from 1, before which to act;
    ///     0 for none.
    ///   - act: Runs while the thread that makes the call is stopped.
    init(
        _ arguments: [String], in folder: FastFolder, stop: Int = 0, act: () -> Void = {}
    ) throws {
        let scratch = try FastFolder()
        let output = scratch.url.appending(path: "output").path
        let errors = scratch.url.appending(path: "errors").path
        let words = [CommandRun.products.appending(path: "momentlog").path] + arguments
        let environment = [
            "MOMENTLOG_STORE=" + folder.store, "HOME=" + folder.url.path,
            "SWIFT_BACKTRACE=enable=no",
        ]
        var end = tracer_end()
        let result = try withoutActuallyEscaping(act) { act throws -> CInt in
            let box = Act(body: act)
            return Self.withStrings(words) { words in
                Self.withStrings(environment) { environment in
                    folder.url.path.withCString { folder in
                        output.withCString { output in
                            errors.withCString { errors in
                                tracer_run(
                                    tracer_program(
                                        arguments: words, environment: environment,
                                        folder: folder, output: output, errors: errors),
                                    stop,
                                    { context in
                                        guard let context else { return }
                                        Unmanaged<Act>.fromOpaque(context).takeUnretainedValue()
                                            .body()
                                    },
                                    Unmanaged.passUnretained(box).toOpaque(), Self.seconds, &end)
                            }
                        }
                    }
                }
            }
        }
        guard result == 0 else {
            throw HarnessFailure("cannot trace: \(String(cString: strerror(result)))")
        }
        status = end.status
        wasKilled = end.was_killed != 0
        wasLate = end.was_late != 0
        calls = end.calls
        self.output = String(decoding: try Data(contentsOf: URL(filePath: output)), as: UTF8.self)
        self.errors = String(decoding: try Data(contentsOf: URL(filePath: errors)), as: UTF8.self)
    }

    /// What to do at the stop. It is a class because C passes it on as a pointer.
    private final class Act {
        let body: () -> Void
        init(body: @escaping () -> Void) { self.body = body }
    }

    private static func withStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var copies: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        copies.append(nil)
        return body(copies)
    }

    /// Whether it was done, as ``CommandRun/isDone``.
    var isDone: Bool { !wasKilled && (status == 0 || status == 3) }

    /// The code of the error that it ended with, from its JSON; nil if there is none.
    var code: String? {
        let last = errors.split(separator: "\n").last ?? ""
        return (try? JSONDecoder().decode(ErrorLine.self, from: Data(last.utf8)))?.code
    }

    private struct ErrorLine: Decodable {
        let code: String
    }
}
