import Momentlog
import Moments

/// Words of virsh, git, restic and file systems, with the corresponding ones here.
enum KnownWords {
    /// Commands of other tools.
    static let commands: [String: [String]] = [
        "ls": ["list", "domains"], "checkpoint-list": ["list"], "snapshots": ["list"],
        "snapshot-list": ["list"], "tree": ["list --tree"], "cat": ["dumpxml", "show"],
        "checkpoint-create": ["create", "record"], "checkpoint-create-as": ["create"],
        "add": ["record", "create"], "save": ["record"], "commit": ["record"],
        "checkpoint-delete": ["delete"], "rm": ["delete"], "remove": ["delete"],
        "checkpoint-dumpxml": ["dumpxml"], "checkpoint-info": ["info"],
        "checkpoint-parent": ["parent"], "checkpoint-edit": ["redefine"], "edit": ["redefine"],
        "domrename": ["rename"], "mv": ["rename"], "dominfo": ["domains"],
        "domlist": ["domains"], "hosts": ["domains"],
        "fsck": ["verify", "check"], "repair": ["check --repair"], "fix": ["check --repair"],
        "mend": ["check --repair"], "scrub": ["verify"], "audit": ["log", "verify"],
        "undo": ["revert"], "reset": ["revert"], "rollback": ["revert"], "checkout": ["revert"],
        "forget": ["prune"], "expire": ["prune"], "gc": ["compact"], "vacuum": ["compact"],
        "repack": ["compact"], "reflog": ["log"], "events": ["log"], "blame": ["history"],
        "dump": ["export"], "copy": ["backup"], "clone": ["backup"], "stat": ["stats"],
        "config": ["settings"], "batch": ["apply"], "run": ["apply"], "load": ["import"],
        "init": ["import", "define"], "root": ["head"], "fetch": ["pull"], "sync": ["compare"],
        "version": ["--version"],
    ]

    /// Options of other tools, with the commands that they belong to; nil for any.
    private static let options: [String: [(command: String?, now: String)]] = [
        "--json": [(nil, "--format json")], "--jsonl": [(nil, "--format jsonl")],
        "--fix": [("check", "--repair")], "--auto-repair": [("check", "--repair")],
        "--diskspec": [("create", "--disk")],
        "--force": [
            ("export", "--replace"), ("import", "--replace"), ("restore", "--replace"),
            ("delete", "--yes"), ("undefine", "--yes"),
        ],
        "--recursive": [("delete", "--children")], "--message": [(nil, "--reason")],
        "--user": [(nil, "--actor")], "--no-color": [(nil, "--color never")],
        "--repo": [(nil, "--store")], "--db": [(nil, "--store")], "--file": [(nil, "--store")],
        "--as-of": [(nil, "--at")], "--when": [(nil, "--at")], "--silent": [(nil, "--quiet")],
        "--timeout": [(nil, "--busy-timeout")], "--graph": [("log", "list --graph")],
        "--last": [("log", "-n")],
        "--simulate": [(nil, "--dry-run")], "--read-data": [("verify", "verify without --quick")],
    ]

    /// Refuses an unknown command, and suggests the corresponding one.
    ///
    /// - Throws: ``MomentlogError`` with `usage`.
    static func check(_ arguments: [String]) throws(MomentlogError) {
        guard let name = arguments.first, !name.hasPrefix("-"), name != "help",
            !MomentlogCommand.subcommandNames.contains(name)
        else { return }
        let isAge = name.first.map { ("0"..."9").contains($0) } ?? false
        throw MomentlogError(
            .usage, "unknown command '\(name)'",
            hint: suggestion(for: isAge ? "" : name)
                ?? "'momentlog --help' lists the commands"
        ).detailing("command", .text(name))
    }

    private static func suggestion(for name: String) -> String? {
        let known = MomentlogCommand.subcommandNames
        var found = commands[name] ?? []
        if found.isEmpty { found = closest(to: name, in: known) }
        found = found.filter { command in
            command.hasPrefix("-") || known.contains { command.split(separator: " ")[0] == $0 }
        }
        guard !found.isEmpty else { return nil }
        return "did you mean " + found.map { "'momentlog \($0)'" }.joined(separator: " or ") + "?"
    }

    /// Returns an error of the parser with a better suggestion, or none.
    ///
    /// - Parameter command: The requested command.
    static func reworded(_ message: String, command: String?) -> (message: String, hint: String?) {
        let parts = message.split(separator: "'", omittingEmptySubsequences: false)
        if message.hasPrefix("The value '"), message.hasSuffix("'"), parts.count == 5 {
            let option = parts[3].split(separator: " ")[0]
            let isNumber = ["<seconds>", "<n>", "<count>", "<number>", "<revision>"]
                .contains { parts[3].hasSuffix($0) }
            return (
                "'\(parts[1])' is no value of \(option)" + (isNumber ? ": it is a number" : ""), nil
            )
        }
        guard message.hasPrefix("Unknown option '"), parts.count >= 3 else { return (message, nil) }
        let option = String(parts[1])
        let proposed = parts.count >= 5 ? String(parts[3]) : nil
        var found = (options[option] ?? []).first { $0.command == command || $0.command == nil }?
            .now
        if found == nil, let proposed, closest(to: option, in: [proposed]) == [proposed] {
            found = proposed
        }
        return ("unknown option '\(option)'", found.map { "did you mean '\($0)'?" })
    }

    /// Returns the words with a likely typing error: one change, from six letters on two.
    static func closest(to word: String, in words: [String]) -> [String] {
        let length = word.drop { $0 == "-" }.count
        let limit = length >= 6 ? 2 : length >= 3 ? 1 : 0
        let near = words.map { ($0, distance(word, $0)) }.filter { $0.1 <= limit }
        guard let least = near.map(\.1).min() else { return [] }
        return near.filter { $0.1 == least }.map(\.0)
    }

    /// Returns how many letters have to be inserted, omitted, replaced or swapped with the next.
    ///
    /// Source: the optimal string alignment distance.
    private static func distance(_ first: String, _ second: String) -> Int {
        let (a, b) = (Array(first.utf8), Array(second.utf8))
        guard a.count < 64, b.count < 64 else { return .max }
        var rows = [[Int](repeating: 0, count: b.count + 1)]
        for column in 0...b.count { rows[0][column] = column }
        for (index, letter) in a.enumerated() {
            var row = [index + 1]
            for (column, other) in b.enumerated() {
                var least = min(
                    rows[index][column] + (letter == other ? 0 : 1), rows[index][column + 1] + 1,
                    row[column] + 1)
                if index > 0, column > 0, letter == b[column - 1], a[index - 1] == other {
                    least = min(least, rows[index - 1][column - 1] + 1)
                }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
