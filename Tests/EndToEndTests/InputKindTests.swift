import Foundation
import Glibc
import TestSupport
import Testing

/// Files that are none: pipes, devices, sockets, and what has no end.
struct InputKindTests {
    /// Runs a script where `$m` is the command; it is ended, with status 124, if it hangs.
    private func run(_ script: String, _ fixture: CommandFixture) throws -> CommandRun {
        var environment = fixture.environment
        environment["m"] = CommandRun.products.path + "/momentlog"
        return try CommandRun.run(
            "/usr/bin/timeout", ["--kill-after=1", "120", "/bin/bash", "-c", script],
            environment: environment, folder: fixture.folder.url)
    }

    private func fixture() throws -> CommandFixture {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        try fixture.folder.write(CheckpointText.guest("new", digit: "b"), to: "new.xml")
        try fixture.folder.write(CheckpointText.document("c2", parent: "c1"), to: "c2.xml")
        try fixture.folder.write(#"{"filename":"/a","format":"raw"}"#, to: "info.json")
        try fixture.folder.write(
            #"{"command":"create","domain":"vm","xml":"<domaincheckpoint/>"}"# + "\n",
            to: "lines")
        try fixture.folder.write(try fixture.output("head"), to: "head")
        try fixture.folder.write(try fixture.output("log", "--format", "jsonl"), to: "log")
        return fixture
    }

    @Test(
        "What an argument names may be a pipe, also one whose writer comes late",
        arguments: [
            ("define FILE", "new.xml"), ("redefine vm FILE", "c2.xml"),
            ("record vm FILE", "c2.xml"), ("apply FILE", "lines"),
            ("reconcile vm --info vda=FILE", "info.json"), ("verify --head FILE", "head"),
            ("verify-log log --head FILE", "head"), ("verify-log FILE --head head", "log"),
        ])
    func pipes(command: String, file: String) throws {
        let ways = [
            "$m \(command.replacing("FILE", with: "<(cat \(file))"))",
            "$m \(command.replacing("FILE", with: "/dev/stdin")) < \(file)",
            "cat \(file) | $m \(command.replacing("FILE", with: "/dev/stdin"))",
            "mkfifo pipe; $m \(command.replacing("FILE", with: "pipe")) & cat \(file) > pipe; wait $!",
        ]
        let plain = try run("$m \(command.replacing("FILE", with: file))", fixture())
        for way in ways {
            let found = try run(way, fixture())
            #expect(found.status == plain.status, "\(way): \(found.errors)")
            #expect([0, 3].contains(found.status), "\(found.errors)")
        }
    }

    @Test(
        "A device without an end, a folder and a socket end with an error",
        arguments: [
            "define FILE", "redefine vm FILE", "create vm FILE", "record vm FILE", "apply FILE",
            "reconcile vm --info vda=FILE", "reconcile vm --qmp FILE", "verify --head FILE",
            "verify-log log --head FILE", "verify-log FILE --head head", "import FILE",
            "restore FILE --replace",
        ])
    func others(command: String) throws {
        let fixture = try fixture()
        let before = try fixture.output("log", "--format", "jsonl")
        try #require(mknod(fixture.folder.path("socket"), S_IFSOCK | 0o600, 0) == 0)
        try FileManager.default.createDirectory(
            atPath: fixture.folder.path("folder"), withIntermediateDirectories: true)
        for file in ["/dev/zero", "folder", "socket"] {
            let found = try run("$m \(command.replacing("FILE", with: file))", fixture)
            #expect([1, 4].contains(found.status), "\(file) \(found.status): \(found.errors)")
        }
        #expect(try fixture.output("log", "--format", "jsonl") == before)
    }

    @Test(
        "Pipes and devices among the files of a library are reported, and not opened",
        arguments: ["c9.xml", "ORDER", "SHA256SUMS", "vmconfig.1.xml", "notes", "sub/c9.xml"],
        ["pipe", "link to a pipe", "device"])
    func entries(name: String, kind: String) throws {
        let fixture = try fixture()
        let path = try fixture.library("lib/guest", ["a": nil, "b": "a"]) + "/" + name
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(),
            withIntermediateDirectories: true)
        let pipe = fixture.folder.path("pipe")
        switch kind {
        case "pipe": try #require(mkfifo(path, 0o600) == 0)
        case "link to a pipe":
            try #require(mkfifo(pipe, 0o600) == 0)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: pipe)
        default:
            try FileManager.default.createSymbolicLink(
                atPath: path, withDestinationPath: "/dev/zero")
        }
        for folder in ["lib", "lib/guest"] {
            let found = try run("$m import \(folder) --dry-run", fixture)
            #expect([0, 3].contains(found.status), "\(folder): \(found.errors)")
            let words = found.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            let reported = name.split(separator: "/")[0]
            #expect(words.contains(reported), "\(folder): \(found.output)")
            if ["c9.xml", "ORDER", "SHA256SUMS"].contains(name) {
                #expect(found.status == 3 && words.contains("not a regular file"), "\(words)")
            }
        }
    }

    @Test("A domain may be named like the files of an export", arguments: ["ORDER", "SHA256SUMS"])
    func names(name: String) throws {
        let fixture = try fixture()
        _ = try fixture.library("lib/\(name)", ["a": nil])
        _ = try fixture.library("lib/other", ["b": nil])
        let found = try run("$m import lib", fixture)
        #expect(found.status == 0, "\(found.output)")
        #expect(try fixture.output("list", name, "--name") == "a\n")
    }
}
