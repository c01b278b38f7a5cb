import ArgumentParser
import EventLog
import Momentlog
import Moments
import SQLiteEventLog

extension CompletionKind {
    /// The names of the domains in the store.
    static var domains: CompletionKind {
        .custom { arguments, _, _ async in
            CompletionText.candidates(await StoreCompletion(arguments).domains)
        }
    }

    /// The names of the checkpoints in the domain that the arguments name.
    static var checkpoints: CompletionKind {
        .custom { arguments, _, _ async in
            CompletionText.candidates(await StoreCompletion(arguments).checkpoints)
        }
    }
}

/// Completion from the store. A store that cannot be read completes nothing: errors must not be
/// printed here.
private struct StoreCompletion {
    /// The arguments that are not options: the command, then its own.
    private var positional: [String] = []
    private var path = ((try? DefaultStore.current.path) ?? "")

    /// The options that take a value, unless they are written `--option=value`.
    private static let withValue: Set<String> = [
        "--store", "--format", "--actor", "--reason", "--request-id", "--expect-revision",
        "--busy-timeout", "--color",
        "--name", "--description", "--disk", "--output", "--from", "--domain", "-n", "--before",
        "--sort", "--columns", "--grep",
        "--at",
        "--checkpoint", "--kind", "--origin", "--commit", "--since", "--until", "--head",
        "--reparent", "--current", "--image", "--info", "--qmp",
    ]

    /// - Parameter arguments: The command line, `momentlog` included, as it was typed.
    init(_ arguments: [String]) {
        var rest = arguments.dropFirst()
        let command = rest.first { MomentlogCommand.subcommandNames.contains($0) }
        var isBehindTerminator = false
        while let argument = rest.popFirst().map(CompletionText.meant) {
            if isBehindTerminator {
                positional.append(argument)
            } else if argument == "--" {
                isBehindTerminator = true
            } else if argument.hasPrefix("--store=") {
                path = String(argument.dropFirst("--store=".count))
            } else if Self.takesValue(argument, of: command) {
                // Some shells break words at equals signs.
                if rest.first == "=" { rest.removeFirst() }
                guard let value = rest.popFirst().map(CompletionText.meant) else { return }
                if argument == "--store" { path = value }
            } else if !argument.hasPrefix("-") || !positional.isEmpty && argument == "-" {
                positional.append(argument)
            }
        }
    }

    /// `list` has a flag with the name of an option of `create`.
    private static func takesValue(_ option: String, of command: String?) -> Bool {
        withValue.contains(option) && !(command == "list" && option == "--name")
    }

    var domains: [String] {
        get async {
            await ask { store throws(MomentlogError) in try await store.domains().map(\.name) }
        }
    }

    var checkpoints: [String] {
        get async {
            guard positional.count > 1 else { return [] }
            let domain = positional[1]
            return await ask { store throws(MomentlogError) in
                try await store.graph(of: DomainReference(domain)).names()?.map(\.text) ?? []
            }
        }
    }

    private func ask(
        _ question: (CheckpointStore) async throws(MomentlogError) -> [String]
    ) async -> [String] {
        guard
            let store = try? await CheckpointStore.open(
                at: path,
                options: CheckpointStore.Options(createsStore: false, access: .readOnly))
        else { return [] }
        let names = try? await question(store)
        await store.close()
        return names ?? []
    }
}
