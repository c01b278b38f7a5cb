import Foundation
import TestSupport
import Testing

struct CompletionTests {
    /// Completes as bash does when Tab is pressed behind words, the last of which is being
    /// typed; a line each for what it found.
    private static let driver = """
        source "$1" || exit 9
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_TYPE=9 COMP_KEY=9
        COMP_POINT=${#COMP_LINE}
        _momentlog momentlog "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """

    private func complete(
        _ fixture: CommandFixture, _ words: [String], store: String? = nil
    ) throws -> [String] {
        let script = fixture.folder.path("completion.bash")
        if !FileManager.default.fileExists(atPath: script) {
            try Data(fixture.output("--generate-completion-script", "bash").utf8)
                .write(to: URL(fileURLWithPath: script))
        }
        var environment = fixture.environment
        environment["PATH"] = CommandRun.products.path + ":/usr/bin:/bin"
        if let store { environment["MOMENTLOG_STORE"] = store }
        let run = try CommandRun.run(
            "/bin/bash", ["-c", Self.driver, "bash", script, "momentlog"] + words,
            environment: environment, folder: fixture.folder.url)
        #expect(run.status == 0)
        #expect(run.errors.isEmpty, "\(run.errors)")
        return run.output.split(separator: "\n").map(String.init)
    }

    private func fixture() throws -> CommandFixture {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2", "other")
        try fixture.define("web", digit: "b")
        return fixture
    }

    @Test(
        "Domains and checkpoints complete by their names",
        arguments: [
            (["list", ""], ["vm", "web"]), (["list", "w"], ["web"]), (["list", "x"], []),
            (["delete", ""], ["vm", "web"]), (["delete", "vm", ""], ["c1", "c2", "other"]),
            (["delete", "vm", "c"], ["c1", "c2"]), (["delete", "web", ""], []),
            (["delete", "nosuch", ""], []), (["current", "vm", "o"], ["other"]),
            (["delete", "--reason", "why not", "vm", "c"], ["c1", "c2"]),
            (["list", "--name", "v"], ["vm"]), (["info", "--", "vm", "c"], ["c1", "c2"]),
            (["list", "vm", "--from", "c"], ["c1", "c2"]),
            (["list", "--name", "vm", "--from", "o"], ["other"]),
            (["import", "x", "--domain", "v"], ["vm"]),
            (["export", "vm", "w"], ["web"]), (["create", "v"], ["vm"]),
            (["rename", "v"], ["vm"]), (["undefine", "v"], ["vm"]), (["log", "v"], ["vm"]),
            (["check", "vm", "w"], ["web"]), (["redefine", "v"], ["vm"]),
            (["und"], ["undefine"]), (["list", "vm", "--format", "t"], ["table"]),
        ])
    func names(words: [String], found: [String]) throws {
        #expect(try complete(fixture(), words) == found)
    }

    @Test(
        "Completion uses the store that the typed line names",
        arguments: [
            ["--store", "STORE", "list", ""], ["list", "--store", "STORE", ""],
            ["--store", "'STORE'", "delete", ""], ["--store", "\"STORE\"", "delete", ""],
            ["--store", "~/x.db", "list", ""],
        ])
    func store(words: [String]) throws {
        let fixture = try fixture()
        let home = try #require(fixture.environment["HOME"])
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: fixture.folder.path("store.db"), toPath: home + "/x.db")
        let path = fixture.folder.path("store.db")
        let words = words.map { word in
            word == "STORE"
                ? path.replacing(" ", with: "\\ ") : word.replacing("STORE", with: path)
        }
        let found = try complete(fixture, words, store: "/no/such/store")
        #expect(found == ["vm", "web"])
    }

    @Test(
        "bash gets no name that it would evaluate, and no shell gets a name that looks like an option"
    )
    func specialNames() throws {
        let fixture = try fixture()
        let names = ["a b", "it's a \"guest\"", "x;touch pwned", "*", "{p,q}"]
        let others = [
            "$(touch pwned)", "`touch pwned`", "back\\slash", "~", "$HOME", "-rf", "a!!",
            "bidi\u{202E}", "mark\u{FEFF}",
        ]
        for (index, name) in (names + others).enumerated() {
            let digit = try #require("0123456789cdef".dropFirst(index).first)
            let text = CheckpointText.guest("N", digit: digit)
                .replacing("<name>N", with: "<name>\(name.replacing("\"", with: "&quot;"))")
            let run = try fixture.run(["define", "-"], input: text)
            try #require(run.status == 0, "\(name): \(run.errors)")
        }
        #expect(
            try complete(fixture, ["list", ""]).sorted() == (names + ["vm", "web"]).sorted())
        #expect(try !fixture.folder.contents.contains("pwned"))
        // And a name that was completed so is understood when it comes back quoted.
        try fixture.folder.write(CheckpointText.document("inner"), to: "c.xml")
        for (name, typed) in [
            ("it's a \"guest\"", #"it\'s\ a\ \"guest\""#), ("a b", "'a b'"), ("*", #"\*"#),
            ("$HOME", #""\$HOME""#),
        ] {
            _ = try fixture.output("redefine", name, "c.xml")
            #expect(try complete(fixture, ["delete", typed, ""]) == ["inner"], "\(name)")
        }
    }

    @Test("Completion creates no store, and ignores a missing or invalid one")
    func noStore() throws {
        let fixture = try CommandFixture()
        #expect(try complete(fixture, ["list", ""]).isEmpty)
        #expect(try complete(fixture, ["delete", "vm", ""]).isEmpty)
        #expect(try complete(fixture, ["--store", "new.db", "list", ""]).isEmpty)
        #expect(try fixture.folder.contents == ["completion.bash"])
        try fixture.folder.write("nonsense", to: "store.db")
        #expect(try complete(fixture, ["list", ""]).isEmpty)
    }

    @Test("Each shell's script asks the command for names", arguments: ["bash", "zsh", "fish"])
    func scripts(shell: String) throws {
        let output = try CommandFixture().output("--generate-completion-script", shell)
        #expect(output.contains("---completion delete -- positional@1"))
        #expect(output.contains("---completion list -- --from"))
    }

    @Test(
        "A colon is escaped for zsh, and fish gets names unchanged",
        arguments: [("zsh", #"a\:b\\c"#), ("fish", #"a:b\c"#)])
    func otherShells(shell: String, offered: String) throws {
        let fixture = try CommandFixture()
        try fixture.define(#"a:b\c"#)
        let run = try CommandRun.run(
            "momentlog",
            ["---completion", "list", "--", "positional@0", "2", "0"]
                + ["momentlog", "list", ""],
            environment: fixture.environment.merging(["SAP_SHELL": shell]) { $1 })
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.split(separator: "\n").first.map(String.init) == offered)
    }
}
