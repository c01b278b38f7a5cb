import ArgumentParser
import CheckpointXML
import Momentlog
import Moments
import Synchronization

/// Explains to a person, or a program, why a command failed.
struct ErrorReport {
    private let error: any Error
    private static let domainName = Mutex<String?>(nil)
    private static let documentPath = Mutex<String?>(nil)

    /// The domain that the command is about, for hints that name it.
    static var domain: String? {
        get { domainName.withLock { $0 } }
        set { domainName.withLock { $0 = newValue } }
    }

    /// The document that the command was given, for hints that name it.
    static var document: String? {
        get { documentPath.withLock { $0 } }
        set { documentPath.withLock { $0 = newValue } }
    }

    /// The value of `--at`, for hints that are about the same moment.
    static var moment: String? {
        let words = CommandLine.arguments
        if let index = words.firstIndex(of: "--at"), words.indices.contains(index + 1) {
            return words[index + 1]
        }
        return words.first { $0.hasPrefix("--at=") }.map { String($0.dropFirst(5)) }
    }

    init(_ error: any Error) { self.error = error }

    /// Prints the error and returns the exit status.
    func print() -> Int32 {
        // What was printed before the error comes before it.
        try? StandardOutput.shared.flush()
        if let finished = error as? Finished { return finished.status.rawValue }
        if let failure = error as? MomentlogError {
            if failure.code == .outputRefused, StandardOutput.shared.hasFailed, Effects.exist {
                Notice.error(failure, "the changes were made")
                return ExitStatus.incomplete.rawValue
            }
            Self.report(failure)
            return ExitStatus(of: failure).rawValue
        }
        let code = MomentlogCommand.exitCode(for: error)
        if code.isSuccess, let word = Self.misread(Array(CommandLine.arguments.dropFirst())) {
            Self.report(
                MomentlogError(
                    .usage, "'\(word)' looks like options",
                    hint: "write '--' before names that begin with '-', and '--option=\(word)' for"
                        + " the value of an option"))
            return ExitStatus.usage.rawValue
        }
        if code.isSuccess {
            // Help and version were requested, and are not errors.
            do throws(MomentlogError) {
                try StandardOutput.shared.print(MomentlogCommand.fullMessage(for: error))
                try StandardOutput.shared.flush()
                return ExitStatus.done.rawValue
            } catch {
                Self.report(error)
                return ExitStatus.refused.rawValue
            }
        }
        if code == .validationFailure {
            let text = MomentlogCommand.message(for: error)
                .split(whereSeparator: \.isNewline).joined(separator: " ")
            let (message, hint) = KnownWords.reworded(text, command: command)
            Self.report(
                MomentlogError(
                    .usage, message,
                    hint: hint ?? "'\(commandLine) --help' shows how it is used"))
            return ExitStatus.usage.rawValue
        }
        Self.report(MomentlogError(.storage, "\(error)"))
        return ExitStatus.refused.rawValue
    }

    /// Prints an error on standard error.
    static func report(_ failure: MomentlogError) {
        let failure = failure.withCommand
        guard !GlobalArguments.current.isJSON else {
            return StandardError.write(JSONItem.error(failure).text + "\n")
        }
        // Further problems of a document follow, one per line.
        let more = ((failure.cause as? DocumentError)?.problems ?? []).dropFirst().map { problem in
            "\n  line \(problem.line), column \(problem.column): \(problem.path):"
                + " \(Terminal.harmless(problem.message))"
        }
        StandardError.write(
            "momentlog: error: " + Terminal.harmless(failure.description) + more.joined() + "\n")
    }

    /// The name that the parser took for short options with `-h` among them; nil if help was really
    /// requested.
    static func misread(_ arguments: [String]) -> String? {
        let words = arguments.prefix { $0 != "--" }
        let requests = ["-h", "-help", "-qh", "-hq"]
        guard !words.contains(where: { requests.contains($0) || $0.hasPrefix("--help") }) else {
            return nil
        }
        return words.first { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains("h") }
    }

    /// The requested command, if it exists.
    private var command: String? {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let name = GlobalArguments.commandIndex(arguments).map { arguments[$0] }
        return name.flatMap { MomentlogCommand.subcommandNames.contains($0) ? $0 : nil }
    }

    private var commandLine: String { command.map { "momentlog \($0)" } ?? "momentlog" }
}

extension MomentlogCommand {
    /// Each is written down in the command: deriving it from the type's name, as the parser does
    /// otherwise, takes a third of a millisecond each, before anything is done.
    static var subcommandNames: [String] {
        configuration.groupedSubcommands.flatMap(\.subcommands)
            .map { $0.configuration.commandName ?? $0._commandName }
    }
}
