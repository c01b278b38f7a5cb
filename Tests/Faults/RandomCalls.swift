import Foundation
import Glibc
import Momentlog
import TestSupport

/// Calls of the public API with random and extreme arguments: each answers or throws.
///
/// They are made by another process, which writes down each call before it makes it, since a trap
/// ends it.
struct RandomCalls {
    let seed: UInt64
    /// How many processes there are, and how many calls each makes.
    let processes: Int
    let calls: Int

    func run() throws -> [Tally] {
        var tally = Tally("random calls")
        for number in 0..<processes {
            let seed = (seed &+ UInt64(number)) % 1_000_000_007
            let note = try FastFolder()
            let file = note.url.appending(path: "call").path
            let run = try CommandRun.run(
                URL(fileURLWithPath: CommandLine.arguments[0]).path,
                [Self.partArgument, String(seed), String(calls), file],
                environment: ["SWIFT_BACKTRACE": "enable=no"])
            let call = FileManager.default.contents(atPath: file)
            tally.tried += calls
            if run.wasKilled || run.status != 0 {
                tally.fail(
                    "seed \(seed), status \(run.status) at"
                        + " \(String(decoding: call ?? Data(), as: UTF8.self).prefix(600)):"
                        + " \(run.errors.suffix(400))")
            } else {
                tally.survived += calls
            }
        }
        tally.remarks.append("\(processes) processes from seed \(seed % 1_000_000_007)")
        return [tally]
    }

    /// The first argument of this executable to make the calls.
    static let partArgument = "random-calls"

    /// How long a process may take.
    private static let seconds: UInt32 = 600

    static func runPart(_ arguments: [String]) async throws -> Int32 {
        guard arguments.count == 3, let seed = UInt64(arguments[0]), let count = Int(arguments[1])
        else { return 64 }
        // One that hangs is ended by the signal, which is a failure as well.
        alarm(seconds)
        let maker = try await RandomCallMaker(
            seed: seed, note: RandomCallNote(path: arguments[2]))
        for _ in 0..<count { try await maker.makeCall() }
        await maker.close()
        return 0
    }
}

/// The file with the call that is being made. It is a class because it owns a descriptor.
final class RandomCallNote {
    private let descriptor: CInt

    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw HarnessFailure("cannot write \(path)") }
    }

    deinit { Glibc.close(descriptor) }

    func write(_ call: String) {
        let bytes = Array(call.utf8.prefix(4_000))
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }
}
