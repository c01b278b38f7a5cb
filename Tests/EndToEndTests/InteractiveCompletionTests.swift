import Foundation
import TestSupport
import Testing

/// Real shells on a pseudo terminal, in which Tab and Enter are pressed.
struct InteractiveCompletionTests {
    /// Types a line into a shell, waits until it has run it and asks for the next, types that,
    /// and waits until a command has been run or the shell says nothing more.
    fileprivate static let driver = #"""
        import os, pty, select, signal, sys, time
        first, second, *command = sys.argv[1:]
        child, terminal = pty.fork()
        if child == 0:
            os.execvp(command[0], command)
        def read(patience, name):
            quiet, end = time.monotonic() + patience, time.monotonic() + 60
            while time.monotonic() < min(quiet, end) and not (name and os.path.exists(name)):
                if select.select([terminal], [], [], 0.05)[0]:
                    os.write(1, os.read(terminal, 1 << 16))
                    quiet = time.monotonic() + patience
        os.write(terminal, (first + "; : > ready\n").encode())
        read(30, "ready")
        read(0.4, None)
        os.write(terminal, second.encode())
        read(float(os.environ["PATIENCE"]), "words")
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        """#

    /// Stands for the command that is completed, and notes with which words it is run.
    fileprivate static let recorder = """
        #!/bin/sh
        if [ "$1" = ---completion ]; then exec "$MOMENTLOG" "$@"; fi
        if [ "$1" = list ]; then printf '%s\\n' "$@" > new; mv new words; fi
        """

    enum Shell: String, CaseIterable, Sendable {
        case bash, zsh, fish

        var path: String? {
            ["/bin/", "/usr/bin/", "/usr/local/bin/"].map { $0 + rawValue }
                .first(where: FileManager.default.isExecutableFile)
        }

        var arguments: [String] {
            switch self {
            case .bash: ["--norc", "--noprofile", "-i"]
            case .zsh: ["-f", "-i"]
            case .fish: ["--no-config", "-i"]
            }
        }

        var file: String { self == .zsh ? "_momentlog" : "momentlog.\(rawValue)" }

        var loading: String {
            self == .zsh
                ? "fpath=($PWD/comp $fpath); autoload -Uz compinit; compinit -u -D"
                : "source comp/\(file)"
        }
    }

    /// A store with one domain, and a folder with the script of a shell.
    private final class Fixture {
        let command: CommandFixture
        let shell: Shell
        private let path: String
        private var name = "plain"

        init(_ shell: Shell) throws {
            self.shell = shell
            path = try #require(shell.path)
            command = try CommandFixture()
            try command.define(name)
            let folder = command.folder
            try folder.write(
                command.output("--generate-completion-script", shell.rawValue),
                to: "comp/\(shell.file)")
            try folder.write(InteractiveCompletionTests.recorder, to: "bin/momentlog")
            try folder.write("#!/bin/sh\n: > pwned\n", to: "bin/pwn")
            for name in ["momentlog", "pwn"] {
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o755], ofItemAtPath: folder.path("bin/" + name))
            }
        }

        /// Gives the domain another name.
        func rename(_ newName: String) throws {
            guard newName != name else { return }
            let run = try command.run(["rename", "--", name, newName])
            try #require(run.status == 0, "\(run.errors)")
            name = newName
        }

        /// Presses Tab behind `momentlog list ` and what is typed, then Enter.
        ///
        /// - Returns: The words that the command was run with; nil if it was not.
        func complete(_ typed: String) throws -> [String]? {
            let folder = command.folder
            for name in ["ready", "words"] {
                try? FileManager.default.removeItem(atPath: folder.path(name))
            }
            var environment = command.environment
            environment["PATH"] = folder.path("bin") + ":/usr/bin:/bin"
            environment["MOMENTLOG"] = CommandRun.products.path + "/momentlog"
            environment["TERM"] = "dumb"
            environment["INPUTRC"] = "/dev/null"
            environment["LANG"] = "C.UTF-8"
            let keys = "momentlog list \(typed)\t\n"
            // Behind an open quote the shell may wait for more.
            environment["PATIENCE"] = typed.isEmpty ? "30" : "3"
            let run = try CommandRun.run(
                "/usr/bin/env",
                ["python3", "-c", InteractiveCompletionTests.driver, shell.loading, keys, path]
                    + shell.arguments,
                environment: environment, folder: folder.url)
            #expect(run.status == 0, "\(run.errors)")
            let words = try? String(contentsOfFile: folder.path("words"), encoding: .utf8)
            return words?.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                .map(String.init)
        }

        var hasRun: Bool {
            get throws { try command.folder.contents.contains { $0.contains("pwned") } }
        }
    }

    /// Names that are commands, expansions, patterns, options or history to some shell.
    private static let names = [
        "${x:=$(pwn)}", "$(pwn)", "`pwn`", "$HOME", "a!!", "!pwn", "b\\c", "it's", "\"q", "x;pwn",
        "x>pwned", "(pwn)", "=pwn", "sp ace", "{p,q}", "*", "~root", "#c", "-rf", "k:v", "plain",
    ]

    /// Presses Tab for each name.
    private func check(_ shell: Shell) throws {
        let fixture = try Fixture(shell)
        var offered: [String] = []
        for name in Self.names {
            try fixture.rename(name)
            let words = try fixture.complete("")
            #expect(try !fixture.hasRun, "\(name)")
            #expect(words == ["list"] || words == ["list", name], "\(name)")
            if words?.count == 2 { offered.append(name) }
        }
        #expect(Set(offered).isSuperset(of: ["it's", "x;pwn", "sp ace", "(pwn)", "plain"]))
        #expect(Set(offered).isDisjoint(with: ["-rf", "~root", "a!!", "!pwn"]))
        // Behind a quote that is open the name is quoted, too, or the line goes on.
        for quote in ["'", "\""] {
            for name in ["${x:=$(pwn)}", "`pwn`", "it's", "\"q", "x;pwn", "plain"] {
                try fixture.rename(name)
                let words = try fixture.complete(quote)
                #expect(try !fixture.hasRun, "\(quote)\(name)")
                #expect(words == nil || words == ["list", name], "\(quote)\(name)")
                if name == "plain" { #expect(words == ["list", name], "\(quote)") }
            }
        }
    }

    @Test("bash executes nothing in a name, and inserts that name or nothing")
    func bash() throws { try check(.bash) }

    @Test(
        "zsh runs nothing in a name, and inserts that name or nothing",
        .enabled(if: Shell.zsh.path != nil, "zsh is not installed"))
    func zsh() throws { try check(.zsh) }

    @Test(
        "fish runs nothing in a name, and inserts that name or nothing",
        .enabled(if: Shell.fish.path != nil, "fish is not installed"))
    func fish() throws { try check(.fish) }
}
