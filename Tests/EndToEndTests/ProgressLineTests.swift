import Foundation
import Glibc
import TestSupport
import Testing

/// The line on a terminal that shows the progress of long work.
struct ProgressLineTests {
    /// A pseudoterminal (pty(7)) for a command's standard error.
    private final class Terminal: Sendable {
        private let main: CInt
        let other: FileHandle

        init() throws {
            main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
            // TIOCSPTLCK and TIOCGPTN of ioctl_tty(2): unlock it, and its number.
            var (isLocked, number): (CInt, CInt) = (0, 0)
            try #require(ioctl(main, 0x4004_5431, &isLocked) == 0)
            try #require(ioctl(main, 0x8004_5430, &number) == 0)
            let descriptor = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
            try #require(descriptor >= 0)
            other = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        }

        deinit { close(main) }

        /// Returns what has been written to it since the last call.
        func written() -> String {
            var text: [UInt8] = []
            var waiting = pollfd(fd: main, events: Int16(POLLIN), revents: 0)
            while poll(&waiting, 1, 0) > 0, waiting.revents & Int16(POLLIN) != 0 {
                var bytes = [UInt8](repeating: 0, count: 4_096)
                let count = read(main, &bytes, bytes.count)
                guard count > 0 else { break }
                text += bytes.prefix(count)
            }
            return String(decoding: text, as: UTF8.self)
        }
    }

    /// Runs `verify-log` and writes lines to it until the terminal shows something, or the given
    /// number of times; returns all that the terminal shows, and how often lines were written.
    private func run(
        _ options: [String], of fixture: CommandFixture, atMost limit: Int = 100_000
    ) throws -> (shown: String, count: Int, status: Int32) {
        let terminal = try Terminal()
        let process = Process()
        process.executableURL = CommandRun.products.appending(path: "momentlog")
        process.arguments =
            ["verify-log", "-", "--head", fixture.folder.path("kept.head")] + options
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = terminal.other
        let lines = Data(
            String(repeating: try fixture.output("log", "--format", "jsonl"), count: 100).utf8)
        try process.run()
        var (shown, count) = ("", 0)
        while shown.isEmpty, count < limit {
            try input.fileHandleForWriting.write(contentsOf: lines)
            count += 1
            shown += terminal.written()
        }
        try input.fileHandleForWriting.close()
        _ = try output.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        return (shown + terminal.written(), count, process.terminationStatus)
    }

    @Test("Long work shows how much is done on one line of a terminal, and removes it in the end")
    func shown() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        try fixture.output("head").write(
            toFile: fixture.folder.path("kept.head"), atomically: true, encoding: .utf8)
        let run = try run([], of: fixture)
        #expect(run.status == 4)
        let line = try Regex("^\\r(?:verify-log: [0-9]+ events\u{1B}\\[K\\r)+\u{1B}\\[K$")
        #expect(try line.wholeMatch(in: run.shown) != nil, "\(run.shown.debugDescription)")
        for options in [["--quiet"], ["--format", "json"]] {
            let silent = try self.run(options, of: fixture, atMost: 2 * run.count)
            #expect(silent.count == 2 * run.count)
            #expect(silent.shown.isEmpty, "\(silent.shown.debugDescription)")
        }
    }
}
