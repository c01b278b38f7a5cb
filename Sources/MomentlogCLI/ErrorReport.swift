import ArgumentParser
import Momentlog

/// Tells a person, or a program, why a command failed.
struct ErrorReport {
    private let error: any Error

    init(_ error: any Error) { self.error = error }

    /// Prints the error and returns the exit status.
    func print() -> Int32 {
        // What was printed before the error comes before it.
        try? StandardOutput.shared.flush()
        if let finished = error as? Finished { return finished.status.rawValue }
        if let failure = error as? MomentlogError {
            report(failure)
            return ExitStatus(of: failure).rawValue
        }
        let code = MomentlogCommand.exitCode(for: error)
        if code.isSuccess {
            // Help and version are asked for, not errors.
            do throws(MomentlogError) {
                try StandardOutput.shared.print(MomentlogCommand.fullMessage(for: error))
                try StandardOutput.shared.flush()
                return ExitStatus.done.rawValue
            } catch {
                report(error)
                return ExitStatus.refused.rawValue
            }
        }
        if code == .validationFailure {
            let message = MomentlogCommand.message(for: error)
            report(
                MomentlogError(
                    .usage, message.split(whereSeparator: \.isNewline).joined(separator: " "),
                    hint: "'\(commandLine) --help' shows how it is used"))
            return ExitStatus.usage.rawValue
        }
        report(MomentlogError(.storage, "\(error)"))
        return ExitStatus.refused.rawValue
    }

    private func report(_ failure: MomentlogError) {
        let failure = failure.withCommand
        let line: String
        let problems = (failure.cause as? DocumentError)?.problems ?? []
        if wantsJSON {
            var json = JSONText()
            json.object { json in
                json.member("code", failure.code.rawValue)
                json.member("message", failure.message)
                json.member("hint", failure.hint)
                if !problems.isEmpty {
                    json.key("problems")
                    json.array { json in
                        for problem in problems { Self.write(problem, to: &json) }
                    }
                }
            }
            line = HarmlessText.json(json.text)
        } else {
            // What else is wrong with a document stands below, a line each.
            let more = problems.dropFirst().map { problem in
                "\n  line \(problem.line), column \(problem.column): \(problem.path):"
                    + " \(Terminal.harmless(problem.message))"
            }
            line =
                "momentlog: error: " + Terminal.harmless(failure.description) + more.joined()
        }
        StandardError.write(line + "\n")
    }

    private static func write(_ problem: DocumentProblem, to json: inout JSONText) {
        json.object { json in
            json.member("line", problem.line)
            json.member("column", problem.column)
            json.member("path", problem.path)
            json.member("message", problem.message)
        }
    }

    /// Whether the output was asked for in JSON. The arguments are looked at
    /// themselves, since it may be they that are wrong.
    private var wantsJSON: Bool {
        let arguments = CommandLine.arguments
        return zip(arguments, arguments.dropFirst() + [""]).contains { argument, next in
            ["--format=json", "--format=jsonl"].contains(argument)
                || (argument == "--format" && ["json", "jsonl"].contains(next))
        }
    }

    private var commandLine: String {
        let name = CommandLine.arguments.dropFirst().first { argument in
            MomentlogCommand.subcommandNames.contains(argument)
        }
        return name.map { "momentlog \($0)" } ?? "momentlog"
    }
}

extension MomentlogCommand {
    /// Each is written down where the command is: to make it of the type's name, as the parser
    /// does else, takes a third of a millisecond each, before anything is done.
    static var subcommandNames: [String] {
        configuration.groupedSubcommands.flatMap(\.subcommands)
            .map { $0.configuration.commandName ?? $0._commandName }
    }
}
