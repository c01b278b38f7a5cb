import Foundation
import TestSupport
import Testing

struct ExportScriptTests {
    /// What a shell that runs a script calls virsh with; it has to accept the script.
    private func calls(_ script: String) throws -> [[String]] {
        let virsh = try RecordedCommands("virsh")
        let run = try virsh.run(script: script)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.isEmpty)
        let check = try CommandRun.run("/bin/sh", ["-n"], input: Data(script.utf8))
        #expect(check.status == 0, "\(check.errors)")
        return try virsh.calls
    }

    private func call(_ domain: String, _ file: String) -> [String] {
        [
            "checkpoint-create", "--domain", domain, "--xmlfile", file, "--redefine",
        ]
    }

    @Test(
        "A shell passes exactly the domain and the file to virsh, whatever their names",
        arguments: [
            "plain", "it's a \"guest\"", "$HOME `id` $(id)", "a\\b", "-domain", "x; touch y",
            "a & b | c > d", "*", "# no comment", "ü ☂",
            "it'\u{301}s'\u{301}; touch y #",
        ])
    func quoting(name: String) throws {
        let fixture = try CommandFixture()
        let escaped = name.unicodeScalars.map { "&#\($0.value);" }.joined()
        let guest = CheckpointText.guest("N").replacing("<name>N", with: "<name>\(escaped)")
        let defined = try fixture.run(["define", "-"], input: guest)
        try #require(defined.status == 0, "\(defined.errors)")
        for checkpoint in ["-x", "a.b_c-d", "0"] {
            let document = "<domaincheckpoint><name>\(checkpoint)</name></domaincheckpoint>"
            let run = try fixture.run(["create", "--", name, "-"], input: document)
            try #require(run.status == 0, "\(run.errors)")
        }
        let output = fixture.folder.path("out 'of' \"$it\"")
        let script = try fixture.run(["export", "--script", "--output", output, "--", name])
        #expect(script.status == 0, "\(script.errors)")
        #expect(
            try calls(script.output)
                == ["-x", "a.b_c-d", "0"].map { call(name, "\(output)/\(name)/\($0).xml") })
        for path in try calls(script.output).map({ $0[4] }) {
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    @Test(
        "No line of a document ends it in the script, whatever ends the lines",
        arguments: ["\n", "\r\n", "\n\r", "\u{2028}", "\u{85}"])
    func documents(lineEnd: String) throws {
        let fixture = try CommandFixture()
        let lines = ["hello", "XML", "XML_", "touch 'made by the document'; exit", ""]
        let description = lines.joined(separator: lineEnd)
        let domain = CheckpointText.domain("v1").replacingOccurrences(
            of: "</name>", with: "</name><description>\(description)</description>")
        let document = CheckpointText.document("c1", time: 5, extra: domain)
        try fixture.folder.write(document, to: "lib/c1.xml")
        let run = try fixture.run("import", fixture.folder.path("lib"))
        try #require(run.status == 0, "\(run.errors)")
        let script = try fixture.run(["export", "v1", "--script"])
        #expect(script.status == 0, "\(script.errors)")
        let made = try calls(script.output)
        #expect(made.map { $0[4] } == ["/dev/stdin"])
    }

    @Test("The files are named from the root, also when the output is named from here")
    func relativeOutput() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        for (options, folder) in [
            (["--output", "out"], "out/vm"), (["--output", "./flat/", "--flat"], "flat"),
            (["--output", "x/../up"], "up/vm"),
        ] {
            let run = try fixture.run(["export", "vm", "--script"] + options)
            let files = try calls(run.output).map { $0[4] }
            #expect(files == ["a", "b"].map { fixture.folder.path("\(folder)/\($0).xml") })
        }
    }

    @Test("A domain whose name consists of digits is passed to virsh by its UUID")
    func digits() throws {
        let fixture = try CommandFixture()
        try fixture.define("42")
        _ = try fixture.output("create", "42", "--name", "a")
        let script = try fixture.output("export", "42", "--script", "--output", "out")
        #expect(try calls(script).map { $0[2] } == ["aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"])
    }

    @Test("Checkpoints that libvirt would refuse are omitted, and a comment says so")
    func dangling() throws {
        let fixture = try CommandFixture()
        let path = try fixture.library(
            "vm", ["a": nil, "lost-child": "lost", "below": "lost-child", "self": "self"])
        #expect(try fixture.run("import", path).status == 3)
        let run = try fixture.run("export", "vm", "--script", "--output", "out")
        #expect(run.status == 3)
        let files = try calls(run.output).map { $0[4] }
        #expect(files == [fixture.folder.path("out/vm/a.xml")])
        let comments = run.output.split(separator: "\n").filter { $0.hasPrefix("# ") }
        try #require(comments.count == 1)
        #expect(comments[0].contains("left out, because libvirt refuses them: "))
        for name in ["lost-child", "below", "self"] { #expect(comments[0].contains(" \(name)")) }
    }

    @Test("A comment states whether libvirt ends with the recorded current checkpoint")
    func comment() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        for (current, sentence) in [
            (["b"], "the current checkpoint will be as recorded, 'b'"),
            (["a"], "libvirt's current checkpoint will not be the recorded one, 'a'"),
            (["--clear"], "libvirt's current checkpoint will not be the recorded one, none"),
        ] {
            _ = try fixture.run(["current", "vm"] + current)
            let script = try fixture.output(
                "export", "vm", "--script", "--replace", "--output", "out")
            #expect(script.contains("# domain \"vm\": \(sentence)\n"))
        }
    }

    @Test("A redefinition that virsh refuses ends the script, with virsh's status")
    func refusal() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        let script = try fixture.output("export", "vm", "--script", "--output", "out")
        try fixture.folder.write(
            "#!/bin/sh\nshift 4; echo \"$1\" >>\"$CALLS\"; exit 3\n", to: "bin/virsh")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: fixture.folder.path("bin/virsh"))
        let run = try CommandRun.run(
            "/bin/sh", [try fixture.folder.write(script, to: "script")],
            environment: [
                "PATH": fixture.folder.path("bin") + ":/usr/bin:/bin",
                "CALLS": fixture.folder.path("calls"),
            ])
        #expect(run.status == 3)
        let calls = try String(contentsOfFile: fixture.folder.path("calls"), encoding: .utf8)
        #expect(calls.split(separator: "\n").count == 1)
    }

    @Test("Without an output folder the script holds the documents itself, and no secrets")
    func inline() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        try fixture.folder.write(
            CheckpointText.guest("vm").replacing(
                "</domain>",
                with: "<devices><graphics type='vnc' passwd='s3cret'/></devices></domain>"),
            to: "guest.xml")
        _ = try fixture.output("define", "guest.xml")
        let lines = "<domaincheckpoint><name>c</name><description>$HOME `id`\nXML\nXML_\n"
        let request = try fixture.run(
            ["create", "vm", "-"], input: lines + "</description></domaincheckpoint>")
        try #require(request.status == 0, "\(request.errors)")
        let kept = try fixture.folder.contents
        for (options, dump) in [
            ([], []), (["--no-domain"], ["--no-domain"]), (["--at", "3"], ["--at", "3"]),
        ] {
            let run = try fixture.run(["export", "vm", "--script"] + options)
            #expect(run.status == 0, "\(run.errors)")
            #expect(!run.output.contains("s3cret"))
            let read = try handed(run.output, fixture)
            let names = options == ["--at", "3"] ? ["a"] : ["a", "b", "c"]
            #expect(
                read
                    == names.map { name in
                        "checkpoint-create --domain vm --xmlfile /dev/stdin --redefine\n"
                            + ((try? fixture.run(["dumpxml", "vm", name] + dump).output) ?? "-")
                    }, "\(options)")
        }
        #expect(try fixture.folder.contents == kept)
        for arguments in [["vm", "--at", "0"], ["no"]] {
            let run = try fixture.run(["export", "--script"] + arguments)
            #expect(run.status == 1 && run.output.isEmpty, "\(run.errors)")
        }
    }

    /// What a shell that runs a script calls virsh with, and its standard input.
    private func handed(_ script: String, _ fixture: CommandFixture) throws -> [String] {
        let folder = try TemporaryFolder("virsh")
        try folder.write(
            """
            #!/bin/sh
            n=$(($(cat "$CALLS/n" 2>/dev/null || echo 0) + 1)); echo "$n" >"$CALLS/n"
            { echo "$*"; cat; } >"$CALLS/$n"

            """, to: "bin/virsh")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: folder.path("bin/virsh"))
        let run = try CommandRun.run(
            "/bin/sh", [try folder.write(script, to: "script")],
            environment: [
                "PATH": folder.path("bin") + ":/usr/bin:/bin", "CALLS": folder.path(""),
            ])
        #expect(run.status == 0, "\(run.errors)")
        let count = Int(
            try String(contentsOfFile: folder.path("n"), encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines))
        return try (1...(count ?? 1)).map {
            try String(contentsOfFile: folder.path("\($0)"), encoding: .utf8)
        }
    }

    @Test("A script and another format, or files without a folder, are wrong usage")
    func usage() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        for options in [
            ["--output", "out", "--format", "json", "--script"], [], ["--script", "--flat"],
            ["--script", "--replace"], ["--script", "--sums"], ["--script", "--format", "json"],
        ] {
            #expect(try fixture.run(["export", "vm"] + options).status == 64, "\(options)")
        }
        #expect(try !fixture.folder.contents.contains("out"))
    }

    @Test("A script that leaves checkpoints out ends with 3, and a warning")
    func leftOut() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let library = try fixture.library("lib/vm", ["a": nil, "b": "none"])
        try #require(fixture.run("import", library, "--domain", "vm").status == 3)
        for arguments in [["--script"], ["--script", "--output", "out"]] {
            let run = try fixture.run(["export", "vm"] + arguments)
            #expect(run.status == 3 && run.errors.contains("'b' of vm is not in the script"))
            #expect(run.output.contains("left out, because libvirt refuses them: b"))
        }
        #expect(try fixture.run("export", "vm", "--output", "out2").status == 0)
    }
}
